"""Single slots get more places or fewer; hours are set for one day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from queues.actions import resizing, schedule, setting_hours, waitlists
from queues.actions.refusals import BelowBooked, Invalid, SlotOver, TimesOverlap
from queues.actions.resizing import Places
from queues.actions.setting_hours import Wanted
from queues.actions.wishes import Wish
from queues.models import (
    Appointment,
    Clinic,
    Counter,
    Department,
    Doctor,
    Event,
    Kind,
    Patient,
    Session,
    Slot,
)
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda
from queues.tests.actions.test_weeks import away, rule
from queues.tests.agenda import assert_slots_agree, booked, waits

pytestmark = pytest.mark.django_db


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def nine(rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]


def test_more_places_go_to_whoever_waits(nine: Slot, asha: Patient, ben: Patient) -> None:
    booked(nine, asha)
    entry = waitlists.join(ben, Wish(slot=nine), Priority.ONLINE, by=SYSTEM)
    resizing.resize(nine, Places(2, 3), by=SYSTEM)
    nine.refresh_from_db()
    assert (nine.capacity, nine.hard_limit, nine.booked) == (2, 3, 2)
    entry.refresh_from_db()
    assert entry.status == "booked"
    event = Event.objects.get(kind=Kind.SLOTS_CHANGED)
    assert event.subject == nine.public_id
    assert event.after == {"capacity": 2, "hard_limit": 3}
    assert_slots_agree()


def test_never_below_what_is_booked(rao: Doctor, opd: Department) -> None:
    (slot,) = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), capacity=2, hard_limit=3)
    agenda.full(slot)
    for places in (Places(1, 3), Places(1, 1)):
        with pytest.raises(BelowBooked) as refused:
            resizing.resize(slot, places, by=SYSTEM)
        assert refused.value.facts["booked"] == 2
    booked(slot, None, Priority.EMERGENCY)
    resizing.resize(slot, Places(2, 4), by=SYSTEM)
    with pytest.raises(Invalid):
        resizing.resize(slot, Places(5, 4), by=SYSTEM)
    assert_slots_agree()


def test_what_is_over_stays_as_it_was(rao: Doctor, opd: Department) -> None:
    ago = agenda.tomorrow(opd.clinic) - timedelta(days=2)
    with pytest.raises(SlotOver):
        resizing.resize(agenda.slots(rao, opd, ago)[0], Places(2, 2), by=SYSTEM)


def wanted(clinic: Clinic, hour: int, capacity: int = 1, hard_limit: int = 0) -> Wanted:
    starts = agenda.tomorrow(clinic, hour)
    places = Places(capacity, max(hard_limit, capacity))
    return Wanted(starts.date(), starts, starts + timedelta(hours=1), places)


def test_hours_are_set_and_set_again(rao: Doctor, opd: Department) -> None:
    clinic = opd.clinic
    asked = {"9-10": wanted(clinic, 9, 3), "10-11": wanted(clinic, 10, 4, 5)}
    made = setting_hours.set_hours(rao, opd, asked, by=SYSTEM)
    assert [(slot.capacity, slot.hard_limit) for slot in made] == [(3, 3), (4, 5)]
    session = Session.objects.get()
    assert (session.by_hand, session.starts_at, session.ends_at) == (
        True,
        made[0].starts_at,
        made[1].ends_at,
    )
    assert Counter.objects.get(doctor=rao).code == "R1"
    assert setting_hours.set_hours(rao, opd, asked, by=SYSTEM) == made
    assert Event.objects.filter(kind=Kind.SLOTS_CHANGED).count() == 1
    setting_hours.set_hours(rao, opd, {"9-10": wanted(clinic, 9, 5)}, by=SYSTEM)
    made[0].refresh_from_db()
    assert (made[0].capacity, Slot.objects.count()) == (5, 2)
    setting_hours.set_hours(rao, opd, {"8-9": wanted(clinic, 8)}, by=SYSTEM)
    assert Session.objects.get().starts_at == agenda.tomorrow(clinic, 8)


def test_places_of_several_hours_go_to_a_family_at_once(
    rao: Doctor, opd: Department, asha: Patient
) -> None:
    clinic = opd.clinic
    full = {"9-10": wanted(clinic, 9), "10-11": wanted(clinic, 10)}
    made = setting_hours.set_hours(rao, opd, full, by=SYSTEM)
    for slot in made:
        booked(slot, None)
    entry = waits(asha, doctor=rao, places=2)
    more = {name: replace(one, places=Places(2, 2)) for name, one in full.items()}
    setting_hours.set_hours(rao, opd, more, by=SYSTEM)
    family = Appointment.objects.filter(party=entry.public_id).order_by("starts_at")
    assert [one.slot for one in family] == made
    assert Event.objects.filter(kind=Kind.SLOTS_CHANGED).count() == 3, "made; and for each of them"
    assert_slots_agree()


def test_a_wrong_hour_changes_none_of_them(rao: Doctor, opd: Department) -> None:
    clinic = opd.clinic
    asked = {"9-10": wanted(clinic, 9, 2), "10-11": wanted(clinic, 10, 2)}
    made = setting_hours.set_hours(rao, opd, asked, by=SYSTEM)
    agenda.full(made[1])
    fewer = {"9-10": wanted(clinic, 9, 1), "10-11": wanted(clinic, 10, 1)}
    with pytest.raises(BelowBooked):
        setting_hours.set_hours(rao, opd, fewer, by=SYSTEM)
    assert set(Slot.objects.values_list("capacity", flat=True)) == {2}


def test_hours_that_overlap_are_refused(rao: Doctor, opd: Department, nine: Slot) -> None:
    with pytest.raises(TimesOverlap) as refused:
        setting_hours.set_hours(rao, opd, {"9-10": wanted(opd.clinic, 9)}, by=SYSTEM)
    assert refused.value.facts["slot_id"] == str(nine.public_id)
    half = timedelta(minutes=30)
    ten = wanted(opd.clinic, 10)
    later = Wanted(ten.day, ten.starts + half, ten.ends + half, ten.places)
    with pytest.raises(Invalid) as among:
        setting_hours.set_hours(rao, opd, {"10-11": ten, "10:30-11:30": later}, by=SYSTEM)
    assert set(among.value.fields) == {"10:30-11:30"}
    assert Slot.objects.count() == 1


def test_a_leave_closes_hours_set_by_hand_and_its_end_opens_them(
    rao: Doctor, opd: Department
) -> None:
    asked = {"9-10": wanted(opd.clinic, 9, 3)}
    (slot,) = setting_hours.set_hours(rao, opd, asked, by=SYSTEM)
    leave = away(rao, opd.clinic, slot.day)
    slot.refresh_from_db()
    assert not slot.is_open
    with pytest.raises(TimesOverlap):
        setting_hours.set_hours(rao, opd, asked, by=SYSTEM)
    schedule.remove(leave, by=SYSTEM, at=opd.clinic)
    slot.refresh_from_db()
    assert (slot.is_open, slot.is_free, slot.capacity) == (True, True, 3)


def test_what_is_set_for_one_slot_outlives_a_change_of_the_week(
    rao: Doctor, opd: Department
) -> None:
    row = rule(rao, opd, agenda.tomorrow(opd.clinic).date())
    first, second = Slot.objects.order_by("starts_at")[:2]
    resizing.resize(first, Places(4, 4), by=SYSTEM)
    schedule.change(row, {"capacity": 2, "hard_limit": 2}, by=SYSTEM, at=opd.clinic)
    for slot in (first, second):
        slot.refresh_from_db()
    assert (first.capacity, second.capacity) == (4, 2)
