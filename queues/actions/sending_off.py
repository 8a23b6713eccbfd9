"""Those who are booked in a time that goes: each gets another, the head of the waitlist, or a notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from queues.actions.displacing import wait_at_head
from queues.actions.hindrances import Diaries, Engagement
from queues.actions.offers import entry_of_offer, withdraw
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken
from queues.actions.week_changes import Changed, Changes
from queues.models import Appointment, Doctor, Kind, Notice, Slot
from queues.rules.appointments import AHEAD, Stage
from queues.rules.priority import Priority

WHY = Kind.SCHEDULE_CHANGED  # noted with everybody who is moved or cancelled


@dataclass
class Refuge:
    """A time of the doctor with room for some of those who have to leave."""

    slot: Slot
    room: int

    @classmethod
    def as_it_will_be(cls, changed: Changed) -> Refuge:
        assert changed.to
        slot, to = copy(changed.slot), changed.to
        slot.ends_at, slot.capacity, slot.hard_limit = to.ends, to.capacity, to.hard_limit
        return cls(slot, slot.capacity - changed.stays)


def find_refuges(
    doctor: Doctor, leaving: Sequence[Appointment], changes: Changes, now: datetime
) -> dict[int, Slot]:
    """Looked for without locks: for each the next free time, never one before theirs."""
    touched = {one.slot.pk for one in changes.changed}
    free = Slot.objects.in_full().free(now).filter(doctor=doctor).exclude(pk__in=touched)
    rooms = [Refuge(slot, slot.capacity - slot.booked) for slot in free]
    ahead = [one for one in changes.open if one.slot.starts_at > now]
    rooms += [Refuge.as_it_will_be(one) for one in ahead]
    rooms.sort(key=lambda one: one.slot.starts_at)
    diaries = Diaries.of((one.patient for one in leaving), now, but=leaving)
    found = {}
    for one in leaving:
        if one.status not in AHEAD:
            continue  # only offered: they go on waiting
        later = (room for room in rooms if room.slot.starts_at >= one.starts_at)
        refuge = next((room for room in later if _suits(one, room, diaries)), None)
        if refuge:
            refuge.room -= 1
            found[one.pk] = refuge.slot
            diaries.note(*_engaged(one, refuge.slot))
    return found


def _suits(one: Appointment, refuge: Refuge, diaries: Diaries) -> bool:
    slot = refuge.slot
    if refuge.room < 1 or slot.clinic_id != one.clinic_id:
        return False
    return not diaries.hindrance(one.patient, slot, Priority(one.source))


def send_off(
    seating: Seating, leaving: Sequence[Appointment], refuges: Mapping[int, Slot], *, cancels: bool
) -> None:
    """They are never just dropped."""
    offers = {entry_of_offer(one) for one in leaving if one.status == Stage.WAITLISTED}
    for entry in sorted(offers, key=lambda entry: entry.pk):
        withdraw(seating, entry, WHY)
    booked = [one for one in leaving if one.status != Stage.WAITLISTED]
    if cancels:
        for one in booked:
            _cancel(seating, one)
    else:
        _move(seating, booked, refuges)


def _cancel(seating: Seating, one: Appointment) -> None:
    before = seating.rise(one, Stage.CANCELLED, AHEAD)
    seating.note(Kind.BOOKING_CANCELLED, one, before, WHY)
    seating.tell(Notice.About.CANCELLED, one, was=one.starts_at.isoformat())


def _move(seating: Seating, booked: Sequence[Appointment], refuges: Mapping[int, Slot]) -> None:
    """All of them rise before any sits down again: one's place may be the other's refuge."""
    risen = [(one, one.slot, seating.rise(one, Stage.DISPLACED, AHEAD)) for one in booked]
    diaries = Diaries.of((one.patient for one in booked), seating.now)
    for one, was, before in risen:
        at = one.starts_at.isoformat()
        if one.pk not in refuges:
            seating.note(Kind.DISPLACED, one, before, WHY)
            wait_at_head(seating, one, was)
            seating.tell(Notice.About.ON_WAITLIST, one, was=at)
            continue
        refuge = seating.slots[refuges[one.pk].pk]
        hindered = diaries.hindrance(one.patient, refuge, Priority(one.source))
        if hindered or not refuge.has_place:
            raise Overtaken
        seating.sit(one, refuge, Kind.RESCHEDULED, before=before, note=WHY)
        seating.tell(Notice.About.MOVED, one, was=at, to=refuge.starts_at.isoformat())
        diaries.note(*_engaged(one, refuge))


def _engaged(one: Appointment, slot: Slot) -> list[Engagement]:
    return [Engagement.in_slot(one.patient, slot, one.source)] if one.patient else []
