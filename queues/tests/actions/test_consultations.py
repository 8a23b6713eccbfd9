"""A consultation is begun once, written, completed once and for good; the queue goes along."""

from __future__ import annotations

import json
from typing import Any

import pytest

from queues.actions import calling, consultations, doctors_list, issuing, rebooking, tokens, undoing
from queues.actions.checking_in import check_in, come_in
from queues.actions.refusals import (
    AtAnotherCounter,
    CannotUndo,
    ChangedMeanwhile,
    CounterBusy,
    Invalid,
    Moved,
    NoRoom,
    NotAllowed,
    PatientElsewhere,
    PatientInactive,
    TooEarly,
    WasFirst,
)
from queues.models import (
    Addendum,
    Appointment,
    Consultation,
    Counter,
    Department,
    Doctor,
    Event,
    Kind,
    Patient,
    Slot,
    Token,
)
from queues.rules.appointments import Stage
from queues.rules.rights import SYSTEM, Actor, Role
from queues.rules.status import Status
from queues.tests import agenda, cast, consulting
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.consulting import arrived
from queues.tests.story import at, refused, standing
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db

WRITTEN: dict[str, Any] = {
    "complaint": "Heartburn after meals",
    "diagnosis": "Reflux",
    "prescription": [{"medicine": "Omeprazole", "dose": "20 mg", "when": "morning", "days": 14}],
    "follow_up_days": 14,
}


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def room(rao: Doctor, opd: Department) -> Counter:
    consulting.room(rao, opd)
    return cast.counter(opd, "R1")


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    return consulting.slots_of_today(rao, opd)


@pytest.fixture
def ashas(slots: list[Slot], asha: Patient) -> Appointment:
    return booked(slots[0], asha).appointment


@pytest.fixture
def doctor(opd: Department) -> Actor:
    return cast.staff(opd.clinic, Role.DOCTOR, opd)


def stage(appointment: Appointment) -> str:
    return Appointment.objects.values_list("status", flat=True).get(pk=appointment.pk)


# It begins


def test_who_waits_is_called_to_the_room_and_served(
    ashas: Appointment, room: Counter, doctor: Actor
) -> None:
    token = arrived(ashas)
    draft = consultations.start(ashas, by=doctor)
    assert (draft.appointment, draft.token, draft.status) == (ashas, None, "draft")
    assert (standing(token), stage(ashas), at(room)) == ("serving", "in_consultation", token)
    assert Event.objects.filter(kind=Kind.CONSULTATION_STARTED).count() == 1
    assert_one_story()


def test_nobody_is_seen_on_a_day_before_theirs(
    rao: Doctor, opd: Department, asha: Patient, doctor: Actor
) -> None:
    ahead = booked(agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0], asha).appointment
    early = refused(lambda: consultations.start(ahead, by=doctor), TooEarly)
    assert early.facts["starts_at"] == ahead.starts_at.isoformat()


def test_nothing_is_begun_under_a_record_that_is_out_of_use(
    ashas: Appointment, opd: Department, rao: Doctor, ben: Patient, room: Counter, doctor: Actor
) -> None:
    walk_in = issuing.issue(ben, opd, by=SYSTEM, doctor=rao)
    Patient.objects.update(is_active=False)
    refused(lambda: consultations.start(ashas, by=doctor), PatientInactive)
    refused(lambda: consultations.start(walk_in, by=doctor), PatientInactive)


def test_on_their_day_whenever_that_suits_both(
    slots: list[Slot], asha: Patient, room: Counter, doctor: Actor
) -> None:
    later = booked(slots[2], asha).appointment
    consultations.start(later, by=doctor)
    assert stage(later) == Stage.IN_CONSULTATION


def test_who_never_checked_in_moves_the_appointment_alone(
    ashas: Appointment, room: Counter, doctor: Actor
) -> None:
    consultations.start(ashas, by=doctor)
    assert stage(ashas) == Stage.IN_CONSULTATION
    assert not Token.objects.exists()
    started = Event.objects.get(kind=Kind.STARTED)
    assert (started.subject, started.after) == (ashas.public_id, {"status": "in_consultation"})
    with pytest.raises(Moved, match="with the doctor"):
        check_in(ashas, by=SYSTEM)


def test_whom_another_system_has_put_with_the_doctor_is_written_about_too(
    ashas: Appointment, doctor: Actor
) -> None:
    doctors_list.put(ashas, Stage.IN_CONSULTATION, by=SYSTEM)
    draft = consultations.start(ashas, by=doctor)
    consultations.complete(draft, by=doctor)
    assert stage(ashas) == Stage.COMPLETED


def test_a_walk_in_has_one_for_the_number(
    asha: Patient, opd: Department, rao: Doctor, room: Counter, doctor: Actor
) -> None:
    token = come_in(asha, opd, by=SYSTEM, doctor=rao)
    draft = consultations.start(token, by=doctor)
    assert (draft.token, draft.appointment, draft.doctor) == (token, None, rao)
    assert standing(token) == Status.SERVING


def test_the_token_of_an_appointment_leads_to_the_appointments(
    ashas: Appointment, room: Counter, doctor: Actor
) -> None:
    token = Token.objects.select_related("appointment").get(pk=arrived(ashas).pk)
    assert consultations.start(token, by=doctor).appointment == ashas


def test_the_second_gets_the_draft_of_the_first(
    ashas: Appointment, room: Counter, doctor: Actor
) -> None:
    first = consultations.start(ashas, by=doctor)
    assert consultations.start(ashas, by=SYSTEM) == first
    assert Event.objects.filter(kind=Kind.CONSULTATION_STARTED).count() == 1
    consultations.complete(first, by=doctor)
    with pytest.raises(Moved, match="completed"):
        consultations.start(ashas, by=doctor)


def test_a_busy_room_says_who_is_there(
    ashas: Appointment, room: Counter, ben: Patient, opd: Department, doctor: Actor
) -> None:
    token = arrived(ashas)
    there = calling.call(issuing.issue(ben, opd, by=SYSTEM), room, by=SYSTEM)
    with pytest.raises(CounterBusy, match=there.visit.label):
        consultations.start(ashas, by=doctor)
    assert (standing(token), stage(ashas)) == ("waiting", "checked_in")
    assert not Consultation.objects.exists()


def test_without_an_open_room_nobody_is_called(ashas: Appointment, doctor: Actor) -> None:
    arrived(ashas)
    with pytest.raises(NoRoom, match="no open room"):
        consultations.start(ashas, by=doctor)
    assert not Consultation.objects.exists()


def test_whom_another_desk_has_called_is_seen_there_unless_it_is_another_doctors(
    asha: Patient, ben: Patient, opd: Department, rao: Doctor, desk_a: Counter, doctor: Actor
) -> None:
    token = calling.call(issuing.issue(asha, opd, by=SYSTEM), desk_a, by=SYSTEM)
    with pytest.raises(Invalid):
        consultations.start(token, by=doctor)  # whose patient is it?
    Token.objects.filter(pk=token.pk).update(doctor=rao)
    consultations.start(Token.objects.get(pk=token.pk), by=doctor)
    assert standing(token) == Status.SERVING
    sen = agenda.doctor(opd, "Dr Sen")
    Counter.objects.filter(code="2", department=opd).update(doctor=sen)
    other = issuing.issue(ben, opd, by=SYSTEM)
    calling.call(other, cast.counter(opd, "2"), by=SYSTEM)
    Token.objects.filter(pk=other.pk).update(doctor=rao)
    with pytest.raises(AtAnotherCounter):
        consultations.start(Token.objects.get(pk=other.pk), by=doctor)


def test_who_is_on_hold_is_told(ashas: Appointment, room: Counter, doctor: Actor) -> None:
    tokens.hold(arrived(ashas), by=SYSTEM)
    with pytest.raises(WasFirst, match="on hold"):
        consultations.start(ashas, by=doctor)


def test_a_cancelled_appointment_is_not_begun(ashas: Appointment, doctor: Actor) -> None:
    rebooking.cancel(ashas, by=SYSTEM)
    with pytest.raises(Moved):
        consultations.start(ashas, by=doctor)


def test_an_unnamed_place_needs_its_patient(slots: list[Slot], doctor: Actor) -> None:
    with pytest.raises(Invalid):
        consultations.start(booked(slots[0], None).appointment, by=doctor)


@pytest.mark.parametrize("role", [Role.CLERK, Role.NURSE, Role.STAFF, Role.KIOSK])
def test_only_doctors_write(ashas: Appointment, rao: Doctor, doctor: Actor, role: Role) -> None:
    somebody = cast.staff(ashas.clinic, role)
    with pytest.raises(NotAllowed):
        consultations.start(ashas, by=somebody)
    draft = consultations.start(ashas, by=doctor)
    with pytest.raises(NotAllowed):
        consultations.write(draft, WRITTEN, by=somebody)
    with pytest.raises(NotAllowed):
        consultations.complete(draft, by=somebody)
    with pytest.raises(NotAllowed):
        consultations.add(draft, "more", by=somebody)


def test_its_own_doctor_writes_whatever_their_role(ashas: Appointment, rao: Doctor) -> None:
    user = cast.user(ashas.clinic, "rao", Role.NURSE)
    Doctor.objects.filter(pk=rao.pk).update(user=user)
    assert consultations.start(ashas, by=user.as_actor()).status == "draft"


# It is written


def test_what_is_saved_is_kept_and_only_its_parts_are_told(
    ashas: Appointment, doctor: Actor
) -> None:
    draft = consultations.write(consultations.start(ashas, by=doctor), WRITTEN, by=doctor)
    kept = Consultation.objects.get()
    assert {name: getattr(kept, name) for name in WRITTEN} == WRITTEN
    event = Event.objects.get(kind=Kind.CONSULTATION_CHANGED)
    assert event.subject == draft.public_id
    assert event.after == {"fields": list(WRITTEN)}


def test_one_entry_tells_of_writing_that_goes_on(ashas: Appointment, doctor: Actor) -> None:
    draft = consultations.start(ashas, by=doctor)
    for text in ("H", "Hea", "Heart"):
        draft = consultations.write(draft, {"notes": text}, by=doctor)
    assert Event.objects.filter(kind=Kind.CONSULTATION_CHANGED).count() == 1
    consultations.write(draft, {"advice": "Rest"}, by=doctor)
    consultations.write(draft, {"advice": "Rest"}, by=doctor)
    assert Event.objects.filter(kind=Kind.CONSULTATION_CHANGED).count() == 2
    consultations.write(draft, {"advice": "Rest well"}, by=SYSTEM)
    assert Event.objects.filter(kind=Kind.CONSULTATION_CHANGED).count() == 3


def test_two_windows_do_not_overwrite_each_other(ashas: Appointment, doctor: Actor) -> None:
    draft = consultations.start(ashas, by=doctor)
    seen = draft.changed_at
    consultations.write(draft, {"notes": "one"}, by=doctor, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        consultations.write(draft, {"notes": "two"}, by=doctor, seen=seen)
    consultations.write(draft, {"notes": "one"}, by=doctor, seen=seen)  # says nothing new
    assert Consultation.objects.get().notes == "one"


# It ends


def test_completing_completes_the_appointment_and_the_number_and_frees_the_room(
    ashas: Appointment, room: Counter, doctor: Actor
) -> None:
    token = arrived(ashas)
    draft = consultations.start(ashas, by=doctor)
    done = consultations.complete(draft, WRITTEN, by=doctor)
    assert (done.status, done.diagnosis) == ("completed", "Reflux")
    assert done.completed_at
    assert (standing(token), stage(ashas), at(room)) == ("completed", "completed", None)
    event = Event.objects.get(kind=Kind.CONSULTATION_COMPLETED)
    assert event.before == {"status": "draft"}
    assert event.after == {"status": "completed", "fields": list(WRITTEN)}
    assert_slots_agree()
    assert_one_story()


def test_without_a_number_the_appointment_is_completed_alone(
    ashas: Appointment, doctor: Actor
) -> None:
    consultations.complete(consultations.start(ashas, by=doctor), by=doctor)
    assert stage(ashas) == Stage.COMPLETED
    assert Event.objects.get(kind=Kind.COMPLETED).subject == ashas.public_id


def test_it_is_completed_once_and_then_never_changes(ashas: Appointment, doctor: Actor) -> None:
    draft = consultations.start(ashas, by=doctor)
    consultations.complete(draft, by=doctor)
    with pytest.raises(Moved, match="completed"):
        consultations.complete(draft, by=doctor)
    with pytest.raises(Moved, match="completed"):
        consultations.write(draft, {"notes": "late"}, by=doctor)
    assert Consultation.objects.get().notes == ""
    assert Event.objects.filter(kind=Kind.CONSULTATION_COMPLETED).count() == 1


def test_an_addendum_comes_after_and_leaves_the_rest_as_it_was(
    ashas: Appointment, doctor: Actor
) -> None:
    draft = consultations.start(ashas, by=doctor)
    with pytest.raises(Moved, match="not completed"):
        consultations.add(draft, "too early", by=doctor)
    before = consultations.complete(draft, WRITTEN, by=doctor)
    user = cast.user(ashas.clinic, "dev", Role.DOCTOR)
    consultations.add(draft, "Allergic to penicillin", by=user.as_actor())
    addendum = Addendum.objects.get()
    assert (addendum.text, addendum.written_by_name) == ("Allergic to penicillin", "Dev")
    after = Consultation.objects.get()
    for name in (*Consultation.WRITTEN, "changed_at", "completed_at", "status"):
        assert getattr(after, name) == getattr(before, name)
    event = Event.objects.get(kind=Kind.ADDENDUM_WRITTEN)
    assert (event.subject, event.after) == (draft.public_id, {})


# It was a mistake


def test_what_was_begun_by_mistake_is_taken_back(
    ashas: Appointment, room: Counter, doctor: Actor
) -> None:
    rebooking.confirm(ashas, by=SYSTEM)
    draft = consultations.start(ashas, by=doctor)
    consultations.take_back(draft, by=doctor)
    assert not Consultation.objects.exists()
    assert stage(ashas) == Stage.CONFIRMED
    subjects = Event.objects.filter(kind=Kind.UNDONE).values_list("subject", flat=True)
    assert set(subjects) == {ashas.public_id, draft.public_id}
    token = arrived(ashas)
    consultations.take_back(consultations.start(ashas, by=doctor), by=doctor)
    assert standing(token) == Status.SERVING, "their number is the desk's to take back"
    assert consultations.start(ashas, by=doctor).status == "draft"
    assert_slots_agree()
    assert_one_story()


def test_what_is_written_is_never_taken_back(ashas: Appointment, doctor: Actor) -> None:
    draft = consultations.write(consultations.start(ashas, by=doctor), WRITTEN, by=doctor)
    with pytest.raises(Moved, match="stays"):
        consultations.take_back(draft, by=doctor)
    consultations.complete(draft, by=doctor)
    with pytest.raises(Moved):
        consultations.take_back(draft, by=doctor)
    with pytest.raises(NotAllowed):
        consultations.take_back(draft, by=cast.staff(ashas.clinic, Role.NURSE))


# What the queue does while a draft is open


@pytest.fixture
def draft(ashas: Appointment, room: Counter, doctor: Actor) -> Consultation:
    arrived(ashas)
    return consultations.write(
        consultations.start(ashas, by=doctor), {"notes": "never lost"}, by=doctor
    )


def its_token(draft: Consultation) -> Token:
    return Token.objects.select_related("visit", "department__clinic", "counter").get(
        appointment=draft.appointment, previous=None
    )


def assert_kept(draft: Consultation) -> None:
    draft.refresh_from_db()
    assert (draft.status, draft.notes) == ("draft", "never lost")


def test_completed_at_the_desk_the_draft_stays_and_is_completed_later(
    draft: Consultation, doctor: Actor
) -> None:
    tokens.complete(its_token(draft), by=SYSTEM)
    assert_kept(draft)
    consultations.complete(draft, by=doctor)
    assert draft.appointment
    assert stage(draft.appointment) == Stage.COMPLETED
    assert Event.objects.filter(kind=Kind.COMPLETED).count() == 1
    assert_one_story()


def test_taken_back_and_marked_absent_the_queue_keeps_its_word(
    draft: Consultation, doctor: Actor
) -> None:
    token = its_token(draft)
    undoing.undo(token, by=SYSTEM)
    assert standing(token) == Status.CALLED
    tokens.no_show(its_token(draft), by=SYSTEM)
    assert_kept(draft)
    consultations.complete(draft, by=doctor)
    assert draft.appointment
    assert stage(draft.appointment) == Stage.NO_SHOW
    assert_slots_agree()


def test_cancelled_the_place_stays_free_and_the_record_is_closed(
    draft: Consultation, doctor: Actor
) -> None:
    undoing.undo(its_token(draft), by=SYSTEM)
    tokens.cancel(its_token(draft), by=SYSTEM)
    assert_kept(draft)
    assert consultations.complete(draft, by=doctor).status == "completed"
    assert draft.appointment
    assert stage(draft.appointment) == Stage.CANCELLED
    assert_slots_agree()


def test_put_back_they_are_called_in_again_by_the_same_draft(
    draft: Consultation, doctor: Actor
) -> None:
    undoing.undo(its_token(draft), by=SYSTEM)
    tokens.put_back(its_token(draft), by=SYSTEM)
    with pytest.raises(PatientElsewhere, match="waits to be called in"):
        consultations.complete(draft, by=doctor)
    assert_kept(draft)
    assert draft.appointment
    assert consultations.start(draft.appointment, by=doctor) == draft
    assert standing(its_token(draft)) == Status.SERVING
    assert consultations.complete(draft, by=doctor).status == "completed"
    assert_one_story()


def test_sent_to_the_lab_it_waits_until_they_are_back(
    draft: Consultation, lab: Department, opd: Department, room: Counter, doctor: Actor
) -> None:
    at_lab = issuing.transfer(its_token(draft), lab, by=SYSTEM)
    assert at(room) is None, "the doctor sees others meanwhile"
    with pytest.raises(PatientElsewhere, match="Laboratory"):
        consultations.complete(draft, by=doctor)
    assert_kept(draft)
    back = issuing.transfer(at_lab, opd, by=SYSTEM)
    assert draft.appointment
    consultations.start(draft.appointment, by=doctor)
    consultations.complete(draft, by=doctor)
    assert (standing(back), stage(draft.appointment)) == ("completed", "completed")
    assert_one_story()


def test_who_left_from_the_lab_does_not_keep_it_open(
    draft: Consultation, lab: Department, doctor: Actor
) -> None:
    at_lab = issuing.transfer(its_token(draft), lab, by=SYSTEM)
    tokens.cancel(at_lab, by=SYSTEM)
    consultations.complete(draft, by=doctor)
    assert draft.appointment
    assert stage(draft.appointment) == Stage.COMPLETED


def test_completing_is_not_taken_back(draft: Consultation, doctor: Actor) -> None:
    consultations.complete(draft, by=doctor)
    with pytest.raises(CannotUndo):
        undoing.undo(its_token(draft), by=SYSTEM)
    draft.refresh_from_db()
    assert (draft.status, standing(its_token(draft))) == ("completed", "completed")
    assert_one_story()


def test_who_is_in_the_lab_without_a_draft_is_not_begun(
    ashas: Appointment, lab: Department, doctor: Actor
) -> None:
    issuing.transfer(arrived(ashas), lab, by=SYSTEM)
    with pytest.raises(PatientElsewhere, match="Laboratory"):
        consultations.start(ashas, by=doctor)
    assert not Consultation.objects.exists()


# Nothing that is written gets out


def test_no_event_tells_what_was_written(
    ashas: Appointment, doctor: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="queues")
    draft = consultations.write(consultations.start(ashas, by=doctor), WRITTEN, by=doctor)
    consultations.complete(draft, {"notes": "Smokes"}, by=doctor)
    consultations.add(draft, "Penicillin", by=doctor)
    told = json.dumps([[event.before, event.after, event.note] for event in Event.objects.all()])
    for text in ("Heartburn", "Reflux", "Omeprazole", "Smokes", "Penicillin"):
        assert text not in told
        assert text not in caplog.text
