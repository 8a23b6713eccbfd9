"""A counter calls whoever is next among those it may take."""

from __future__ import annotations

import pytest

from queues.actions import calling, counters, departments, issuing, tokens
from queues.actions.refusals import (
    CounterBusy,
    CounterClosed,
    DepartmentNotOpen,
    NobodyWaiting,
)
from queues.models import Clinic, Counter, Department, Doctor, Patient, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests import cast
from queues.tests.story import (
    arrived_earlier,
    at,
    called,
    fresh,
    kinds,
    labels,
    people,
    refused,
    waiting,
    written,
)


@pytest.fixture
def dr_rao(opd: Department) -> Doctor:
    doctor = Doctor.objects.create(name="Dr Rao")
    doctor.departments.add(opd)
    return doctor


def test_the_first_who_came_is_called_first(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben", "Chen"):
        waiting(patient, opd)
    first = calling.call_next(desk_a, by=nurse)
    second = calling.call_next(desk_b, by=nurse)
    assert [first.visit.label, second.visit.label] == ["A-001", "A-002"]
    assert (at(desk_a), at(desk_b)) == (first, second)
    assert labels(opd) == ["A-003"]


def test_a_call_is_one_fact_with_one_event(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    waiting(asha, opd)
    with written() as events:
        token = calling.call_next(desk_a, by=nurse)
    token.refresh_from_db()
    assert kinds(events) == ["called"]
    assert (token.status, token.counter, token.in_hand) == ("called", desk_a, True)
    assert token.called_at is not None
    assert token.announced_at == token.called_at


def test_the_more_urgent_go_first_and_who_waited_longer_before_them(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """Fair: paid has 45 minutes of head start, and not one more."""
    asha, ben, chen, dina = people(clinic, "Asha", "Ben", "Chen", "Dina")
    arrived_earlier(waiting(asha, opd), minutes=46)
    arrived_earlier(waiting(ben, opd), minutes=44)
    waiting(chen, opd, Priority.PAID)
    waiting(dina, opd, Priority.EMERGENCY)
    turns = []
    for _ in range(4):
        token = calling.call_next(fresh(desk_a), by=nurse)
        tokens.complete(token, by=nurse)
        turns.append(token.visit.label)
    assert turns == ["A-004", "A-001", "A-003", "A-002"]


def test_who_waits_for_another_doctor_is_left_to_them(
    clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter, dr_rao: Doctor, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    issuing.issue(asha, opd, by=SYSTEM, doctor=dr_rao)
    waiting(ben, opd)
    counters.change(desk_b, {"doctor": dr_rao}, by=SYSTEM)
    assert calling.call_next(desk_a, by=nurse).visit.label == "A-002"
    assert calling.call_next(fresh(desk_b), by=nurse).visit.label == "A-001"


def test_a_doctors_room_also_takes_who_waits_for_nobody(
    asha: Patient, opd: Department, desk_b: Counter, dr_rao: Doctor, nurse: Actor
) -> None:
    waiting(asha, opd)
    counters.change(desk_b, {"doctor": dr_rao}, by=SYSTEM)
    assert calling.call_next(fresh(desk_b), by=nurse).visit.label == "A-001"


def test_a_counter_takes_only_the_priorities_it_serves(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd, Priority.EMERGENCY)
    waiting(ben, opd, Priority.WALK_IN)
    counters.change(desk_a, {"serves": ["walk_in", "elderly"]}, by=SYSTEM)
    assert calling.call_next(fresh(desk_a), by=nurse).visit.label == "A-002"


def test_nobody_fit_is_nobody_waiting(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    waiting(asha, opd, Priority.EMERGENCY)
    counters.change(desk_a, {"serves": ["walk_in"]}, by=SYSTEM)
    refusal = refused(lambda: calling.call_next(fresh(desk_a), by=nurse), NobodyWaiting)
    assert refusal.sentence == "Nobody who waits just now is for counter 1."


def test_who_is_in_other_hands_is_passed_over(
    clinic: Clinic, opd: Department, lab: Department, desk_a: Counter, nurse: Actor
) -> None:
    """A visit may wait in two places and is in one person's hands at a time."""
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd)
    waiting(ben, opd)
    in_the_lab = called(asha, cast.counter(lab, "1"))
    assert calling.call_next(desk_a, by=nurse).visit.label == "A-002"
    tokens.complete(in_the_lab, by=nurse)
    tokens.complete(_current(desk_a), by=nurse)
    assert calling.call_next(fresh(desk_a), by=nurse).visit.label == "A-001"


def _current(counter: Counter) -> Token:
    token = at(counter)
    assert token is not None
    return token


def test_a_busy_counter_calls_nobody(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    token = called(asha, desk_a)
    waiting(ben, opd)
    refusal = refused(lambda: calling.call_next(fresh(desk_a), by=nurse), CounterBusy)
    assert refusal.sentence == "Counter 1 has A-001."
    assert refusal.facts["token_id"] == str(token.public_id)


def test_a_counter_that_became_busy_meanwhile_calls_nobody(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """The page was loaded while the counter was free: the claim itself says no."""
    asha, ben = people(clinic, "Asha", "Ben")
    seen = fresh(desk_a)
    called(asha, desk_a)
    token = waiting(ben, opd)
    refusal = refused(lambda: calling.call_next(seen, by=nurse), CounterBusy)
    assert refusal.sentence == "Counter 1 has A-001."
    token.refresh_from_db()
    assert token.status == "waiting"


def test_a_closed_counter_calls_nobody(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    waiting(asha, opd)
    counters.change(desk_a, {"is_open": False}, by=SYSTEM)
    refusal = refused(lambda: calling.call_next(fresh(desk_a), by=nurse), CounterClosed)
    assert refusal.sentence == "Counter 1 is closed."


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_department_that_is_not_open_calls_nobody_and_says_why(
    state: str, asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    departments.change(opd, {"state": state, "state_reason": "Power cut."}, by=SYSTEM)
    for act in (
        lambda: calling.call_next(fresh(desk_a), by=nurse),
        lambda: calling.call(token, fresh(desk_a), by=nurse),
        lambda: calling.complete_and_call_next(fresh(desk_a), by=nurse),
    ):
        refusal = refused(act, DepartmentNotOpen)
        assert refusal.sentence == f"Outpatients is {state}. Power cut."
        assert refusal.code == f"department_{state}"


def test_where_a_call_starts_the_service_it_does(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    waiting(asha, opd)
    departments.change(opd, {"call_starts_service": True}, by=SYSTEM)
    with written() as events:
        token = calling.call_next(fresh(desk_a), by=nurse)
    token.refresh_from_db()
    assert (token.status, kinds(events)) == ("serving", ["called"])
    assert token.started_at == token.called_at


def test_nobody_waiting_is_said(desk_a: Counter, nurse: Actor) -> None:
    refused(lambda: calling.call_next(desk_a, by=nurse), NobodyWaiting)
