"""A counter calls this one, out of turn or not."""

from __future__ import annotations

from queues.actions import calling, counters, issuing
from queues.actions.refusals import (
    CounterBusy,
    CounterCannotTake,
    CounterClosed,
    InOtherHands,
    NotThere,
    WasFirst,
)
from queues.models import Clinic, Counter, Department, Doctor, Patient
from queues.rules.rights import SYSTEM, Actor
from queues.tests import cast
from queues.tests.story import (
    at,
    called,
    fresh,
    kinds,
    labels,
    nurse_of,
    people,
    refused,
    waiting,
    written,
)


def test_the_last_may_be_called_before_the_first(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd)
    token = waiting(ben, opd)
    with written() as events:
        calling.call(token, desk_a, by=nurse)
    assert (at(desk_a), labels(opd), kinds(events)) == (token, ["A-001"], ["called"])


def test_the_second_desk_is_told_who_was_first(
    asha: Patient, opd: Department, desk_a: Counter, desk_b: Counter, nurse: Actor
) -> None:
    mine = waiting(asha, opd)
    theirs = type(mine).objects.get(pk=mine.pk)
    calling.call(theirs, desk_a, by=nurse_of(opd, "nadia"))
    refusal = refused(lambda: calling.call(mine, desk_b, by=nurse), WasFirst)
    assert refusal.sentence.startswith(
        "A-001 is called at counter 1. It was put there by Nadia at "
    )
    assert refusal.facts["counter"] == "1"


def test_a_busy_counter_says_whom_it_has(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    called(asha, desk_a)
    token = waiting(ben, opd)
    refusal = refused(lambda: calling.call(token, fresh(desk_a), by=nurse), CounterBusy)
    assert refusal.sentence == "Counter 1 has A-001."


def test_a_closed_counter_calls_nobody_by_name(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    counters.change(desk_a, {"is_open": False}, by=SYSTEM)
    refused(lambda: calling.call(token, fresh(desk_a), by=nurse), CounterClosed)


def test_another_departments_counter_is_not_there(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    refused(lambda: calling.call(token, cast.counter(lab, "1"), by=nurse), NotThere)


def test_another_doctors_patient_cannot_be_taken(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    doctor = Doctor.objects.create(name="Dr Rao")
    doctor.departments.add(opd)
    token = issuing.issue(asha, opd, by=SYSTEM, doctor=doctor)
    refusal = refused(lambda: calling.call(token, desk_a, by=nurse), CounterCannotTake)
    assert refusal.sentence.startswith("Counter 1 does not take this number")


def test_a_priority_the_counter_does_not_serve_cannot_be_taken(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    counters.change(desk_a, {"serves": ["paid"]}, by=SYSTEM)
    refused(lambda: calling.call(token, fresh(desk_a), by=nurse), CounterCannotTake)


def test_who_is_in_other_hands_cannot_be_called_and_it_is_said_where(
    asha: Patient, opd: Department, lab: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    elsewhere = called(asha, cast.counter(lab, "1"))
    refusal = refused(lambda: calling.call(token, desk_a, by=nurse), InOtherHands)
    assert refusal.sentence == "A-001 is in another department just now: Laboratory."
    assert refusal.facts["token_id"] == str(elsewhere.public_id)
