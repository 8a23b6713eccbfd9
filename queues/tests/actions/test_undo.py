"""The last thing done to a token is taken back, while that still harms nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from queues.actions import calling, clock, counters, departments, tokens
from queues.actions.refusals import CannotUndo
from queues.actions.undoing import undo
from queues.models import Clinic, Counter, Department, Event, Patient, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests import cast
from queues.tests.story import (
    at,
    called,
    fresh,
    kinds,
    labels,
    people,
    refused,
    serving,
    some_time_ago,
    standing,
    waiting,
    written,
)

Told = Callable[[Patient, Counter, Actor], tuple[Token, Callable[[], object]]]


def _call(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = waiting(asha, desk.department)
    return token, lambda: calling.call(token, fresh(desk), by=by)


def _call_next(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = waiting(asha, desk.department)
    return token, lambda: calling.call_next(fresh(desk), by=by)


def _start(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = called(asha, desk)
    return token, lambda: tokens.start(token, by=by)


def _complete(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = serving(asha, desk)
    return token, lambda: tokens.complete(token, by=by)


def _complete_without_start(
    asha: Patient, desk: Counter, by: Actor
) -> tuple[Token, Callable[[], object]]:
    token = called(asha, desk)
    return token, lambda: tokens.complete(token, by=by)


def _no_show(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = called(asha, desk)
    return token, lambda: tokens.no_show(token, by=by)


def _hold(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = waiting(asha, desk.department)
    return token, lambda: tokens.hold(token, by=by)


def _put_back(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = called(asha, desk)
    return token, lambda: tokens.put_back(token, by=by)


def _return(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = tokens.no_show(called(asha, desk), by=by)
    return token, lambda: tokens.return_(token, by=by)


def _cancel_waiting(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = waiting(asha, desk.department)
    return token, lambda: tokens.cancel(token, by=by)


def _cancel_called(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = called(asha, desk)
    return token, lambda: tokens.cancel(token, by=by)


def _cancel_held(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = tokens.hold(waiting(asha, desk.department), by=by)
    return token, lambda: tokens.cancel(token, by=by)


def _priority(asha: Patient, desk: Counter, by: Actor) -> tuple[Token, Callable[[], object]]:
    token = waiting(asha, desk.department)
    return token, lambda: tokens.set_priority(token, Priority.EMERGENCY, by=by)


UNDOABLE: list[Told] = [
    _call,
    _call_next,
    _start,
    _complete,
    _complete_without_start,
    _no_show,
    _hold,
    _put_back,
    _return,
    _cancel_waiting,
    _cancel_called,
    _cancel_held,
    _priority,
]


def _as_it_is(token: Token) -> dict[str, Any]:
    """Everything of the row but the moments from which the clock counts."""
    row: dict[str, Any] = {**Token.objects.values().get(pk=token.pk)}
    del row["changed_at"], row["announced_at"]
    return row


@pytest.mark.parametrize("told", UNDOABLE)
def test_undo_puts_the_token_and_its_counter_back_as_they_were(
    told: Told, asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token, act = told(asha, desk_a, nurse)
    token_before, counter_before = _as_it_is(token), at(desk_a)
    act()
    assert _as_it_is(token) != token_before
    with written() as events:
        undo(Token.objects.get(pk=token.pk), by=nurse)
    assert _as_it_is(token) == token_before
    assert at(desk_a) == counter_before
    assert kinds(events) == ["undone"]


@pytest.mark.parametrize("told", UNDOABLE)
def test_after_two_minutes_it_stays(
    told: Told, asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token, act = told(asha, desk_a, nurse)
    act()
    some_time_ago(token, minutes=2, seconds=1)
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert refusal.sentence == "It is more than two minutes ago and stays as it is."


@pytest.mark.parametrize("told", UNDOABLE)
def test_just_before_two_minutes_it_can_be_undone(
    told: Told, asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token, act = told(asha, desk_a, nurse)
    act()
    some_time_ago(token, minutes=1, seconds=50)
    before_the_act = Event.objects.of(token).first()
    assert before_the_act is not None
    undo(token, by=nurse)
    assert standing(token) == before_the_act.before.get("status", "waiting")


@pytest.mark.parametrize("told", UNDOABLE)
def test_nothing_is_undone_twice(told: Told, asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    token, act = told(asha, desk_a, nurse)
    act()
    undo(token, by=nurse)
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert refusal.sentence.startswith("There is nothing here that can be taken back. A-001 is ")


@pytest.mark.parametrize("told", [_complete, _complete_without_start, _no_show, _put_back])
def test_a_counter_that_was_taken_meanwhile_is_not_taken_away(
    told: Told, clinic: Clinic, asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token, act = told(asha, desk_a, nurse)
    act()
    called(cast.patient(clinic, "Ben"), desk_a)
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert refusal.sentence == "Counter 1 is no longer free."
    assert refusal.code == "cannot_undo"


def test_a_counter_that_closed_meanwhile_takes_nobody_back(
    asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token = tokens.complete(called(asha, desk_a), by=nurse)
    counters.change(desk_a, {"is_open": False}, by=SYSTEM)
    refused(lambda: undo(token, by=nurse), CannotUndo)


def test_completing_and_calling_the_next_cannot_be_half_undone(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """The call is taken back first, then the completion."""
    asha, ben = people(clinic, "Asha", "Ben")
    first, second = serving(asha, desk_a), waiting(ben, opd)
    calling.complete_and_call_next(fresh(desk_a), by=nurse)
    refused(lambda: undo(first, by=nurse), CannotUndo)
    undo(second, by=nurse)
    undo(first, by=nurse)
    assert (at(desk_a), standing(first), standing(second)) == (first, "serving", "waiting")


def test_a_recall_does_not_stand_in_the_way(asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    token = called(asha, desk_a)
    tokens.recall(token, by=nurse)
    undo(token, by=nurse)
    assert (standing(token), at(desk_a)) == ("waiting", None)


def test_a_recall_does_not_lengthen_the_two_minutes(
    asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=3)
    tokens.recall(token, by=nurse)
    refused(lambda: undo(token, by=nurse), CannotUndo)


def test_only_the_last_change_is_taken_back(asha: Patient, desk_a: Counter, nurse: Actor) -> None:
    token = serving(asha, desk_a)
    undo(token, by=nurse)
    assert standing(token) == "called"
    refused(lambda: undo(token, by=nurse), CannotUndo)


def test_a_number_that_was_only_given_cannot_be_undone(
    asha: Patient, opd: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    refused(lambda: undo(token, by=nurse), CannotUndo)


def test_who_is_in_other_hands_is_not_called_back(
    asha: Patient, opd: Department, lab: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = tokens.put_back(called(asha, desk_a), by=nurse)
    called(asha, cast.counter(lab, "1"))
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert refusal.sentence == "The patient is in Laboratory just now."


def test_nobody_comes_back_to_a_queue_in_which_they_wait_again(
    asha: Patient, opd: Department, nurse: Actor
) -> None:
    token = tokens.cancel(waiting(asha, opd), by=nurse)
    waiting(asha, opd)
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert refusal.sentence == "A-001 waits here already."


def test_an_undone_change_of_priority_gives_the_place_back(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd)
    token = waiting(ben, opd)
    tokens.set_priority(token, Priority.PAID, by=nurse)
    assert labels(opd) == ["A-002", "A-001"]
    undo(token, by=nurse)
    assert labels(opd) == ["A-001", "A-002"]


def test_a_change_of_policy_does_not_stand_in_the_way(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """Others cause it; the call can still be taken back, and the new rank stays."""
    token = called(asha, desk_a)
    departments.change(opd, {"policy": "strict"}, by=SYSTEM)
    undo(token, by=nurse)
    token.refresh_from_db()
    assert (token.status, token.band) == ("waiting", 5)


def test_after_an_undone_no_show_the_clock_counts_anew(
    asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    token = called(asha, desk_a)
    some_time_ago(token, minutes=11)
    assert clock.mark_no_shows() == 1
    undo(token, by=nurse)
    assert clock.mark_no_shows() == 0
