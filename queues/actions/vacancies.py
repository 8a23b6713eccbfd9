"""Where there is room for whoever waits, looked for without locks: what has to be held to give it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from queues.actions.hindrances import Diaries
from queues.actions.offers import entry_of_offer
from queues.actions.seats import Seating
from queues.models import Appointment, Slot, WaitlistEntry
from queues.models.waitlist import families_around
from queues.rules.priority import Priority
from queues.rules.waitlist import Room, stretch, suits, together
from queues.rules.weeks import DAY


def slots_for(
    entry: WaitlistEntry,
    now: datetime,
    *,
    leaving: Appointment | None = None,
    after: Seating | None = None,
) -> list[Slot]:
    """Where there is a place that suits whoever waits: what has to be held to give it to them.
    They may be about to lose an appointment; and it may be asked how it is `after` what is being
    done, of which the tables know nothing yet."""
    held = after.slots if after else {}
    diaries = Diaries.of([entry.patient], now)
    diaries.note(*(after.engagements() if after else ()))
    sessions: dict[int, list[Slot]] = {}
    for found in _wanted(entry, now):
        slot = held.get(found.pk, found)
        rooms = [slot]
        if entry.places > 1:
            rooms = sessions.get(slot.session_id) or [
                held.get(room.pk, room)
                for room in Slot.objects.in_full().filter(session=slot.session_id)
            ]
            sessions[slot.session_id] = rooms
        if places_for(entry, slot, rooms, now, diaries, leaving):
            return rooms
    return []


def slots_around(slots: Collection[Slot]) -> list[Slot]:
    """What has to be held to give places of these slots away: the slots; and where a family waits
    for places together, all that follow on them without a gap and have room."""
    shared, others = [], list(slots)
    for family in families_around(slots):
        shared += [slot for slot in others if family.may_sit_beside(slot)]
        others = [slot for slot in others if slot not in shared]
        if not others:
            break
    return [*slots, *(_beside(shared) if shared else ())]


def _beside(slots: Collection[Slot]) -> Iterator[Slot]:
    given = {slot.pk for slot in slots}  # a place of each is free, or is about to be
    sessions = {slot.session_id for slot in slots}
    found = list(Slot.objects.in_full().filter(session__in=sessions, is_open=True))
    for slot in slots:
        rooms = [
            Room(
                one.pk, one.starts_at, one.ends_at, max(one.capacity - one.booked, one.pk in given)
            )
            for one in found
            if one.session_id == slot.session_id
        ]
        follow = stretch(sorted(rooms, key=lambda room: room.starts), slot.pk)
        keys = {room.key for room in follow}
        yield from (one for one in found if one.pk in keys)


def slots_left_by(appointment: Appointment, now: datetime) -> list[Slot]:
    """What has to be held when somebody gives up a place: what is around it; and, should they wait
    for another time that this one kept them from, where there is room for them then."""
    around = slots_around([appointment.slot]) if appointment.slot else []
    theirs = waits_of({appointment.patient_id} - {None})
    elsewhere = [room for one in theirs for room in slots_for(one, now, leaving=appointment)]
    return [*around, *elsewhere]


def slots_of_offer(offered: Appointment, now: datetime) -> list[Slot]:
    """What has to be held when somebody's offer is withdrawn, and they wait for another; a family
    loses all of its places, and may get others of that session."""
    entry = entry_of_offer(offered)
    rooms = [*slots_left_by(offered, now), *slots_for(entry, now)]
    if entry.places > 1:
        rooms += Slot.objects.in_full().filter(session__slots=offered.slot_id)
    return rooms


def waits_of(patients: Collection[int | None]) -> Iterable[WaitlistEntry]:
    if not patients:
        return ()
    waiting = WaitlistEntry.objects.waiting().filter(patient__in=patients)
    return waiting.select_related("patient", "appointment", "clinic", "doctor")


def places_for(
    entry: WaitlistEntry,
    slot: Slot,
    slots: Iterable[Slot],
    now: datetime,
    diaries: Diaries,
    leaving: Appointment | None = None,
) -> list[Slot]:
    """The slots of their places, one for each; none where it does not suit them. The buffer is
    for those who are booked as an emergency, not for those who can wait."""
    if not (entry.asks_for(slot) and _suits(entry, slot)):
        return []
    source, but = Priority(entry.source), (entry.appointment, leaving)
    for way in _ways(entry, slot, slots, now):
        if not diaries.hindrance(entry.patient, way[0], source, but=but):
            return way
    return []


def _ways(
    entry: WaitlistEntry, slot: Slot, slots: Iterable[Slot], now: datetime
) -> Iterator[list[Slot]]:
    """How they could sit there, whoever answers for them in the first slot."""
    free = {
        one.pk: one
        for one in (slots if entry.places > 1 else [slot])
        if one.session_id == slot.session_id
        and one.has_place
        and one.starts_at > now
        and _suits(entry, one)
    }
    rooms = [
        Room(one.pk, one.starts_at, one.ends_at, one.capacity - one.booked) for one in free.values()
    ]
    for way in together(rooms, slot.pk, entry.places):
        yield [free[key] for key in way]


def _suits(entry: WaitlistEntry, slot: Slot) -> bool:
    return suits(slot.starts_at, slot.session.department.clinic.zone, entry.times_of_day)


def _wanted(entry: WaitlistEntry, now: datetime) -> Iterator[Slot]:
    """The free slots that they ask for, the soonest first."""
    wanted: dict[str, Any] = {}
    if entry.slot_id:
        wanted["pk"] = entry.slot_id
    elif entry.doctor_id:
        wanted["doctor"] = entry.doctor_id
    else:
        wanted["specialty"] = entry.specialty
    if entry.clinic_id:
        wanted["clinic"] = entry.clinic_id
    if entry.earliest:
        wanted["day__gte"] = entry.earliest - DAY  # a night's work reaches into the next
    if entry.latest:
        wanted["day__lte"] = entry.latest
    if entry.not_before:
        wanted["starts_at__gte"] = entry.not_before
    return Slot.soonest_free(now, **wanted)
