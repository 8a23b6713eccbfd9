"""Whoever waits for a doctor's time joins, is given what comes free, answers, and leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from queues.actions import rebooking, waitlists
from queues.actions.refusals import Invalid, Moved, PatientInactive, StaffOnly
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Kind,
    Notice,
    Patient,
    Slot,
    WaitlistEntry,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor, ActorKind
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.story import kinds, people, refused, written
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db
PHONE = Actor(ActorKind.PATIENT, origin="phone")


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def nine(rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]


@pytest.fixture
def taken(nine: Slot) -> Appointment:
    return booked(nine, cast.patient(nine.clinic, "Zoe"), Priority.PAID).appointment


@pytest.fixture
def _asks_first(clinic: Clinic) -> None:
    Clinic.objects.update(offer_minutes=10)


@pytest.fixture(autouse=True)
def _all_is_well(db: None) -> Iterator[None]:
    yield
    assert_slots_agree()
    assert_one_story()


def got(entry: WaitlistEntry) -> tuple[str, Slot | None]:
    """Where it stands, and the slot that it led to."""
    entry.refresh_from_db()
    return entry.status, entry.appointment.slot if entry.appointment else None


def free_it(appointment: Appointment) -> None:
    rebooking.cancel(appointment, by=SYSTEM)


def time_is_up() -> int:
    WaitlistEntry.objects.filter(status="offered").update(
        offer_ends_at=timezone.now() - timedelta(seconds=1)
    )
    return waitlists.lapse_offers()


# Join


@pytest.mark.parametrize("wish", ["doctor", "slot", "specialty"])
def test_they_join_and_are_given_what_comes_free(
    wish: str, taken: Appointment, nine: Slot, asha: Patient
) -> None:
    what_for: Any = {"doctor": nine.doctor, "slot": nine, "specialty": "CARDIOLOGY"}[wish]
    with written() as events:
        entry = waits(asha, **{wish: what_for})
    assert got(entry) == ("waiting", None)
    assert kinds(events) == [Kind.WAITLIST_JOINED]
    assert events[0].subject == entry.public_id
    with written() as events:
        free_it(taken)
    assert got(entry) == ("booked", nine)
    assert sorted(kinds(events)) == [Kind.BOOKING_CANCELLED, Kind.PLACE_GIVEN]
    notice = Notice.objects.get(patient=asha)
    assert (notice.about, notice.entry, notice.clinic) == ("booked", entry, nine.clinic)
    assert notice.appointment == entry.appointment


def test_where_a_place_is_free_it_is_theirs_at_once(nine: Slot, asha: Patient) -> None:
    with written() as events:
        entry = waits(asha, doctor=nine.doctor)
    assert got(entry) == ("booked", nine)
    assert kinds(events) == [Kind.WAITLIST_JOINED, Kind.PLACE_GIVEN]


def test_what_else_does_not_suit_is_not_given(
    nine: Slot, rao: Doctor, opd: Department, asha: Patient, ben: Patient, chen: Patient
) -> None:
    next_day = nine.day + timedelta(days=1)
    later = waits(asha, doctor=rao, earliest=next_day)
    evening = waits(ben, doctor=rao, times_of_day=["afternoon", "evening"])
    until_today = waits(chen, doctor=rao, latest=nine.day - timedelta(days=1))
    for entry in (later, evening, until_today):
        assert got(entry) == ("waiting", None)
    at_noon = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic, 12))[0]
    theirs = booked(at_noon, None).appointment
    free_it(theirs)
    assert got(evening) == ("booked", at_noon)


def test_the_waitlist_uses_no_buffer(rao: Doctor, opd: Department, asha: Patient) -> None:
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), hard_limit=2)[0]
    first = booked(slot, None, Priority.PAID).appointment
    second = booked(slot, None, Priority.EMERGENCY).appointment
    entry = waits(asha, Priority.EMERGENCY, doctor=rao)
    free_it(second)
    assert got(entry) == ("waiting", None)
    free_it(first)
    assert got(entry) == ("booked", slot)


def test_by_priority_then_by_arrival_after_whoever_was_displaced(
    taken: Appointment, nine: Slot, rao: Doctor, clinic: Clinic
) -> None:
    first, second, third = people(clinic, "First", "Second", "Third")
    in_line = [
        waits(first, Priority.WALK_IN, doctor=rao),
        waits(second, Priority.ONLINE, doctor=rao),
        waits(third, Priority.ONLINE, doctor=rao),
    ]
    urgent = booked(nine, None, Priority.EMERGENCY)
    assert urgent.displaced == taken
    head = WaitlistEntry.objects.get(at_head=True)
    order = []
    holder = urgent.appointment
    for _place in range(4):
        free_it(holder)
        holder = Appointment.objects.get(slot=nine, holds=True)
        order.append(WaitlistEntry.objects.get(appointment=holder))
    assert order == [head, in_line[1], in_line[2], in_line[0]]


def test_who_may_not_join(nine: Slot, taken: Appointment, asha: Patient, clinic: Clinic) -> None:
    waits(asha, doctor=nine.doctor)
    refused(lambda: waits(asha, doctor=nine.doctor), Moved)
    ben = cast.patient(clinic, "Ben")
    refused(lambda: waits(ben, Priority.PAID, by=PHONE, doctor=nine.doctor), StaffOnly)
    refused(lambda: waits(ben, Priority.FOLLOW_UP, by=PHONE, doctor=nine.doctor), StaffOnly)
    refused(lambda: waits(ben, specialty="astrology"), Invalid)
    refused(lambda: waits(ben, doctor=nine.doctor, places=11), Invalid)
    refused(lambda: waits(ben, doctor=nine.doctor, times_of_day=["dawn"]), Invalid)
    day = nine.day
    refused(
        lambda: waits(ben, doctor=nine.doctor, earliest=day, latest=day - timedelta(1)), Invalid
    )
    refused(lambda: waits(ben, doctor=nine.doctor, latest=day - timedelta(5)), Invalid)
    Patient.objects.filter(pk=ben.pk).update(is_active=False)
    refused(lambda: waits(ben, doctor=nine.doctor), PatientInactive)


@pytest.mark.parametrize(
    ("first", "second", "is_double"),
    [
        ((None, None), (None, None), True),
        ((None, None), (5, 6), True),
        ((5, 6), (None, None), True),
        ((5, 6), (6, 7), True),
        ((6, 7), (5, 6), True),
        ((5, 8), (6, 7), True),
        ((5, None), (9, 9), True),
        ((None, 5), (3, None), True),
        ((5, 6), (7, 8), False),
        ((7, 8), (5, 6), False),
        ((7, None), (5, 6), False),
        ((None, 6), (7, None), False),
        ((5, 5), (6, 6), False),
    ],
)
def test_a_second_wait_is_for_other_days(
    first: tuple[int | None, int | None],
    second: tuple[int | None, int | None],
    is_double: bool,
    nine: Slot,
    taken: Appointment,
    asha: Patient,
) -> None:
    """In days from the one on which the doctor works."""

    def wait_from_until(earliest: int | None, latest: int | None) -> WaitlistEntry:
        days = {"earliest": earliest, "latest": latest}
        when: dict[str, Any] = {
            name: nine.day + timedelta(n) for name, n in days.items() if n is not None
        }
        return waits(asha, doctor=nine.doctor, **when)

    wait_from_until(*first)
    if is_double:
        refusal = refused(lambda: wait_from_until(*second), Moved)
        assert refusal.sentence == "They are on this waitlist already."
    else:
        assert got(wait_from_until(*second))[0] == "waiting"


def test_a_second_wait_may_be_for_another_clinic_or_slot_or_doctor(
    nine: Slot, taken: Appointment, opd: Department, asha: Patient, clinic: Clinic
) -> None:
    far = cast.department(cast.clinic("far"), "OPD")
    nine.doctor.departments.add(far)
    rao, ten = nine.doctor, agenda.slots(nine.doctor, opd, nine.ends_at)[0]
    booked(ten, None, Priority.PAID)
    waits(asha, doctor=rao, clinic=clinic)
    waits(asha, doctor=rao, clinic=far.clinic)
    refused(lambda: waits(asha, doctor=rao), Moved)
    waits(asha, slot=nine)
    refused(lambda: waits(asha, slot=nine, earliest=nine.day + timedelta(9)), Moved)
    waits(asha, slot=ten)
    waits(asha, specialty="cardiology", latest=nine.day)
    waits(asha, specialty="cardiology", earliest=nine.day + timedelta(1))
    assert WaitlistEntry.objects.waiting().count() == 6


def test_a_wait_for_days_that_are_over_stands_in_nobodys_way(
    nine: Slot, taken: Appointment, asha: Patient
) -> None:
    """The clock takes it off the list a day later."""
    over = waits(asha, doctor=nine.doctor, latest=nine.day)
    yesterday = nine.day - timedelta(days=2)
    WaitlistEntry.objects.filter(pk=over.pk).update(latest=yesterday)
    assert got(waits(asha, doctor=nine.doctor))[0] == "waiting"


def test_both_waits_are_given_what_comes_free(
    nine: Slot, taken: Appointment, rao: Doctor, opd: Department, asha: Patient
) -> None:
    next_day = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic) + timedelta(days=1))[0]
    other = booked(next_day, None, Priority.PAID).appointment
    first = waits(asha, doctor=rao, latest=nine.day)
    second = waits(asha, doctor=rao, earliest=next_day.day)
    free_it(other)
    free_it(taken)
    assert (got(first), got(second)) == (("booked", nine), ("booked", next_day))


def test_nobody_gets_two_places_at_one_time(
    nine: Slot, rao: Doctor, opd: Department, asha: Patient
) -> None:
    """Two wishes of one patient meet two places that come free in one moment."""
    wide = agenda.slots(rao, opd, nine.ends_at, capacity=2)[0]
    Slot.objects.filter(pk=nine.pk).update(is_open=False, is_free=False)
    Clinic.objects.update(offer_minutes=10)
    family = waits(cast.patient(opd.clinic, "Family"), doctor=rao, places=2)
    assert got(family)[0] == "offered"
    one, two = waits(asha, doctor=rao), waits(asha, slot=wide)
    waitlists.leave(family, by=PHONE)
    assert sorted([got(one)[0], got(two)[0]]) == ["offered", "waiting"]


# Families


def test_a_family_gets_all_places_or_none(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    slots = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 3)
    middle = booked(slots[1], ben).appointment
    entry = waits(asha, doctor=rao, places=3)
    assert got(entry) == ("waiting", None)
    with written() as events:
        free_it(middle)
    assert got(entry)[0] == "booked"
    family = Appointment.objects.filter(party=entry.public_id).order_by("starts_at")
    assert [one.slot for one in family] == slots
    assert [one.patient for one in family] == [asha, None, None]
    assert kinds(events).count(Kind.PLACE_GIVEN) == 3


def test_a_family_is_not_given_a_place_where_its_head_is_elsewhere(
    rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    """At nine Asha sees another doctor, so nine and half past nine are not for her family; and
    whoever cancels meanwhile is in nobody's way."""
    slots = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2)
    sen = agenda.doctor(opd, "Dr Sen")
    elsewhere = booked(agenda.slots(sen, opd, slots[0].starts_at)[0], asha).appointment
    bens = booked(slots[1], ben).appointment
    entry = waits(asha, doctor=rao, places=2)
    free_it(bens)
    assert got(entry) == ("waiting", None)
    free_it(elsewhere)
    assert got(entry) == ("booked", slots[0])


# Offers


@pytest.mark.usefixtures("_asks_first")
def test_an_offer_is_held_then_goes_to_the_next(
    taken: Appointment, nine: Slot, asha: Patient, ben: Patient
) -> None:
    first, second = waits(asha, doctor=nine.doctor), waits(ben, doctor=nine.doctor)
    with written() as events:
        free_it(taken)
    assert got(first) == ("offered", nine)
    assert first.appointment
    assert first.appointment.status == Stage.WAITLISTED
    assert first.offer_ends_at
    assert timedelta(minutes=9) < first.offer_ends_at - timezone.now() <= timedelta(minutes=10)
    assert Kind.PLACE_OFFERED in kinds(events)
    assert Notice.objects.get(patient=asha).facts == {"until": first.offer_ends_at.isoformat()}
    assert waitlists.lapse_offers() == 0, "there is time left"
    with written() as events:
        assert time_is_up() == 1
    assert (got(first)[0], got(second)) == ("lapsed", ("offered", nine))
    assert sorted(kinds(events)) == [Kind.OFFER_LAPSED, Kind.PLACE_OFFERED, Kind.WAITLIST_LEFT]
    assert time_is_up() == 1
    assert got(second)[0] == "lapsed"
    assert Slot.objects.get(pk=nine.pk).is_free


@pytest.mark.usefixtures("_asks_first")
def test_an_offer_is_accepted(nine: Slot, asha: Patient) -> None:
    entry = waits(asha, doctor=nine.doctor)
    with written() as events:
        (theirs,) = waitlists.accept(entry, by=PHONE)
    assert (theirs.status, theirs.slot, got(entry)[0]) == (Stage.SCHEDULED, nine, "booked")
    assert kinds(events) == [Kind.BOOKED]
    refused(lambda: waitlists.accept(entry, by=PHONE), Moved)


@pytest.mark.usefixtures("_asks_first")
def test_an_offer_that_is_over_is_not_accepted(nine: Slot, asha: Patient) -> None:
    entry = waits(asha, doctor=nine.doctor)
    WaitlistEntry.objects.update(offer_ends_at=timezone.now() - timedelta(seconds=1))
    refusal = refused(lambda: waitlists.accept(entry, by=PHONE), Moved)
    assert refusal.sentence == "The time to answer is over."


@pytest.mark.usefixtures("_asks_first")
def test_a_family_accepts_together(rao: Doctor, opd: Department, asha: Patient) -> None:
    agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2)
    entry = waits(asha, doctor=rao, places=2)
    assert [one.status for one in waitlists.accept(entry, by=PHONE)] == [Stage.SCHEDULED] * 2


@pytest.mark.usefixtures("_asks_first")
def test_who_declines_lets_the_next_have_it(nine: Slot, asha: Patient, ben: Patient) -> None:
    first, second = waits(asha, doctor=nine.doctor), waits(ben, doctor=nine.doctor)
    waitlists.leave(first, by=PHONE)
    assert (got(first)[0], got(second)) == ("left", ("offered", nine))


@pytest.mark.usefixtures("_asks_first")
def test_whose_offer_somebody_urgent_needs_keeps_their_turn(
    rao: Doctor, opd: Department, asha: Patient
) -> None:
    nine, half_past = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2)
    entry = waits(asha, doctor=rao)
    assert got(entry) == ("offered", nine)
    with written() as events:
        paid = booked(nine, None, Priority.PAID).appointment
    assert got(entry) == ("offered", half_past), "the next place is free, so it is theirs to answer"
    (withdrawn,) = [one for one in events if one.kind == Kind.OFFER_WITHDRAWN]
    assert withdrawn.note == f"paid {paid.public_id}"
    told = Notice.objects.filter(patient=asha).values_list("about", flat=True)
    assert sorted(told) == ["offered", "offered", "withdrawn"]
    urgent = booked(half_past, None, Priority.PAID).appointment
    assert got(entry) == ("waiting", None)
    free_it(urgent)
    assert got(entry) == ("offered", half_past)


@pytest.mark.usefixtures("_asks_first")
def test_whoever_was_displaced_is_not_asked(taken: Appointment, nine: Slot) -> None:
    """They had the place already."""
    urgent = booked(nine, None, Priority.EMERGENCY).appointment
    free_it(urgent)
    taken.refresh_from_db()
    assert (taken.slot, taken.status) == (nine, Stage.SCHEDULED)


# Leave, and what time does


def test_who_left_is_given_nothing(taken: Appointment, nine: Slot, asha: Patient) -> None:
    entry = waits(asha, doctor=nine.doctor)
    with written() as events:
        waitlists.leave(entry, by=PHONE)
    assert kinds(events) == [Kind.WAITLIST_LEFT]
    assert (events[0].before, events[0].after) == ({"status": "waiting"}, {"status": "left"})
    free_it(taken)
    assert got(entry) == ("left", None)
    refused(lambda: waitlists.leave(entry, by=PHONE), Moved)


def test_to_leave_the_head_gives_up_the_appointment(taken: Appointment, nine: Slot) -> None:
    booked(nine, None, Priority.EMERGENCY)
    with written() as events:
        waitlists.leave(WaitlistEntry.objects.get(), by=PHONE)
    taken.refresh_from_db()
    assert taken.status == Stage.CANCELLED
    assert sorted(kinds(events)) == [Kind.BOOKING_CANCELLED, Kind.WAITLIST_LEFT]


def test_who_could_only_come_before_today_waits_no_longer(
    taken: Appointment, nine: Slot, asha: Patient, ben: Patient
) -> None:
    over = waits(asha, doctor=nine.doctor, latest=nine.day)
    stays = waits(ben, doctor=nine.doctor)
    WaitlistEntry.objects.filter(pk=over.pk).update(latest=nine.day - timedelta(days=3))
    assert waitlists.lapse_offers() == 1
    assert (got(over)[0], got(stays)[0]) == ("lapsed", "waiting")
    assert waitlists.lapse_offers() == 0


def test_who_gives_up_one_time_is_free_for_another_that_they_wait_for(
    rao: Doctor, opd: Department, asha: Patient
) -> None:
    """The other was free all along; only their own appointment kept them from it."""
    nine, half_past = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2)
    hers = booked(nine, asha).appointment
    entry = waits(asha, slot=half_past)
    assert got(entry) == ("waiting", None)
    free_it(hers)
    assert got(entry) == ("booked", half_past)


@pytest.mark.usefixtures("_asks_first")
def test_a_familys_offer_gives_way_as_a_whole(rao: Doctor, opd: Department, asha: Patient) -> None:
    """One of its two places is needed, so it waits for two others; what is left is free again."""
    nine, half_past, ten = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 3)
    entry = waits(asha, doctor=rao, places=2)
    assert got(entry) == ("offered", nine)
    booked(nine, None, Priority.EMERGENCY)
    assert got(entry) == ("offered", half_past)
    booked(half_past, None, Priority.EMERGENCY)
    assert got(entry) == ("waiting", None)
    assert Slot.objects.get(pk=ten.pk).is_free
