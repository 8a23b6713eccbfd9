"""Somebody who had not come is here after all."""

from __future__ import annotations

import pytest

from queues.actions import calling, departments, tokens
from queues.actions.refusals import AlreadyWaiting
from queues.models import Clinic, Counter, Department, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests.story import (
    arrived_earlier,
    called,
    fresh,
    kinds,
    labels,
    people,
    refused,
    waiting,
    written,
)


def _missed(clinic: Clinic, desk: Counter, by: Actor) -> Token:
    """Asha did not come when she was called; Ben, Chen and Dina wait."""
    asha, ben, chen, dina = people(clinic, "Asha", "Ben", "Chen", "Dina")
    token = tokens.no_show(called(asha, desk), by=by)
    for patient in (ben, chen, dina):
        waiting(patient, desk.department)
    return token


def test_they_get_the_place_they_had(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = _missed(clinic, desk_a, nurse)
    rank = token.rank
    with written() as events:
        tokens.return_(token, by=nurse)
    token.refresh_from_db()
    assert labels(opd) == ["A-001", "A-002", "A-003", "A-004"]
    assert kinds(events) == ["returned"]
    assert (token.rank, token.counter, token.called_at, token.ended_at) == (rank, None, None, None)


@pytest.mark.parametrize(
    ("behind", "order"),
    [
        (1, ["A-002", "A-001", "A-003", "A-004"]),
        (2, ["A-002", "A-003", "A-001", "A-004"]),
        (3, ["A-002", "A-003", "A-004", "A-001"]),
        (9, ["A-002", "A-003", "A-004", "A-001"]),
    ],
)
def test_or_they_go_behind_so_many_others(
    behind: int, order: list[str], clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = _missed(clinic, desk_a, nurse)
    departments.change(opd, {"returns_behind": behind}, by=SYSTEM)
    tokens.return_(Token.objects.get(pk=token.pk), by=nurse)
    assert labels(opd) == order


def test_with_nobody_waiting_the_penalty_is_none(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    (asha,) = people(clinic, "Asha")
    departments.change(opd, {"returns_behind": 2}, by=SYSTEM)
    token = tokens.no_show(called(asha, desk_a), by=nurse)
    rank = token.rank
    tokens.return_(token, by=nurse)
    token.refresh_from_db()
    assert token.rank == rank


def test_who_has_so_many_ahead_anyway_is_not_moved(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    departments.change(opd, {"returns_behind": 1}, by=SYSTEM)
    waiting(asha, opd)
    token = tokens.no_show(called(ben, desk_a), by=nurse)
    waiting(chen, opd)
    tokens.return_(token, by=nurse)
    assert labels(opd) == ["A-001", "A-002", "A-003"]


def test_a_head_start_does_not_jump_the_penalty(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """Paid, and still behind one who walked in."""
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    departments.change(opd, {"returns_behind": 1}, by=SYSTEM)
    token = waiting(asha, opd, Priority.PAID)
    tokens.no_show(calling.call(token, fresh(desk_a), by=nurse), by=nurse)
    waiting(ben, opd)
    waiting(chen, opd)
    tokens.return_(token, by=nurse)
    assert labels(opd) == ["A-002", "A-001", "A-003"]


def test_the_penalty_survives_a_change_of_policy_and_back(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = _missed(clinic, desk_a, nurse)
    departments.change(opd, {"returns_behind": 2}, by=SYSTEM)
    tokens.return_(Token.objects.get(pk=token.pk), by=nurse)
    departments.change(opd, {"policy": "strict"}, by=SYSTEM)
    departments.change(opd, {"policy": "fair"}, by=SYSTEM)
    assert labels(opd) == ["A-002", "A-003", "A-001", "A-004"]


def test_nobody_returns_to_a_queue_in_which_they_wait_again(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    (asha,) = people(clinic, "Asha")
    token = tokens.no_show(called(asha, desk_a), by=nurse)
    again = waiting(asha, opd)
    refusal = refused(lambda: tokens.return_(token, by=nurse), AlreadyWaiting)
    assert refusal.facts["token_id"] == str(again.public_id)


def test_the_old_call_does_not_count_as_waiting_too_long(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """Called again, they have all the minutes of a new call."""
    (asha,) = people(clinic, "Asha")
    token = tokens.no_show(called(asha, desk_a), by=nurse)
    tokens.return_(token, by=nurse)
    arrived_earlier(token, minutes=5)
    calling.call(token, fresh(desk_a), by=nurse)
    token.refresh_from_db()
    assert (token.recalls, token.started_at) == (0, None)
    assert token.announced_at == token.called_at
