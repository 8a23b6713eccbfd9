"""A patient gets a place in a queue, and a number if they hold none today."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queues.actions import counters, departments, issuing, patients, tokens
from queues.actions.refusals import (
    AlreadyWaiting,
    DepartmentNotOpen,
    Invalid,
    PatientInactive,
    StaffOnly,
)
from queues.models import Clinic, Counter, DayBook, Department, Doctor, Patient, Visit
from queues.rules.links import hashed
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests import cast
from queues.tests.story import (
    called,
    kinds,
    labels,
    people,
    refused,
    serving,
    standing,
    waiting,
    written,
)


def test_a_number_a_place_and_one_event(asha: Patient, opd: Department, nurse: Actor) -> None:
    with written() as events:
        token = issuing.issue(asha, opd, by=nurse)
    token.refresh_from_db()
    assert (token.visit.label, token.status, token.live) == ("A-001", "waiting", True)
    assert kinds(events) == ["issued"]
    assert events[0].subject == token.public_id
    assert events[0].before == dict.fromkeys(events[0].after), "it was nothing before"
    assert token.issued_seq == events[0].seq
    assert token.issued_by == nurse.public_id


def test_numbers_follow_one_another_without_gaps(clinic: Clinic, opd: Department) -> None:
    for patient in people(clinic, "Asha", "Ben", "Chen"):
        waiting(patient, opd)
    assert labels(opd) == ["A-001", "A-002", "A-003"]


def test_each_department_counts_for_itself_under_its_prefix(
    clinic: Clinic, opd: Department, lab: Department, pharmacy: Department
) -> None:
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    given = [waiting(asha, opd), waiting(ben, lab), waiting(chen, pharmacy)]
    assert [token.visit.label for token in given] == ["A-001", "L-001", "P-001"]


def test_a_refusal_uses_up_no_number(clinic: Clinic, opd: Department, nurse: Actor) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd)
    refused(lambda: issuing.issue(asha, opd, by=nurse))
    assert waiting(ben, opd).visit.label == "A-002"


def test_the_same_day_in_another_department_is_the_same_visit(
    asha: Patient, opd: Department, lab: Department
) -> None:
    first, second = waiting(asha, opd), waiting(asha, lab)
    assert (first.visit, second.visit.label) == (second.visit, "A-001")
    assert labels(lab) == ["A-001"]


def test_who_was_served_comes_back_the_same_day_under_the_same_label(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    tokens.complete(serving(asha, desk_a), by=nurse)
    waiting(ben, opd)
    assert waiting(asha, opd).visit.label == "A-001"
    assert labels(opd) == ["A-002", "A-001"]


def test_nobody_waits_twice_in_one_department(asha: Patient, opd: Department, nurse: Actor) -> None:
    token = waiting(asha, opd)
    refusal = refused(lambda: issuing.issue(asha, opd, by=nurse), AlreadyWaiting)
    assert refusal.code == "already_waiting"
    assert refusal.facts["token_id"] == str(token.public_id)
    assert refusal.facts["label"] == "A-001"


@pytest.mark.parametrize("state", ["called", "serving", "on_hold"])
def test_nor_while_they_are_called_served_or_on_hold(
    state: str, asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    if state == "on_hold":
        tokens.hold(waiting(asha, opd), by=nurse)
    else:
        (called if state == "called" else serving)(asha, desk_a)
    refusal = refused(lambda: issuing.issue(asha, opd, by=nurse), AlreadyWaiting)
    assert refusal.facts["state"] == state


def test_an_inactive_patient_gets_none(
    clinic: Clinic, asha: Patient, opd: Department, nurse: Actor
) -> None:
    inactive = patients.set_active(asha, clinic, False, by=nurse)
    refusal = refused(lambda: issuing.issue(inactive, opd, by=nurse), PatientInactive)
    assert refusal.code == "patient_inactive"


def test_a_merged_record_gets_the_number_of_the_person(
    clinic: Clinic, opd: Department, lab: Department, nurse: Actor
) -> None:
    asha, same = people(clinic, "Asha", "Asha R.")
    first = waiting(same, opd)
    patients.merge(same, asha, clinic, by=nurse)
    same.refresh_from_db()
    second = issuing.issue(same, lab, by=nurse)
    third = issuing.issue(asha, cast.department(clinic, "PHARMACY"), by=nurse)
    assert [second.visit, third.visit] == [first.visit, first.visit], "one person, one visit a day"
    refused(lambda: issuing.issue(asha, opd, by=nurse), AlreadyWaiting)


def test_a_record_merged_into_an_inactive_one_gets_none(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    asha, same = people(clinic, "Asha", "Asha R.")
    patients.set_active(asha, clinic, False, by=nurse)
    patients.merge(same, asha, clinic, by=nurse)
    same.refresh_from_db()
    refused(lambda: issuing.issue(same, opd, by=nurse), PatientInactive)


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_department_that_is_not_open_gives_none_and_says_why(
    state: str, asha: Patient, opd: Department, nurse: Actor
) -> None:
    departments.change(opd, {"state": state, "state_reason": "Back at 11."}, by=SYSTEM)
    refusal = refused(lambda: issuing.issue(asha, opd, by=nurse), DepartmentNotOpen)
    assert refusal.sentence == f"Outpatients is {state}. Back at 11."
    assert refusal.code == f"department_{state}"


def test_a_kiosk_that_loaded_its_page_before_the_pause_is_told_too(
    clinic: Clinic, asha: Patient, opd: Department
) -> None:
    seen = cast.department(clinic, "OPD")
    departments.change(opd, {"state": "paused", "state_reason": ""}, by=SYSTEM)
    refusal = refused(lambda: issuing.issue(asha, seen, by=cast.kiosk(clinic)), DepartmentNotOpen)
    assert refusal.sentence == "Outpatients is paused."


@pytest.mark.parametrize(
    ("details", "priority"),
    [
        ({"age": 64}, "walk_in"),
        ({"age": 65}, "elderly"),
        ({"age": 90}, "elderly"),
        ({"age": "", "birth_date": "1930-05-01"}, "elderly"),
        ({"age": "", "unidentified": True}, "walk_in"),
    ],
)
def test_age_suggests_elderly_by_itself(
    details: dict[str, object], priority: str, clinic: Clinic, opd: Department
) -> None:
    patient = cast.patient(clinic, "Somebody", **details)
    assert issuing.issue(patient, opd, by=cast.kiosk(clinic)).priority == priority


def test_from_which_age_is_the_clinics_setting(clinic: Clinic, opd: Department) -> None:
    Clinic.objects.update(elderly_from=60)
    patient = cast.patient(clinic, "Somebody", age=60)
    again = cast.department(clinic, "OPD")
    assert issuing.issue(patient, again, by=cast.kiosk(clinic)).priority == "elderly"


def test_a_given_priority_goes_before_the_suggested(clinic: Clinic, opd: Department) -> None:
    patient = cast.patient(clinic, "Somebody", age=80)
    token = issuing.issue(patient, opd, by=cast.kiosk(clinic), priority=Priority.ONLINE)
    assert token.priority == "online"


@pytest.mark.parametrize("priority", [Priority.EMERGENCY, Priority.PAID])
def test_a_kiosk_gives_no_priority_that_only_staff_give(
    priority: Priority, clinic: Clinic, asha: Patient, opd: Department, nurse: Actor
) -> None:
    kiosk = cast.kiosk(clinic)
    refusal = refused(lambda: issuing.issue(asha, opd, by=kiosk, priority=priority), StaffOnly)
    assert refusal.code == "staff_only"
    assert issuing.issue(asha, opd, by=nurse, priority=priority).priority == priority


@pytest.mark.parametrize("priority", sorted(set(Priority) - {Priority.EMERGENCY, Priority.PAID}))
def test_a_kiosk_gives_all_others(
    priority: Priority, clinic: Clinic, asha: Patient, opd: Department
) -> None:
    token = issuing.issue(asha, opd, by=cast.kiosk(clinic), priority=priority)
    assert token.priority == priority


def test_staff_of_another_clinic_are_no_staff_here(asha: Patient, opd: Department) -> None:
    stranger = cast.staff(cast.clinic("far"))
    refused(lambda: issuing.issue(asha, opd, by=stranger, priority=Priority.PAID), StaffOnly)


def test_a_doctor_of_the_department_may_be_asked_for(
    asha: Patient, opd: Department, nurse: Actor
) -> None:
    doctor = Doctor.objects.create(name="Dr Rao")
    doctor.departments.add(opd)
    assert issuing.issue(asha, opd, by=nurse, doctor=doctor).doctor == doctor


@pytest.mark.parametrize("case", ["of another department", "no longer here"])
def test_any_other_doctor_may_not(
    case: str, asha: Patient, opd: Department, lab: Department, nurse: Actor
) -> None:
    doctor = Doctor.objects.create(name="Dr Rao", is_active=case != "no longer here")
    doctor.departments.add(lab if case == "of another department" else opd)
    refusal = refused(lambda: issuing.issue(asha, opd, by=nurse, doctor=doctor), Invalid)
    assert isinstance(refusal, Invalid)
    assert set(refusal.fields) == {"doctor_id"}


def test_arrivals_are_never_told_before_the_one_written_last(
    clinic: Clinic, opd: Department
) -> None:
    """The clock goes back an hour: who came later still stands behind."""
    asha, ben = people(clinic, "Asha", "Ben")
    first = waiting(asha, opd)
    ahead = first.arrived_at + timedelta(hours=1)
    DayBook.objects.filter(department=opd).update(last_arrival=ahead)
    first.arrived_at = ahead
    first.save(update_fields=["arrived_at"])
    second = waiting(ben, opd)
    assert second.arrived_at == ahead + timedelta(microseconds=1)
    assert labels(opd) == ["A-001", "A-002"]


def test_the_link_is_secret_stored_hashed_and_can_be_shown_again(
    asha: Patient, opd: Department
) -> None:
    visit = waiting(asha, opd).visit
    stored = Visit.objects.values().get(pk=visit.pk)
    again = Visit.objects.get(pk=visit.pk)
    assert again.secret == visit.secret
    assert stored["link_hash"] == hashed(visit.secret)
    assert visit.secret not in map(str, stored.values())


def test_the_visit_remembers_the_language_chosen_at_the_kiosk(
    clinic: Clinic, opd: Department
) -> None:
    patient = cast.patient(clinic, "Asha", language="hi")
    assert waiting(patient, opd).visit.language == "hi"
    other = cast.patient(clinic, "Ben", language="hi")
    assert issuing.issue(other, opd, by=SYSTEM, language="en").visit.language == "en"


def test_a_closed_counter_is_no_reason_to_refuse(
    asha: Patient, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    """People come before the desks open."""
    for desk in (desk_a, desk_b):
        counters.change(desk, {"is_open": False}, by=SYSTEM)
    assert standing(waiting(asha, opd)) == "waiting"
