"""Whose turn it is changes: by one token's priority, or by the department's rules."""

from __future__ import annotations

import pytest

from queues.actions import calling, departments, issuing, tokens
from queues.actions.refusals import StaffOnly
from queues.actions.undoing import undo
from queues.models import Clinic, Counter, Department, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests import cast
from queues.tests.story import (
    arrived_earlier,
    called,
    fresh,
    kinds,
    labels,
    people,
    refused,
    serving,
    waiting,
    written,
)


@pytest.fixture
def queue(clinic: Clinic, opd: Department) -> list[Token]:
    """Came in this order: Asha walks in, Ben is elderly, Chen has paid."""
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    first = waiting(asha, opd)
    arrived_earlier(first, minutes=60)
    second = waiting(ben, opd, Priority.ELDERLY)
    arrived_earlier(second, minutes=30)
    return [first, second, waiting(chen, opd, Priority.PAID)]


def test_fair_asha_waited_longer_than_all_head_starts(queue: list[Token], opd: Department) -> None:
    assert labels(opd) == ["A-001", "A-002", "A-003"]


def test_a_raised_priority_is_ranked_from_the_arrival(
    clinic: Clinic, queue: list[Token], opd: Department, nurse: Actor
) -> None:
    """Ben waits for half an hour: with 45 minutes of head start he is before Asha's hour."""
    _asha, ben, _chen = queue
    with written() as events:
        tokens.set_priority(ben, Priority.PAID, by=nurse)
    assert labels(opd) == ["A-002", "A-001", "A-003"]
    assert kinds(events) == ["priority_changed"]
    assert events[0].before["priority"] == "elderly"
    assert events[0].after["priority"] == "paid"


def test_a_lowered_priority_goes_back(queue: list[Token], opd: Department, nurse: Actor) -> None:
    _asha, ben, chen = queue
    arrived_earlier(chen, minutes=10)
    tokens.set_priority(chen, Priority.WALK_IN, by=nurse)
    tokens.set_priority(ben, Priority.EMERGENCY, by=nurse)
    assert labels(opd) == ["A-002", "A-001", "A-003"]


def test_somebody_on_hold_can_be_raised_too(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    _asha, _ben, chen = queue
    tokens.hold(chen, by=nurse)
    tokens.set_priority(chen, Priority.EMERGENCY, by=nurse)
    tokens.resume(chen, by=nurse)
    assert labels(opd) == ["A-003", "A-001", "A-002"]


@pytest.mark.parametrize("priority", [Priority.EMERGENCY, Priority.PAID])
def test_a_kiosk_raises_nobody_to_what_only_staff_give(
    priority: Priority, clinic: Clinic, queue: list[Token]
) -> None:
    refusal = refused(
        lambda: tokens.set_priority(queue[0], priority, by=cast.kiosk(clinic)), StaffOnly
    )
    assert refusal.code == "staff_only"


def test_strict_ranks_everybody_anew_with_an_event_each(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    with written() as events:
        departments.change(opd, {"policy": "strict"}, by=nurse)
    assert labels(opd) == ["A-003", "A-002", "A-001"]
    assert kinds(events) == ["department_changed", "reranked", "reranked", "reranked"]
    assert {event.subject for event in events[1:]} == {token.public_id for token in queue}
    assert (events[0].before, events[0].after) == ({"policy": "fair"}, {"policy": "strict"})


def test_other_head_starts_rank_anew_those_whom_they_move(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    head_starts = {**opd.head_starts, "elderly": 31}
    with written() as events:
        departments.change(opd, {"head_starts": head_starts}, by=nurse)
    assert labels(opd) == ["A-002", "A-001", "A-003"]
    assert kinds(events) == ["department_changed", "reranked"]


def test_back_to_fair_everybody_stands_where_they_stood(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    before = list(Token.objects.order_by("pk").values_list("band", "rank"))
    departments.change(opd, {"policy": "strict"}, by=nurse)
    departments.change(opd, {"policy": "fair"}, by=nurse)
    assert list(Token.objects.order_by("pk").values_list("band", "rank")) == before


def test_the_same_policy_again_changes_nothing(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    with written() as events:
        departments.change(opd, {"policy": "fair"}, by=nurse)
    assert events == []


def test_what_has_nothing_to_do_with_turns_ranks_nobody(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    with written() as events:
        departments.change(opd, {"name": "Outpatients' hall"}, by=nurse)
    assert kinds(events) == ["department_changed"]


def test_put_back_after_a_change_of_policy_finds_the_new_place(
    queue: list[Token], opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha = calling.call(queue[0], fresh(desk_a), by=nurse)
    departments.change(opd, {"policy": "strict"}, by=nurse)
    tokens.put_back(Token.objects.get(pk=asha.pk), by=nurse)
    assert labels(opd) == ["A-003", "A-002", "A-001"]


def test_who_returns_after_a_change_of_policy_is_ranked_by_the_new_one(
    queue: list[Token], opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """Asha walked in. Strictly, she goes after the elderly and the paid, missed call or not."""
    asha = tokens.no_show(calling.call(queue[0], fresh(desk_a), by=nurse), by=nurse)
    departments.change(opd, {"policy": "strict"}, by=nurse)
    tokens.return_(Token.objects.get(pk=asha.pk), by=nurse)
    assert labels(opd) == ["A-003", "A-002", "A-001"]


def test_whose_end_is_undone_after_a_change_of_policy_is_ranked_by_the_new_one(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    asha = tokens.cancel(queue[0], by=nurse)
    departments.change(opd, {"policy": "strict"}, by=nurse)
    undo(Token.objects.get(pk=asha.pk), by=nurse)
    assert labels(opd) == ["A-003", "A-002", "A-001"]


def test_who_is_sent_back_after_a_change_of_policy_is_ranked_by_the_new_one(
    clinic: Clinic, queue: list[Token], opd: Department, lab: Department, nurse: Actor
) -> None:
    """The transfer is undone after the policy of the department they left has changed."""
    issuing.transfer(queue[0], lab, by=nurse)
    departments.change(opd, {"policy": "strict"}, by=nurse)
    undo(Token.objects.get(pk=queue[0].pk), by=nurse)
    assert labels(opd) == ["A-003", "A-002", "A-001"]


def test_the_same_priority_again_is_no_change(
    queue: list[Token], opd: Department, nurse: Actor
) -> None:
    """Every event is a change."""
    with written() as events:
        tokens.set_priority(queue[0], Priority.WALK_IN, by=nurse)
    assert [event for event in events if event.before == event.after] == []


def test_who_is_at_a_counter_keeps_their_hands_through_a_change_of_policy(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    first, second = called(asha, desk_a), serving(ben, desk_b)
    departments.change(opd, {"policy": "strict"}, by=SYSTEM)
    assert [fresh(desk).current for desk in (desk_a, desk_b)] == [first, second]
