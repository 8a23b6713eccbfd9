"""Before anybody comes: an appointment is confirmed, named, moved, cancelled, missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from queues.actions import rebooking, waitlists
from queues.actions.refusals import (
    AlreadyBooked,
    AlreadyCancelled,
    Invalid,
    Moved,
    NotAllowed,
    Overlaps,
    PatientInactive,
    SlotFull,
    SlotOver,
    TooEarly,
)
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Kind,
    Notice,
    Patient,
    Session,
    Slot,
    WaitlistEntry,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor, ActorKind
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.story import kinds, refused, written
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db
PHONE = Actor(ActorKind.PATIENT, origin="phone")


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def morning(rao: Doctor, opd: Department) -> list[Slot]:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 3)


@pytest.fixture
def hers(asha: Patient, morning: list[Slot]) -> Appointment:
    return booked(morning[0], asha).appointment


def as_it_is(appointment: Appointment) -> Appointment:
    return Appointment.objects.get(pk=appointment.pk)


@pytest.fixture(autouse=True)
def _all_is_well(db: None) -> Iterator[None]:
    yield
    assert_slots_agree()
    assert_one_story()


# Confirm


def test_it_is_confirmed(hers: Appointment) -> None:
    with written() as events:
        rebooking.confirm(hers, by=PHONE)
    assert as_it_is(hers).status == Stage.CONFIRMED
    assert kinds(events) == [Kind.CONFIRMED]
    assert events[0].after == {"status": "confirmed"}


def test_what_is_cancelled_is_not_confirmed(hers: Appointment) -> None:
    rebooking.cancel(hers, by=PHONE)
    refusal = refused(lambda: rebooking.confirm(hers, by=PHONE), Moved)
    assert refusal.facts["state"] == Stage.CANCELLED


# Name


def test_a_place_without_a_name_gets_one(morning: list[Slot], ben: Patient) -> None:
    nobodys = booked(morning[0], None).appointment
    with written() as events:
        rebooking.name(nobodys, ben, by=SYSTEM)
    assert as_it_is(nobodys).patient == ben
    assert kinds(events) == [Kind.BOOKING_NAMED]
    assert events[0].after == {}, "no event tells who"


def test_a_name_stays_and_must_fit(hers: Appointment, morning: list[Slot], asha: Patient) -> None:
    ben = cast.patient(hers.clinic, "Ben")
    refused(lambda: rebooking.name(hers, ben, by=SYSTEM), Invalid)
    nobodys = booked(morning[1], None).appointment
    refused(lambda: rebooking.name(nobodys, asha, by=SYSTEM), AlreadyBooked)
    Patient.objects.filter(pk=ben.pk).update(is_active=False)
    refused(lambda: rebooking.name(nobodys, ben, by=SYSTEM), PatientInactive)


# Reschedule


def test_it_moves_and_keeps_number_and_sequence(hers: Appointment, morning: list[Slot]) -> None:
    with written() as events:
        rebooking.reschedule(hers, morning[2], by=PHONE)
    now = as_it_is(hers)
    assert (now.slot, now.status, now.starts_at) == (
        morning[2],
        Stage.SCHEDULED,
        morning[2].starts_at,
    )
    assert (now.number, now.sequence) == (hers.number, hers.sequence)
    assert kinds(events) == [Kind.RESCHEDULED]
    assert not Notice.objects.exists(), "who moves it themselves is not told"


def test_another_doctors_list_gives_another_number(
    hers: Appointment, opd: Department, lab: Department
) -> None:
    sen = agenda.doctor(lab, "Dr Sen")
    theirs = agenda.slots(sen, lab, agenda.tomorrow(lab.clinic, 15), capacity=2)[0]
    booked(theirs, cast.patient(opd.clinic, "Dana"))
    rebooking.reschedule(hers, theirs, by=SYSTEM)
    now = as_it_is(hers)
    assert (now.doctor, now.department, now.number, float(now.sequence)) == (sen, lab, 2, 3.8)
    notice = Notice.objects.get(patient=hers.patient_id)
    assert (notice.about, notice.facts["to"]) == ("moved", theirs.starts_at.isoformat())


def test_the_department_that_it_leaves_is_told_too(
    hers: Appointment, opd: Department, lab: Department
) -> None:
    """Its desk listens to it alone, and so does whoever looks for a place there."""
    theirs = agenda.slots(agenda.doctor(lab, "Dr Sen"), lab, agenda.tomorrow(lab.clinic, 15))[0]
    with written() as events:
        rebooking.reschedule(hers, theirs, by=PHONE)
    assert kinds(events) == [Kind.RESCHEDULED] * 2
    left, new = events
    assert (left.daybook.department_id, new.daybook.department_id) == (opd.pk, lab.pk)
    assert left.subject == new.subject == hers.public_id
    assert (left.before, left.after) == ({}, {}), "the change itself is told once"
    assert_one_story()


def test_what_it_leaves_goes_to_the_waitlist(
    hers: Appointment, morning: list[Slot], ben: Patient
) -> None:
    entry = waits(ben, slot=morning[0])
    with written() as events:
        rebooking.reschedule(hers, morning[1], by=SYSTEM)
    entry.refresh_from_db()
    assert (entry.status, entry.appointment and entry.appointment.slot) == ("booked", morning[0])
    assert sorted(kinds(events)) == [Kind.PLACE_GIVEN, Kind.RESCHEDULED]


def test_whoever_lost_their_place_moves_off_the_waitlist(rao: Doctor, opd: Department) -> None:
    nine = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    theirs = booked(nine, None, Priority.WALK_IN).appointment
    booked(nine, None, Priority.EMERGENCY)
    sen = agenda.doctor(opd, "Dr Sen")
    free = agenda.slots(sen, opd, nine.starts_at, capacity=2)[0]
    rebooking.reschedule(theirs, free, by=SYSTEM)
    assert (as_it_is(theirs).slot, as_it_is(theirs).status) == (free, Stage.SCHEDULED)
    assert WaitlistEntry.objects.get().status == "left"


def test_it_is_not_moved_into_what_is_full_over_or_taken(
    hers: Appointment, morning: list[Slot], opd: Department, ben: Patient, rao: Doctor
) -> None:
    booked(morning[1], ben)
    full = refused(lambda: rebooking.reschedule(hers, morning[1], by=PHONE), SlotFull)
    assert full.facts["alternatives"][0]["slot_id"] == str(morning[2].public_id)
    past = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic) - timedelta(days=2))[0]
    refused(lambda: rebooking.reschedule(hers, past, by=SYSTEM), SlotOver)
    sen = agenda.doctor(opd, "Dr Sen")
    asha = Patient.objects.get(appointments=hers)
    at_ten = agenda.slots(sen, opd, morning[2].starts_at)[0]
    booked(at_ten, asha)
    refused(lambda: rebooking.reschedule(hers, morning[2], by=SYSTEM), Overlaps)
    Doctor.objects.filter(pk=rao.pk).update(is_active=False)
    refused(lambda: rebooking.reschedule(hers, morning[2], by=SYSTEM), Invalid)


def test_a_family_that_waits_nearby_is_in_nobodys_way(
    hers: Appointment, morning: list[Slot], ben: Patient, clinic: Clinic
) -> None:
    """They want three places together, and there are two; whoever moves about still can."""
    entry = waits(ben, doctor=morning[0].doctor, places=3)
    rebooking.reschedule(hers, morning[1], by=SYSTEM)
    assert booked(morning[1], None, Priority.EMERGENCY).displaced == hers
    entry.refresh_from_db()
    assert entry.status == "waiting"


# Cancel


def test_it_is_cancelled_and_the_place_is_free(hers: Appointment, morning: list[Slot]) -> None:
    with written() as events:
        rebooking.cancel(hers, by=PHONE, note="feels better")
    now = as_it_is(hers)
    assert (now.status, now.holds, now.once) == (Stage.CANCELLED, None, None)
    assert Slot.objects.get(pk=morning[0].pk).booked == 0
    assert [(event.kind, event.note) for event in events] == [
        (Kind.BOOKING_CANCELLED, "feels better")
    ]
    assert not Notice.objects.exists()


def test_whom_staff_cancel_is_told(hers: Appointment, nurse: Actor) -> None:
    rebooking.cancel(hers, by=nurse)
    notice = Notice.objects.get()
    assert (notice.about, notice.appointment, notice.patient) == ("cancelled", hers, hers.patient)


def test_cancelled_is_cancelled(hers: Appointment) -> None:
    rebooking.cancel(hers, by=SYSTEM)
    refusal = refused(lambda: rebooking.cancel(hers, by=SYSTEM), AlreadyCancelled)
    assert refusal.facts["state"] == Stage.CANCELLED


def test_a_closed_slot_lets_its_people_go(hers: Appointment, morning: list[Slot]) -> None:
    """Also while a family waits for its session, which no longer has this slot."""
    waits(cast.patient(hers.clinic, "Ben"), doctor=hers.doctor, places=5)
    Slot.objects.filter(pk=morning[0].pk).update(is_open=False, is_free=False)
    rebooking.cancel(hers, by=SYSTEM)
    assert as_it_is(hers).status == Stage.CANCELLED


def test_cancelling_what_lost_its_place_ends_its_wait(rao: Doctor, opd: Department) -> None:
    nine = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    theirs = booked(nine, None, Priority.WALK_IN).appointment
    urgent = booked(nine, None, Priority.EMERGENCY).appointment
    rebooking.cancel(theirs, by=SYSTEM)
    assert WaitlistEntry.objects.get().status == "left"
    rebooking.cancel(urgent, by=SYSTEM)
    assert as_it_is(theirs).status == Stage.CANCELLED


def test_cancelling_one_place_of_a_familys_offer_gives_up_all(
    morning: list[Slot], ben: Patient, clinic: Clinic
) -> None:
    Clinic.objects.update(offer_minutes=10)
    waits(ben, doctor=morning[0].doctor, places=2)
    last = Appointment.objects.order_by("pk").last()
    assert last
    assert rebooking.cancel(last, by=SYSTEM).status == Stage.CANCELLED
    assert set(Appointment.objects.values_list("status", flat=True)) == {Stage.CANCELLED}
    assert WaitlistEntry.objects.get().status == waitlists.Status.LEFT


# Miss


@pytest.fixture
def begun(asha: Patient, rao: Doctor, opd: Department) -> Appointment:
    """A slot of an hour and two places, in the first of which somebody is expected since now."""
    slot = agenda.slots(rao, opd, timezone.now() - timedelta(minutes=5), capacity=2, minutes=60)[0]
    return booked(slot, asha).appointment


def test_nobody_came(begun: Appointment, nurse: Actor) -> None:
    with written() as events:
        rebooking.miss(begun, by=nurse)
    assert as_it_is(begun).status == Stage.NO_SHOW
    assert kinds(events) == [Kind.MISSED]
    assert Slot.objects.get(pk=begun.slot_id or 0).booked == 0


def test_only_staff_say_so_and_only_once(begun: Appointment, nurse: Actor) -> None:
    refused(lambda: rebooking.miss(begun, by=PHONE), NotAllowed)
    rebooking.miss(begun, by=nurse)
    refused(lambda: rebooking.miss(begun, by=nurse), Moved)


def test_nobody_is_missed_on_a_day_before_theirs(hers: Appointment, nurse: Actor) -> None:
    early = refused(lambda: rebooking.miss(hers, by=nurse), TooEarly)
    assert early.facts["starts_at"] == hers.starts_at.isoformat()


def test_nobody_is_missed_before_the_time_that_they_were_told(
    begun: Appointment, ben: Patient, nurse: Actor
) -> None:
    """The second of a slot is expected later than it begins; and all of it, if the doctor is late."""
    second = booked(Slot.objects.get(pk=begun.slot_id or 0), ben, Priority.WALK_IN).appointment
    early = refused(lambda: rebooking.miss(second, by=nurse), TooEarly)
    assert early.facts["expected_at"] == (begun.starts_at + timedelta(minutes=30)).isoformat()
    Session.objects.update(delay_minutes=10)
    refused(lambda: rebooking.miss(begun, by=nurse), TooEarly)
    Session.objects.update(delay_minutes=0)
    rebooking.miss(begun, by=nurse)
