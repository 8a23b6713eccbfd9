"""What two strangers found in the first days of bookings, so that it stays mended."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from queues.actions import booking, calling, issuing, rebooking, tokens, waitlists
from queues.actions.asking import may_follow_up
from queues.actions.refusals import CannotUndo, Moved
from queues.actions.undoing import undo
from queues.actions.wishes import Wish
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    Department,
    Event,
    Kind,
    Patient,
    Slot,
    WaitlistEntry,
    visible,
)
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor, ActorKind
from queues.tests import agenda, cast
from queues.tests.agenda import booked

pytestmark = pytest.mark.django_db
PHONE = Actor(ActorKind.PATIENT, None, origin="phone")


@pytest.fixture
def nine(opd: Department) -> Slot:
    return agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic))[0]


def test_an_offer_ends_when_its_time_begins(opd: Department, asha: Patient, ben: Patient) -> None:
    Clinic.objects.filter(pk=opd.clinic.pk).update(offer_minutes=30)
    opd.refresh_from_db()
    soon = timezone.now() + timedelta(minutes=5)
    slot = agenda.slots(agenda.doctor(opd), opd, soon)[0]
    holder = booked(slot, asha).appointment
    entry = waitlists.join(ben, Wish(slot=slot), Priority.ONLINE, by=SYSTEM)
    rebooking.cancel(holder, by=SYSTEM)
    entry.refresh_from_db()
    assert (entry.status, entry.offer_ends_at) == (WaitlistEntry.Status.OFFERED, slot.starts_at)


def test_the_first_fitting_slot_fits_the_patient_too(
    opd: Department, nine: Slot, asha: Patient
) -> None:
    booked(nine, asha)
    other = agenda.doctor(opd, "Dr Sen")
    _same_time, later = agenda.slots(other, opd, nine.starts_at, 2)
    found = booking.book_first(asha, other, opd.clinic, Priority.ONLINE, by=SYSTEM)
    assert found.appointment.slot == later


def test_one_follow_up_for_each_asking(opd: Department, nine: Slot, asha: Patient) -> None:
    now = timezone.now()
    asked = Consultation.objects.create(
        clinic=opd.clinic,
        department=opd,
        doctor=nine.doctor,
        patient=asha,
        status=Consultation.Status.COMPLETED,
        follow_up_days=7,
        started_at=now,
        changed_at=now,
        completed_at=now,
    )
    assert may_follow_up(asha, nine.doctor, now)
    booking.book(asha, nine, Priority.FOLLOW_UP, by=PHONE)
    assert not may_follow_up(asha, nine.doctor, now)
    Appointment.objects.all().delete()
    Consultation.objects.filter(pk=asked.pk).update(follow_up_days=None)
    assert not may_follow_up(asha, nine.doctor, now), "the last word counts"


def test_a_patient_does_not_move_what_has_begun(opd: Department, asha: Patient) -> None:
    begun = timezone.now() - timedelta(minutes=10)
    now, later = agenda.slots(agenda.doctor(opd), opd, begun, 2)
    theirs = booked(now, asha).appointment
    with pytest.raises(Moved):
        rebooking.reschedule(theirs, later, by=PHONE)
    assert rebooking.reschedule(theirs, later, by=SYSTEM).slot == later


def test_leaving_the_waitlist_with_the_appointment_is_written_down(
    nine: Slot, asha: Patient, ben: Patient
) -> None:
    lost = booked(nine, asha, Priority.WALK_IN).appointment
    booked(nine, ben, Priority.EMERGENCY)
    entry = WaitlistEntry.objects.get(appointment=lost)
    rebooking.cancel(lost, by=SYSTEM)
    kinds = Event.objects.filter(subject=entry.public_id).order_by("seq")
    assert list(kinds.values_list("kind", flat=True)) == [Kind.WAITLIST_JOINED, Kind.WAITLIST_LEFT]


def test_a_kiosk_sees_nobody_on_a_waitlist(nine: Slot, asha: Patient, ben: Patient) -> None:
    booked(nine, ben)
    waitlists.join(asha, Wish(doctor=nine.doctor), Priority.ONLINE, by=SYSTEM)
    assert not visible.waitlist(cast.kiosk(nine.clinic)).exists()
    assert visible.waitlist(cast.staff(nine.clinic)).exists()


def test_past_midnight_the_date_is_that_of_the_calendar(opd: Department) -> None:
    late: datetime = agenda.tomorrow(opd.clinic, hour=23)
    first, second = agenda.slots(agenda.doctor(opd), opd, late, 2, minutes=60)
    assert (first.day, second.day) == (late.date(), late.date())
    assert (first.date, second.date) == (late.date(), late.date() + timedelta(days=1))


def test_what_a_completed_consultation_ended_stays_ended(
    opd: Department, asha: Patient, nurse: Actor
) -> None:
    token = issuing.issue(asha, opd, by=nurse)
    calling.call(token, cast.counter(opd, "1"), by=nurse)
    now = timezone.now()
    doctor = agenda.doctor(opd)
    tokens.complete(token, by=nurse)
    Consultation.objects.create(
        clinic=opd.clinic,
        department=opd,
        doctor=doctor,
        patient=asha,
        token=token,
        status=Consultation.Status.COMPLETED,
        started_at=now,
        changed_at=now,
        completed_at=now,
    )
    with pytest.raises(CannotUndo):
        undo(token, by=nurse)


def test_who_is_not_at_the_door_gets_a_time_that_has_not_begun(
    opd: Department, asha: Patient, ben: Patient
) -> None:
    begun = timezone.now() - timedelta(minutes=10)
    running, ahead = agenda.slots(agenda.doctor(opd), opd, begun, 2)
    online = booking.book_first(asha, running.doctor, opd.clinic, Priority.ONLINE, by=SYSTEM)
    walk_in = booking.book_first(ben, running.doctor, opd.clinic, Priority.WALK_IN, by=SYSTEM)
    assert (online.appointment.slot, walk_in.appointment.slot) == (ahead, running)
