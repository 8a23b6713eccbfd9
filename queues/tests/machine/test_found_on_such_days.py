"""What `test_any_day` found by chance once, written down so that it is looked at every time."""

from __future__ import annotations

import pytest

from queues.actions import calling, departments, issuing, tokens, undoing
from queues.models import Counter, Department, Patient, Token
from queues.rules.priority import Policy, Priority
from queues.rules.rights import SYSTEM


@pytest.fixture
def walk_in(opd: Department, asha: Patient) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM, priority=Priority.WALK_IN)


@pytest.fixture
def follow_up(walk_in: Token, opd: Department, ben: Patient) -> Token:
    """More urgent, and came later."""
    return issuing.issue(ben, opd, by=SYSTEM, priority=Priority.FOLLOW_UP)


def becomes_strict(department: Department) -> None:
    departments.change(department, {"policy": Policy.STRICT}, by=SYSTEM)


def in_order(department: Department) -> list[str]:
    waiting = Token.objects.waiting_at(department).in_call_order()
    return list(waiting.values_list("priority", flat=True))


def test_who_returns_is_ranked_by_the_policy_of_now(
    opd: Department, desk_a: Counter, walk_in: Token, follow_up: Token
) -> None:
    tokens.no_show(calling.call(walk_in, desk_a, by=SYSTEM), by=SYSTEM)
    becomes_strict(opd)
    tokens.return_(
        Token.objects.select_related("visit", "department").get(pk=walk_in.pk), by=SYSTEM
    )
    assert in_order(opd) == ["follow_up", "walk_in"]


def test_an_end_taken_back_is_ranked_by_the_policy_of_now(
    opd: Department, walk_in: Token, follow_up: Token
) -> None:
    tokens.cancel(walk_in, by=SYSTEM)
    becomes_strict(opd)
    undoing.undo(Token.objects.select_related("visit", "department").get(pk=walk_in.pk), by=SYSTEM)
    assert in_order(opd) == ["follow_up", "walk_in"]


def test_a_priority_taken_back_is_ranked_by_the_policy_of_now(
    opd: Department, walk_in: Token, follow_up: Token
) -> None:
    """An emergency stands first under both policies, so a change of policy does not touch it."""
    tokens.set_priority(walk_in, Priority.EMERGENCY, by=SYSTEM)
    becomes_strict(opd)
    undoing.undo(Token.objects.select_related("visit", "department").get(pk=walk_in.pk), by=SYSTEM)
    assert in_order(opd) == ["follow_up", "walk_in"]


def test_who_was_called_keeps_up_with_the_policy(
    opd: Department, desk_a: Counter, walk_in: Token, follow_up: Token
) -> None:
    calling.call(walk_in, desk_a, by=SYSTEM)
    becomes_strict(opd)
    tokens.put_back(
        Token.objects.select_related("visit", "department").get(pk=walk_in.pk), by=SYSTEM
    )
    assert in_order(opd) == ["follow_up", "walk_in"]
