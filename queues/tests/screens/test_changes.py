"""What an event changed, in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from queues.actions import calling, departments, tokens
from queues.models import Counter, Department, Event, Kind, Patient
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, ActorKind
from queues.screens import words
from queues.screens.changes import change
from queues.tests.story import called, fresh, waiting

Values = dict[str, Any]


def sentences() -> list[str]:
    return [
        change(event.kind, event.before, event.after)
        for event in Event.objects.filter(daybook__department__isnull=False).order_by("pk")
    ]


def test_the_day_of_a_number_in_sentences(asha: Patient, opd: Department, desk_a: Counter) -> None:
    token = waiting(asha, opd)
    tokens.set_priority(token, Priority.PAID, by=SYSTEM)
    calling.call_next(fresh(desk_a), by=SYSTEM)
    assert sentences() == [
        "Waits as: walk-in.",
        "The priority was walk-in and is now paid.",
        "It was waiting and is now called.",
    ]


def test_a_recall_says_nothing_more(asha: Patient, opd: Department, desk_a: Counter) -> None:
    tokens.recall(called(asha, desk_a), by=SYSTEM)
    assert sentences()[-1] == ""


def test_a_department_says_how_it_was_and_which_settings_changed(opd: Department) -> None:
    departments.change(opd, {"state": "paused", "state_reason": "Tea."}, by=SYSTEM)
    departments.change(opd, {"policy": "strict", "daily_limit": 9}, by=SYSTEM)
    assert sentences() == [
        "It was open and is now paused. Changed: the reason that patients read.",
        "Whose turn it is goes by urgency first now. Changed: the limit of the day.",
    ]


@pytest.mark.parametrize(
    ("kind", "before", "after", "sentence"),
    [
        (Kind.COUNTER_CHANGED, {"is_open": True}, {"is_open": False}, "The counter closed."),
        (Kind.ASSIGNED, {"assigned": None}, {"assigned": "2"}, "Waits for counter 2."),
        (Kind.ASSIGNED, {"assigned": "2"}, {"assigned": None}, ""),
        (Kind.NUMBERS_PRINTED, {}, {"first": "A-1", "last": "A-9"}, "From A-1 to A-9."),
        (Kind.HELP_CALLED, {}, {}, ""),
    ],
)
def test_other_changes(kind: Kind, before: Values, after: Values, sentence: str) -> None:
    assert change(kind, before, after) == sentence


def test_every_event_and_every_nameless_actor_has_its_words() -> None:
    assert set(words.EVENT) == set(Kind)
    assert set(words.ACTOR) == set(ActorKind)


def test_what_was_taken_back_is_told_in_words() -> None:
    assert words.reason(Kind.UNDONE, "called") == "Called"
    assert words.reason(Kind.HELD, "called") == "called"
