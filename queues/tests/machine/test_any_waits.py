"""Any wishes at all: families, days, hours, two clinics, whatever frees a place or makes one.

Without a model: after every deed it is counted, row by row, whether a place is empty that somebody
waits for. What `test_any_bookings` leaves out is drawn here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from random import Random
from typing import TypeVar

import pytest

from queues.actions import rebooking, resizing, schedule, waitlists
from queues.actions.booking import book
from queues.actions.refusals import Refused
from queues.actions.resizing import Places
from queues.actions.setting_hours import Wanted, set_hours
from queues.actions.transactions import Overtaken
from queues.actions.wishes import Wish
from queues.models import Appointment, Clinic, Department, Leave, Session, Slot, WaitlistEntry
from queues.rules.appointments import AHEAD
from queues.rules.bookings import Fate
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree
from queues.tests.story import people
from queues.tests.witness import assert_one_story

T = TypeVar("T")
DEEDS = 60
SEEDS = range(4)
TIMES = ("morning", "afternoon", "evening")


class Day:
    """Two doctors at two clinics, tomorrow and the day after, with times long and short that touch
    and overlap; and a few people who do what comes into their heads."""

    def __init__(self, opd: Department, seed: int) -> None:
        self.chance = Random(seed)
        Clinic.objects.update(offer_minutes=self.chance.choice([0, 10]))
        opd = cast.department(Clinic.objects.get(pk=opd.clinic_id), "OPD")
        far = cast.department(cast.clinic("far"), "OPD")
        self.slots: list[Slot] = []
        for name, place in (("Dr Rao", opd), ("Dr Sen", opd), ("Dr Lin", far)):
            who = agenda.doctor(place, name)
            for day in (0, 1):
                starts = agenda.tomorrow(place.clinic, 10) + timedelta(days=day)
                minutes = self.chance.choice([20, 30, 60])
                self.slots += agenda.slots(who, place, starts, 4, capacity=2, minutes=minutes)
        Session.objects.update(by_hand=True)  # so that a leave takes them, and gives them back
        for slot in self.slots:
            if self.chance.random() < 0.7:
                agenda.full(slot, self.chance.choice([Priority.WALK_IN, Priority.PAID]))
        self.folk = people(opd.clinic, *(f"Somebody {n}" for n in range(6)))
        self.deeds: list[Callable[[], object]] = [
            *[self.book] * 3,
            *[self.cancel] * 4,
            *[self.move] * 4,
            *[self.wait] * 6,
            self.leave,
            self.accept,
            self.resize,
            self.set_hours,
            self.go_away,
            self.come_back,
        ]

    def goes_on(self) -> None:
        for _deed in range(DEEDS):
            deed = self.chance.choice(self.deeds)
            try:
                deed()
            except Overtaken:
                raise  # nobody else is here
            except Refused:
                continue
            assert_slots_agree()

    def book(self) -> object:
        somebody = self.chance.choice([None, *self.folk])
        source = self.chance.choice(list(Priority))
        return book(somebody, self.chance.choice(self.slots), source, by=SYSTEM)

    def cancel(self) -> object:
        return rebooking.cancel(self.some_appointment(), by=SYSTEM)

    def move(self) -> object:
        """Mostly of somebody who has a name, and so perhaps other wishes."""
        named = Appointment.objects.filter(patient__isnull=False, status__in=AHEAD)
        theirs = self.one_of(list(named)) if named else self.some_appointment()
        return rebooking.reschedule(theirs, self.chance.choice(self.slots), by=SYSTEM)

    def wait(self) -> object:
        slot, chance = self.chance.choice(self.slots), self.chance
        whom = chance.choice(
            [Wish(doctor=slot.doctor), Wish(specialty=slot.specialty), Wish(slot=slot)]
        )
        days = [(None, None), (None, None), (slot.day, None), (None, slot.day)]
        earliest, latest = chance.choice(days)
        wish = replace(
            whom,
            earliest=earliest,
            latest=latest,
            clinic=chance.choice([None, slot.clinic]),
            times_of_day=chance.choice([[], [], [chance.choice(TIMES)]]),
            places=chance.choice([1, 1, 2, 3]),
        )
        source = chance.choice(list(Priority))
        return waitlists.join(chance.choice(self.folk), wish, source, by=SYSTEM)

    def leave(self) -> object:
        return waitlists.leave(self.some_entry("waiting", "offered"), by=SYSTEM)

    def accept(self) -> object:
        return waitlists.accept(self.some_entry("offered"), by=SYSTEM)

    def resize(self) -> object:
        slot = Slot.objects.get(pk=self.chance.choice(self.slots).pk)
        capacity = slot.capacity + self.chance.choice([-1, 1])
        return resizing.resize(slot, Places(capacity, capacity), by=SYSTEM)

    def set_hours(self) -> object:
        """Of some slots of a doctor's session, all at once."""
        first = self.chance.choice(self.slots)
        capacity = self.chance.choice([1, 2, 3])
        wanted = {
            str(slot.pk): Wanted(slot.day, slot.starts_at, slot.ends_at, Places(capacity, capacity))
            for slot in self.slots
            if slot.session_id == first.session_id and self.chance.random() < 0.7
        }
        return set_hours(first.doctor, first.session.department, wanted, by=SYSTEM)

    def go_away(self) -> object:
        slot = self.chance.choice(self.slots)
        leave = Leave(doctor=slot.doctor, starts_on=slot.day, ends_on=slot.day)
        leave.opens, leave.closes = time(10), time(self.chance.choice([11, 12]))
        fate = self.chance.choice([Fate.MOVE, Fate.MOVE, Fate.KEEP, Fate.CANCEL])
        return schedule.add(leave, by=SYSTEM, at=slot.clinic, fate=fate)

    def come_back(self) -> object:
        leave = self.one_of(list(Leave.objects.select_related("doctor")))
        return schedule.remove(leave, by=SYSTEM, at=self.slots[0].clinic)

    def some_appointment(self) -> Appointment:
        states = [*AHEAD, "waitlisted", "displaced"]
        return self.one_of(list(Appointment.objects.filter(status__in=states)))

    def some_entry(self, *states: str) -> WaitlistEntry:
        return self.one_of(list(WaitlistEntry.objects.filter(status__in=states)))

    def one_of(self, rows: list[T]) -> T:
        if not rows:
            raise Refused("There is none.")
        return self.chance.choice(rows)


@pytest.mark.django_db(transaction=True)  # an action may have to begin anew
@pytest.mark.parametrize("seed", SEEDS)
def test_any_waits(opd: Department, seed: int) -> None:
    Day(opd, seed).goes_on()
    assert_one_story()
