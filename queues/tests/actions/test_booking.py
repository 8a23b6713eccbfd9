"""A place is booked, moved, cancelled; the more urgent displace the least urgent; nobody is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queues.actions import rebooking
from queues.actions.booking import book, book_first
from queues.actions.refusals import (
    AlreadyBooked,
    AlreadyCancelled,
    NoSlots,
    Overlaps,
    PatientInactive,
    SlotFull,
    SlotOver,
    StaffOnly,
)
from queues.models import (
    Appointment,
    Department,
    Doctor,
    Event,
    Kind,
    Notice,
    Patient,
    Slot,
    WaitlistEntry,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def nine(rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]


@pytest.fixture
def half_past(nine: Slot, rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, nine.ends_at)[0]


def test_it_books(nine: Slot, asha: Patient, nurse: Actor) -> None:
    booking = book(asha, nine, Priority.ONLINE, by=nurse)
    theirs = Appointment.objects.get(pk=booking.appointment.pk)
    assert (theirs.slot, theirs.patient, theirs.status) == (nine, asha, Stage.SCHEDULED)
    assert (theirs.number, str(theirs.sequence.normalize())) == (1, "3.7")
    assert booking.displaced is None
    assert_slots_agree()
    event = Event.objects.get(kind=Kind.BOOKED)
    assert (event.subject, event.after["number"]) == (theirs.public_id, 1)
    assert_one_story()


def test_numbers_and_sequences_follow_on(rao: Doctor, opd: Department) -> None:
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), capacity=9)[0]
    sources = ["walk_in", "walk_in", "emergency", "paid", "paid", "follow_up", "online"]
    made = [booked(slot, None, Priority(source)).appointment for source in sources]
    assert [one.number for one in made] == [1, 2, 3, 4, 5, 6, 7]
    assert [float(one.sequence) for one in made] == [4.0, 4.1, 1.0, 2.0, 2.1, 3.0, 3.7]


def test_a_full_slot_is_refused_with_what_is_free(
    nine: Slot, half_past: Slot, asha: Patient, ben: Patient
) -> None:
    booked(nine, asha)
    with pytest.raises(SlotFull) as refused:
        booked(nine, ben)
    assert [one["slot_id"] for one in refused.value.facts["alternatives"]] == [
        str(half_past.public_id)
    ]
    assert_slots_agree()


def test_only_an_emergency_uses_the_buffer(rao: Doctor, opd: Department, asha: Patient) -> None:
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), capacity=1, hard_limit=2)[0]
    first = booked(slot, asha, Priority.PAID).appointment
    with pytest.raises(SlotFull):
        booked(slot, None, Priority.PAID)
    booking = booked(slot, None, Priority.EMERGENCY)
    assert booking.displaced is None
    first.refresh_from_db()
    assert first.slot == slot
    slot.refresh_from_db()
    assert (slot.booked, slot.is_free) == (2, False)
    assert booked(slot, None, Priority.EMERGENCY).displaced == first, "beyond it, one has to go"


def test_the_displaced_move_to_the_next_free_slot(
    nine: Slot, half_past: Slot, asha: Patient, ben: Patient
) -> None:
    first = booked(nine, asha, Priority.WALK_IN).appointment
    booking = booked(nine, ben, Priority.PAID)
    first.refresh_from_db()
    assert booking.displaced == first
    assert (first.slot, first.status, first.number) == (half_past, Stage.SCHEDULED, 1)
    notice = Notice.objects.get(appointment=first)
    assert (notice.about, notice.patient) == (Notice.About.DISPLACED, asha)
    event = Event.objects.get(kind=Kind.DISPLACED)
    assert str(booking.appointment.public_id) in event.note
    assert "paid" in event.note
    assert_slots_agree()
    assert_one_story()


def test_without_a_free_slot_they_head_the_waitlist(
    nine: Slot, asha: Patient, ben: Patient
) -> None:
    first = booked(nine, asha, Priority.WALK_IN).appointment
    booked(nine, ben, Priority.EMERGENCY)
    first.refresh_from_db()
    assert (first.slot, first.status, first.holds) == (None, Stage.DISPLACED, None)
    entry = WaitlistEntry.objects.get()
    assert (entry.appointment, entry.at_head, entry.status) == (first, True, "waiting")
    assert_slots_agree()


def test_nobody_who_gives_way_is_moved_to_an_earlier_time(
    nine: Slot, rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    """They planned with their time: from a day in three weeks they came to ten minutes from now."""
    agenda.slots(rao, opd, nine.starts_at - timedelta(hours=2))
    first = booked(nine, asha, Priority.WALK_IN).appointment
    booked(nine, ben, Priority.PAID)
    first.refresh_from_db()
    assert (first.slot, first.status) == (None, Stage.DISPLACED)
    later = agenda.slots(rao, opd, nine.ends_at)[0]
    rebooking.cancel(booked(later, None).appointment, by=SYSTEM)
    first.refresh_from_db()
    assert (first.slot, first.status) == (later, Stage.SCHEDULED)
    assert_slots_agree()
    assert_one_story()


def test_what_comes_free_before_the_lost_time_goes_to_the_next_who_waits(
    nine: Slot, rao: Doctor, opd: Department, asha: Patient, ben: Patient, chen: Patient
) -> None:
    eight = agenda.slots(rao, opd, nine.starts_at - timedelta(hours=1))[0]
    early = booked(eight, None).appointment
    lost = booked(nine, asha, Priority.WALK_IN).appointment
    booked(nine, ben, Priority.PAID)
    entry = agenda.waits(chen, doctor=rao)
    rebooking.cancel(early, by=SYSTEM)
    entry.refresh_from_db()
    lost.refresh_from_db()
    assert (entry.appointment and entry.appointment.slot, lost.slot) == (eight, None)
    assert_slots_agree()


def test_what_comes_free_goes_to_the_head(nine: Slot, asha: Patient, ben: Patient) -> None:
    first = booked(nine, asha, Priority.WALK_IN).appointment
    urgent = booked(nine, ben, Priority.EMERGENCY).appointment
    rebooking.cancel(urgent, by=SYSTEM)
    first.refresh_from_db()
    assert (first.slot, first.status) == (nine, Stage.SCHEDULED)
    assert WaitlistEntry.objects.get().status == "booked"
    assert_slots_agree()
    assert_one_story()


def test_the_newest_of_the_least_urgent_goes(rao: Doctor, opd: Department) -> None:
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), capacity=3)[0]
    booked(slot, None, Priority.WALK_IN)
    newest = booked(slot, None, Priority.WALK_IN).appointment
    booked(slot, None, Priority.ONLINE)
    assert booked(slot, None, Priority.FOLLOW_UP).displaced == newest


def test_nobody_displaces_their_equal(nine: Slot) -> None:
    booked(nine, None, Priority.PAID)
    with pytest.raises(SlotFull):
        booked(nine, None, Priority.PAID)
    booked(nine, None, Priority.EMERGENCY)
    with pytest.raises(SlotFull):
        booked(nine, None, Priority.EMERGENCY)


def test_refusals(nine: Slot, half_past: Slot, asha: Patient) -> None:
    booked(nine, asha)
    with pytest.raises(AlreadyBooked):
        booked(half_past, asha)
    other = agenda.doctor(nine.session.department, "Dr Sen")
    same_time = agenda.slots(other, nine.session.department, nine.starts_at)[0]
    with pytest.raises(Overlaps):
        booked(same_time, asha)
    kiosk = cast.kiosk(nine.clinic)
    with pytest.raises(StaffOnly):
        book(asha, half_past, Priority.PAID, by=kiosk)
    with pytest.raises(StaffOnly):
        book(None, half_past, Priority.ONLINE, by=kiosk)
    Patient.objects.filter(pk=asha.pk).update(is_active=False)
    with pytest.raises(PatientInactive):
        booked(half_past, asha, Priority.FOLLOW_UP)
    assert_slots_agree()


def test_a_follow_up_may_be_a_second_one_that_day(
    nine: Slot, half_past: Slot, asha: Patient
) -> None:
    booked(nine, asha)
    booked(half_past, asha, Priority.FOLLOW_UP)
    assert_slots_agree()


def test_never_in_the_past(rao: Doctor, opd: Department, asha: Patient) -> None:
    past = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic) - timedelta(days=2))[0]
    with pytest.raises(SlotOver):
        booked(past, asha)


def test_it_reschedules_both_places_or_none(
    nine: Slot, half_past: Slot, asha: Patient, ben: Patient
) -> None:
    first = booked(nine, asha).appointment
    rebooking.reschedule(first, half_past, by=SYSTEM)
    first.refresh_from_db()
    assert first.slot == half_past
    booked(nine, ben)
    with pytest.raises(SlotFull):
        rebooking.reschedule(first, nine, by=SYSTEM)
    first.refresh_from_db()
    assert first.slot == half_past
    assert_slots_agree()
    assert_one_story()


def test_cancelling_twice_is_told(nine: Slot, asha: Patient) -> None:
    first = booked(nine, asha).appointment
    rebooking.cancel(first, by=SYSTEM)
    with pytest.raises(AlreadyCancelled):
        rebooking.cancel(first, by=SYSTEM)
    assert Event.objects.filter(kind=Kind.BOOKING_CANCELLED).count() == 1
    assert_slots_agree()


def test_the_first_fitting_slot_of_many(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient, chen: Patient
) -> None:
    """Those of a whole day do not suit, and the next one has been taken at nine."""
    tomorrow = agenda.tomorrow(opd.clinic)
    day = agenda.slots(rao, opd, tomorrow, 48, minutes=10)
    booked(day[0], asha)
    nine, ten = agenda.slots(rao, opd, tomorrow + timedelta(days=1), 2)
    walk_in = booked(nine, ben, Priority.WALK_IN).appointment
    paid = book_first(asha, rao, opd.clinic, Priority.PAID, by=SYSTEM)
    assert (paid.appointment.slot, paid.displaced) == (ten, None)
    walk_in.refresh_from_db()
    assert walk_in.slot == nine


def test_where_all_is_full_of_equals_it_is_said_with_what_is_free(
    rao: Doctor, nine: Slot, half_past: Slot, asha: Patient, ben: Patient, chen: Patient
) -> None:
    booked(nine, asha)
    booked(half_past, ben)
    with pytest.raises(SlotFull):
        book_first(chen, rao, nine.clinic, Priority.ONLINE, by=SYSTEM)
    with pytest.raises(NoSlots):
        book_first(
            chen,
            agenda.doctor(nine.session.department, "Dr Sen"),
            nine.clinic,
            Priority.ONLINE,
            by=SYSTEM,
        )


def test_the_first_fitting_slot(
    rao: Doctor, nine: Slot, half_past: Slot, asha: Patient, ben: Patient, chen: Patient
) -> None:
    clinic = nine.clinic
    one = book_first(asha, rao, clinic, Priority.ONLINE, by=SYSTEM)
    two = book_first(ben, rao, clinic, Priority.PAID, by=SYSTEM)
    assert (one.appointment.slot, two.appointment.slot) == (nine, half_past)
    urgent = book_first(chen, rao, clinic, Priority.EMERGENCY, by=SYSTEM)
    assert (urgent.appointment.slot, urgent.displaced) == (nine, one.appointment)
