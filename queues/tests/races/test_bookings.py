"""Many book at once: one hot slot, and many slots with all that can happen to a booking.

`together` lets nothing but a refusal pass, so no deadlock and no lost lock reaches whoever asks.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from queues.actions import appointments, displacing, rebooking, waitlists
from queues.actions.booking import book
from queues.actions.refusals import Refused, SlotFull
from queues.actions.resizing import Places
from queues.actions.setting_hours import Wanted, set_hours
from queues.actions.transactions import Overtaken
from queues.actions.wishes import Wish
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Event,
    Patient,
    Slot,
    WaitlistEntry,
)
from queues.rules.appointments import AHEAD
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda
from queues.tests.agenda import assert_no_place_is_wasted, assert_slots_agree, booked, waits
from queues.tests.races.fairness import Witness
from queues.tests.races.together import losers, meeting, together, winners
from queues.tests.story import people
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db(transaction=True)

HAS_MANY_WRITERS = connection.vendor != "sqlite"
ASKING = 64 if HAS_MANY_WRITERS else 40
HANDS, DEEDS = (24, 30) if HAS_MANY_WRITERS else (6, 40)


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


def nobody_is_told_to_try_again(outcomes: list[object]) -> None:
    assert not [one for one in outcomes if isinstance(one, Overtaken)]


# One hot slot


def test_a_hot_slot_is_never_overbooked_and_never_unfair(rao: Doctor, opd: Department) -> None:
    hot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), capacity=8, hard_limit=10)[0]
    agenda.slots(rao, opd, hot.ends_at, 2, capacity=2)  # where the first who give way can go
    witness = Witness(opd)
    chance = random.Random(4)

    def ask(source: Priority) -> object:
        return witness.watch(hot, source, lambda: book(None, hot, source, by=SYSTEM))

    sources = [chance.choice(list(Priority)) for _asking in range(ASKING)]
    outcomes = together([partial(ask, source) for source in sources])
    nobody_is_told_to_try_again([*outcomes])
    assert all(isinstance(refusal, SlotFull) for refusal in losers(outcomes))
    hot.refresh_from_db()
    assert hot.booked >= hot.capacity
    assert_slots_agree()
    assert_one_story()
    assert witness.refusals, "more asked than could be seated"
    assert witness.unfair() == []
    in_it = list(Appointment.objects.filter(slot=hot, holds=True).by_priority())
    asked = sorted(map(list(Priority).index, sources))[: len(in_it)]
    assert [one.urgency for one in in_it] == asked, "in the end the most urgent have it"


def test_without_giving_way_refusals_are_unfair(
    rao: Doctor, opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The judge of the test above sees it."""
    hot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    booked(hot, None, Priority.WALK_IN)
    monkeypatch.setattr(displacing, "gives_way", lambda *_slot_and_priority: None)
    witness = Witness(opd)
    with pytest.raises(SlotFull):
        witness.watch(hot, Priority.PAID, lambda: booked(hot, None, Priority.PAID))
    assert [refusal.priority for refusal in witness.unfair()] == [Priority.PAID]


def test_without_the_lock_a_slot_is_overbooked(rao: Doctor, opd: Department) -> None:
    hot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), capacity=1, hard_limit=1)[0]
    gap = meeting(4)

    def count_then_insert(number: int) -> bool:
        has_room = Appointment.objects.filter(slot=hot, holds=True).count() < hot.hard_limit
        gap.wait()
        if has_room:
            theirs = appointments.new(hot, None, Priority.ONLINE, Priority.ONLINE, 4, by=SYSTEM)
            theirs.slot, theirs.day, theirs.number, theirs.sequence = hot, hot.day, number, 4
            theirs.starts_at, theirs.ends_at = hot.starts_at, hot.ends_at
            theirs.booked_at = theirs.changed_at = timezone.now()
            theirs.insert()
        return has_room

    assert together([partial(count_then_insert, n) for n in range(4)]) == [True] * 4
    assert Appointment.objects.filter(slot=hot, holds=True).count() == 4, "the race is real"


def test_one_patient_books_once_however_often_they_press(
    rao: Doctor, opd: Department, asha: Patient
) -> None:
    slots = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 8)
    outcomes = together([partial(booked, slot, asha) for slot in slots])
    assert len(winners(outcomes)) == 1
    assert {refusal.code for refusal in losers(outcomes)} == {"already_booked"}
    assert_slots_agree()


# Two at once, each pair of deeds that meets at one place


def test_two_swap_their_places_and_nobody_waits_for_ever(rao: Doctor, opd: Department) -> None:
    """Each slot is held by one who wants the other: the locks are taken by key."""
    one, other = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2, capacity=2)
    for _round in range(6):
        first, second = (booked(slot, None).appointment for slot in (one, other))
        outcomes = together(
            [
                partial(rebooking.reschedule, first, other, by=SYSTEM),
                partial(rebooking.reschedule, second, one, by=SYSTEM),
            ]
        )
        assert len(winners(outcomes)) == 2
        for appointment in (first, second):
            rebooking.cancel(appointment, by=SYSTEM)
    assert_slots_agree()
    assert_one_story()


def test_unsorted_locks_do_deadlock(rao: Doctor, opd: Department) -> None:
    """SQLite has one writer, and so nothing to sort."""
    one, other = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2)
    gap = meeting(2)

    def take(first: Slot, second: Slot) -> str:
        try:
            with transaction.atomic():
                first.lock()
                gap.wait()
                second.lock()
        except Exception as error:
            return type(error).__name__
        return "both"

    if HAS_MANY_WRITERS:
        outcomes = together([partial(take, one, other), partial(take, other, one)])
        assert sorted(map(str, outcomes)) == ["OperationalError", "both"]
    assert connection.features.has_select_for_update == HAS_MANY_WRITERS


def test_who_cancels_and_who_begins_to_wait_see_each_other(rao: Doctor, opd: Department) -> None:
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    for number, somebody in enumerate(people(opd.clinic, "A", "B", "C", "D", "E", "F")):
        theirs = booked(slot, None, Priority.PAID).appointment

        def cancel(theirs: Appointment = theirs) -> object:
            return rebooking.cancel(theirs, by=SYSTEM)

        def wait(somebody: Patient = somebody) -> object:
            return waits(somebody, doctor=rao)

        deeds: list[Callable[[], object]] = [cancel, wait]
        outcomes = together(deeds)
        assert not losers(outcomes)
        entry = WaitlistEntry.objects.get(patient=somebody)
        assert (entry.status, entry.appointment and entry.appointment.slot) == ("booked", slot), (
            f"round {number}"
        )
        assert entry.appointment
        rebooking.cancel(entry.appointment, by=SYSTEM)
    assert_slots_agree()
    assert_one_story()


def test_without_the_second_look_a_place_is_wasted(
    rao: Doctor, opd: Department, asha: Patient
) -> None:
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    theirs = booked(slot, None).appointment
    gap = meeting(2)

    def look_then_cancel() -> bool:
        nobody_waits = not WaitlistEntry.objects.asking_for([slot]).exists()
        gap.wait()
        Appointment.objects.filter(pk=theirs.pk).update(status="cancelled", holds=None, once=None)
        Slot.objects.filter(pk=slot.pk).update(booked=0, is_free=True)
        return nobody_waits

    def look_then_wait() -> bool:
        nothing_is_free = not Slot.objects.free(timezone.now()).exists()
        gap.wait()
        WaitlistEntry(
            doctor=rao,
            patient=asha,
            source="online",
            priority="online",
            urgency=4,
            joined_at=timezone.now(),
        ).insert()
        return nothing_is_free

    assert together([look_then_cancel, look_then_wait]) == [True, True]
    with pytest.raises(AssertionError, match="could have a place"):
        assert_no_place_is_wasted()


# Everything at once


class Hand:
    """Somebody who does one thing after another, drawn by chance from a seed of their own."""

    def __init__(self, slots: list[Slot], folk: list[Patient], witness: Witness, seed: int) -> None:
        self.slots, self.folk, self.witness = slots, folk, witness
        self.chance = random.Random(seed)
        self.deeds: list[Callable[[], object]] = [
            *[self.book] * 6,
            *[self.cancel] * 3,
            *[self.reschedule] * 3,
            *[self.join] * 3,
            self.leave,
            self.answer,
            self.time_passes,
            self.set_places,
        ]

    def work(self) -> list[Refused]:
        refusals = []
        for _deed in range(DEEDS):
            try:
                self.chance.choice(self.deeds)()
            except Refused as refusal:
                refusals.append(refusal)
        return refusals

    def book(self) -> object:
        slot, source = self.chance.choice(self.slots), self.chance.choice(list(Priority))
        somebody = self.chance.choice([None, *self.folk])
        return self.witness.watch(slot, source, lambda: book(somebody, slot, source, by=SYSTEM))

    def cancel(self) -> object:
        return rebooking.cancel(self.some_appointment(), by=SYSTEM)

    def reschedule(self) -> object:
        to = self.chance.choice(self.slots)
        return rebooking.reschedule(self.some_appointment(), to, by=SYSTEM)

    def join(self) -> object:
        slot = self.chance.choice(self.slots)
        wish = self.chance.choice(
            [
                Wish(slot=slot),
                Wish(doctor=slot.doctor),
                Wish(specialty=slot.specialty),
                Wish(doctor=slot.doctor, places=2),
                Wish(doctor=slot.doctor, times_of_day=["morning"]),
            ]
        )
        source = self.chance.choice(list(Priority))
        return waitlists.join(self.chance.choice(self.folk), wish, source, by=SYSTEM)

    def leave(self) -> object:
        return waitlists.leave(self.some_entry("waiting", "offered"), by=SYSTEM)

    def answer(self) -> object:
        return waitlists.accept(self.some_entry("offered"), by=SYSTEM)

    def time_passes(self) -> object:
        some = self.some_entry("offered")
        WaitlistEntry.objects.filter(pk=some.pk, status="offered").update(
            offer_ends_at=timezone.now() - timedelta(seconds=1)
        )
        return waitlists.lapse_offers()

    def set_places(self) -> object:
        """Of several slots at once, as other systems do; where nobody judges how fair it was."""
        last = self.slots[-1]
        capacity = self.chance.choice([1, 2, 3])
        wanted = {
            str(slot.pk): Wanted(
                slot.day, slot.starts_at, slot.ends_at, Places(capacity, capacity + 1)
            )
            for slot in self.chance.sample(self.slots, len(self.slots) // 2)
            if slot.doctor_id == last.doctor_id
        }
        return set_hours(last.doctor, last.session.department, wanted, by=SYSTEM)

    def some_appointment(self) -> Appointment:
        found = list(Appointment.objects.filter(status__in=[*AHEAD, "waitlisted", "displaced"]))
        if not found:
            raise Refused("There is none.")
        return self.chance.choice(found)

    def some_entry(self, *states: str) -> WaitlistEntry:
        found = list(WaitlistEntry.objects.filter(status__in=states))
        if not found:
            raise Refused("There is none.")
        return self.chance.choice(found)


@pytest.mark.parametrize("minutes", [0, 10], ids=["at once", "asks first"])
def test_everything_at_once(opd: Department, lab: Department, minutes: int) -> None:
    Clinic.objects.update(offer_minutes=minutes)
    slots = []
    for place, hour in ((opd, 9), (lab, 11)):
        place.clinic.refresh_from_db()
        who = agenda.doctor(place, f"Dr {place.code}")
        starts = agenda.tomorrow(place.clinic, hour)
        slots += agenda.slots(who, place, starts, 5, capacity=2, hard_limit=3)
    for slot in slots[::2]:  # so that there is somebody to displace, and room to move to
        agenda.full(slot)
    folk = people(opd.clinic, *(f"Somebody {n}" for n in range(20)))
    witness = Witness(opd)
    hands = [Hand(slots, folk, witness, seed) for seed in range(HANDS)]
    refusals = [one for each in winners(together([hand.work for hand in hands])) for one in each]
    nobody_is_told_to_try_again([*refusals])
    assert_slots_agree()
    assert_one_story()
    of_opd = {slot.pk for slot in slots[:5]}
    witness.refusals = [one for one in witness.refusals if one.slot.pk in of_opd]
    assert witness.unfair() == []
    told = set(Event.objects.values_list("kind", flat=True))
    from_waitlist = "place_offered" if minutes else "place_given"
    assert {"booked", "displaced", "rescheduled", "booking_cancelled", from_waitlist} <= told
