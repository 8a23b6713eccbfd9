"""A patient is sent on under the number they hold."""

from __future__ import annotations

import pytest

from queues.actions import calling, counters, departments, issuing, tokens
from queues.actions.refusals import (
    AlreadyWaiting,
    CannotUndo,
    DepartmentNotOpen,
    Invalid,
    NotThere,
)
from queues.actions.undoing import undo
from queues.models import Clinic, Counter, Department, Doctor, Event, Patient, Token
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
    serving,
    some_time_ago,
    standing,
    waiting,
    written,
)


@pytest.fixture
def dr_rao(opd: Department, desk_a: Counter) -> Doctor:
    """Sits at counter 1 of OPD."""
    doctor = Doctor.objects.create(name="Dr Rao")
    doctor.departments.add(opd)
    counters.change(desk_a, {"doctor": doctor}, by=SYSTEM)
    return doctor


def test_one_token_ends_and_the_next_waits_under_the_same_label_and_link(
    asha: Patient, lab: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = serving(asha, desk_a)
    follower = issuing.transfer(token, lab, by=nurse)
    assert (standing(token), standing(follower)) == ("transferred", "waiting")
    assert at(desk_a) is None
    assert labels(lab) == ["A-001"]
    assert (follower.visit, follower.previous) == (token.visit, token)
    assert follower.visit.secret == token.visit.secret


def test_each_end_is_written_in_its_own_ledger(
    asha: Patient, opd: Department, lab: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = serving(asha, desk_a)
    with written() as events:
        follower = issuing.transfer(token, lab, by=nurse, note="blood test")
    assert [(event.kind, event.daybook.department, event.subject) for event in events] == [
        ("transferred", opd, token.public_id),
        ("arrived", lab, follower.public_id),
    ]
    assert events[0].note == "blood test"


def test_the_arrival_is_the_moment_of_transfer(
    clinic: Clinic, opd: Department, lab: Department, nurse: Actor
) -> None:
    """However long Asha waited in OPD, in the Lab Ben was first."""
    asha, ben = people(clinic, "Asha", "Ben")
    token = waiting(asha, opd)
    some_time_ago(token, hours=1)
    waiting(ben, lab)
    issuing.transfer(token, lab, by=nurse)
    assert labels(lab) == ["L-001", "A-001"]


def test_the_priority_goes_along(
    clinic: Clinic, opd: Department, lab: Department, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(ben, lab)
    follower = issuing.transfer(waiting(asha, opd, Priority.EMERGENCY), lab, by=nurse)
    assert follower.priority == "emergency"
    assert labels(lab) == ["A-001", "L-001"]


def test_back_to_the_same_doctor_keeps_the_rank_of_the_first_arrival(
    clinic: Clinic, lab: Department, opd: Department, desk_a: Counter, dr_rao: Doctor, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    first = serving(asha, desk_a)
    waiting(ben, opd)
    in_the_lab = issuing.transfer(first, lab, by=nurse)
    back = issuing.transfer(in_the_lab, opd, by=nurse)
    assert labels(opd) == ["A-001", "A-002"]
    assert back.rank == first.rank
    assert back.arrived_at > first.arrived_at, "the wait itself begins now"
    assert back.doctor == dr_rao, "their doctor waits for them, not whoever is free"


def test_a_doctor_asked_for_by_name_is_the_same_doctor_even_before_the_first_call(
    clinic: Clinic, lab: Department, opd: Department, desk_a: Counter, dr_rao: Doctor, nurse: Actor
) -> None:
    """Sent to the Lab straight from the waiting room: Asha came first and stays first."""
    asha, ben = people(clinic, "Asha", "Ben")
    first = issuing.issue(asha, opd, by=SYSTEM, doctor=dr_rao)
    issuing.issue(ben, opd, by=SYSTEM, doctor=dr_rao)
    in_the_lab = issuing.transfer(first, lab, by=nurse)
    issuing.transfer(in_the_lab, opd, by=nurse, doctor=dr_rao)
    assert labels(opd) == ["A-001", "A-002"]


def test_back_to_another_doctor_is_a_new_arrival(
    clinic: Clinic, lab: Department, opd: Department, desk_a: Counter, dr_rao: Doctor, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    dr_sen = Doctor.objects.create(name="Dr Sen")
    dr_sen.departments.add(opd)
    first = serving(asha, desk_a)
    waiting(ben, opd)
    in_the_lab = issuing.transfer(first, lab, by=nurse)
    back = issuing.transfer(in_the_lab, opd, by=nurse, doctor=dr_sen)
    assert labels(opd) == ["A-002", "A-001"]
    assert back.doctor == dr_sen


def test_back_to_a_department_without_doctors_is_a_new_arrival(
    clinic: Clinic, lab: Department, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    first = serving(asha, desk_a)
    waiting(ben, opd)
    issuing.transfer(issuing.transfer(first, lab, by=nurse), opd, by=nurse)
    assert labels(opd) == ["A-002", "A-001"]


def test_a_transfer_does_not_use_up_a_number_or_the_daily_limit(
    clinic: Clinic, opd: Department, lab: Department, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    departments.change(lab, {"daily_limit": 1}, by=SYSTEM)
    issuing.transfer(waiting(asha, opd), lab, by=nurse)
    assert waiting(ben, lab).visit.label == "L-001"


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_nobody_is_sent_to_where_it_is_not_open(
    state: str, asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    departments.change(lab, {"state": state, "state_reason": "Cleaning."}, by=SYSTEM)
    refusal = refused(lambda: issuing.transfer(token, lab, by=nurse), DepartmentNotOpen)
    assert refusal.sentence == f"Laboratory is {state}. Cleaning."


def test_nobody_is_sent_to_where_they_are(asha: Patient, opd: Department, nurse: Actor) -> None:
    token = waiting(asha, opd)
    refusal = refused(lambda: issuing.transfer(token, opd, by=nurse), Invalid)
    assert isinstance(refusal, Invalid)
    assert set(refusal.fields) == {"department"}


def test_nobody_is_sent_to_where_they_wait_already(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token, there = waiting(asha, opd), waiting(asha, lab)
    refusal = refused(lambda: issuing.transfer(token, lab, by=nurse), AlreadyWaiting)
    assert refusal.facts["token_id"] == str(there.public_id)


def test_another_clinics_department_is_not_there(
    asha: Patient, opd: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    far = cast.department(cast.clinic("far"), "LAB")
    refused(lambda: issuing.transfer(token, far, by=nurse), NotThere)


def test_a_doctor_who_does_not_work_there_is_refused(
    asha: Patient, opd: Department, lab: Department, dr_rao: Doctor, nurse: Actor
) -> None:
    """Nobody in the Lab could ever call a token of an OPD doctor."""
    token = waiting(asha, opd)
    refused(lambda: issuing.transfer(token, lab, by=nurse, doctor=dr_rao), Invalid)


def test_a_transfer_is_undone_while_nobody_called_there(
    asha: Patient, lab: Department, desk_a: Counter, nurse: Actor
) -> None:
    token = serving(asha, desk_a)
    follower = issuing.transfer(token, lab, by=nurse)
    with written() as events:
        assert undo(token, by=nurse) == token
    assert (standing(token), standing(follower)) == ("serving", "cancelled")
    assert (at(desk_a), labels(lab)) == (token, [])
    assert sorted(kinds(events)) == ["undone", "withdrawn"]


def test_a_transfer_is_undone_from_its_other_end_too(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    follower = issuing.transfer(token, lab, by=nurse)
    assert undo(follower, by=nurse) == token
    assert (labels(opd), labels(lab)) == (["A-001"], [])


def test_a_transfer_is_not_undone_once_somebody_called_there(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    follower = issuing.transfer(token, lab, by=nurse)
    calling.call(follower, cast.counter(lab, "1"), by=nurse)
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert refusal.sentence == "A-001 was called in Laboratory already."


def test_a_transfer_is_not_undone_even_if_the_call_was_put_back(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    follower = issuing.transfer(token, lab, by=nurse)
    tokens.put_back(calling.call(follower, cast.counter(lab, "1"), by=nurse), by=nurse)
    refused(lambda: undo(token, by=nurse), CannotUndo)


def test_the_refusal_of_an_undo_does_not_invent_a_call(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    """Nobody called Asha in the Lab: she was cancelled there, and that is to be said."""
    token = waiting(asha, opd)
    tokens.cancel(issuing.transfer(token, lab, by=nurse), by=nurse)
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert "was called" not in refusal.sentence


def test_a_transfer_is_not_undone_after_two_minutes(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    follower = issuing.transfer(token, lab, by=nurse)
    some_time_ago(token, minutes=3)
    some_time_ago(follower, minutes=3)
    refused(lambda: undo(token, by=nurse), CannotUndo)
    refused(lambda: undo(follower, by=nurse), CannotUndo)


def test_a_transfer_is_not_undone_twice(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    follower = issuing.transfer(token, lab, by=nurse)
    undo(token, by=nurse)
    refused(lambda: undo(token, by=nurse), CannotUndo)
    refused(lambda: undo(Token.objects.get(pk=follower.pk), by=nurse), CannotUndo)


def test_a_transfer_is_not_undone_when_the_counter_has_somebody_else(
    clinic: Clinic, lab: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    token = serving(asha, desk_a)
    issuing.transfer(token, lab, by=nurse)
    called(ben, desk_a)
    refusal = refused(lambda: undo(token, by=nurse), CannotUndo)
    assert refusal.sentence == "Counter 1 is no longer free."
    assert labels(lab) == ["A-001"], "they still wait in the Lab"


def test_who_was_sent_on_and_undone_can_be_sent_on_again(
    asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    token = waiting(asha, opd)
    issuing.transfer(token, lab, by=nurse)
    undo(token, by=nurse)
    issuing.transfer(token, lab, by=nurse)
    assert (labels(opd), labels(lab)) == ([], ["A-001"])
    assert Event.objects.of(token).count() == 4  # issued, transferred, undone, transferred


def test_the_old_wait_counts_no_more_after_a_round_trip(
    clinic: Clinic, lab: Department, opd: Department, desk_a: Counter, dr_rao: Doctor, nurse: Actor
) -> None:
    """Twice to the Lab and back: still the rank of the very first arrival."""
    first = waiting(cast.patient(clinic, "Asha"), opd)
    arrived_earlier(first, minutes=30)
    token = first
    for _ in range(2):
        calling.call(token, fresh(desk_a), by=nurse)
        token = issuing.transfer(issuing.transfer(token, lab, by=nurse), opd, by=nurse)
    assert token.rank == first.rank
