"""Where there is room for whoever waits, looked for without locks: what has to be held to give it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db.models import Q

from queues.actions.hindrances import hindrance
from queues.actions.offers import entry_of_offer
from queues.models import Appointment, Slot, WaitlistEntry
from queues.models.slot import SlotQuerySet
from queues.rules.priority import Priority
from queues.rules.waitlist import Room, suits, together


def slots_for(
    entry: WaitlistEntry, now: datetime, *, leaving: Appointment | None = None
) -> list[Slot]:
    """Where there is a place that suits whoever waits: what has to be held to give it to them."""
    for slot in _wanted(entry, now):
        rooms = [slot] if entry.places == 1 else list(_known().filter(session=slot.session_id))
        if places_for(entry, slot, {room.pk: room for room in rooms}, now, leaving):
            return rooms
    return []


def slots_around(slot: Slot) -> list[Slot]:
    """What has to be held to give a place of this slot away: the slot; where a family waits for
    places together, its whole session."""
    families = WaitlistEntry.objects.asking_for(slot).filter(places__gt=1)
    if not families.exists():
        return [slot]
    return list(_known().filter(Q(pk=slot.pk) | Q(session=slot.session_id, is_open=True)))


def slots_left_by(appointment: Appointment, now: datetime) -> list[Slot]:
    """What has to be held when somebody gives up a place: what is around it; and, should they wait
    for another time that this one kept them from, where there is room for them then."""
    around = slots_around(appointment.slot) if appointment.slot else []
    theirs = waits_of({appointment.patient_id} - {None})
    elsewhere = [room for one in theirs for room in slots_for(one, now, leaving=appointment)]
    return [*around, *elsewhere]


def slots_of_offer(offered: Appointment, now: datetime) -> list[Slot]:
    """What has to be held when somebody's offer is withdrawn, and they wait for another; a family
    loses all of its places, and may get others of that session."""
    entry = entry_of_offer(offered)
    rooms = [*slots_left_by(offered, now), *slots_for(entry, now)]
    if entry.places > 1:
        rooms += _known().filter(session__slots=offered.slot_id)
    return rooms


def waits_of(patients: Collection[int | None]) -> Iterable[WaitlistEntry]:
    if not patients:
        return ()
    waiting = WaitlistEntry.objects.waiting().filter(patient__in=patients)
    return waiting.select_related("patient", "appointment", "clinic", "doctor")


def places_for(
    entry: WaitlistEntry,
    slot: Slot,
    slots: dict[int, Slot],
    now: datetime,
    leaving: Appointment | None = None,
) -> list[int] | None:
    """The slots of their places, one for each; none where it does not suit them. The buffer is
    for those who are booked as an emergency, not for those who can wait."""
    if not _suits(entry, slot):
        return None
    rooms = [
        Room(one.pk, one.starts_at, one.ends_at, one.capacity - one.booked)
        for one in slots.values()
        if one.session_id == slot.session_id
        and one.has_place
        and one.starts_at > now
        and _suits(entry, one)
    ]
    places = together(rooms, slot.pk, entry.places)
    if places is None:
        return None
    source = Priority(entry.source)
    first = slots[places[0]]
    hindered = hindrance(entry.patient, first, source, but=entry.appointment, leaving=leaving)
    return None if hindered else places


def _suits(entry: WaitlistEntry, slot: Slot) -> bool:
    return suits(slot.starts_at, slot.session.department.clinic.zone, entry.times_of_day)


def _wanted(entry: WaitlistEntry, now: datetime) -> Iterator[Slot]:
    """The free slots that they ask for, the soonest first."""
    found = _known().free(now)
    if entry.slot_id:
        found = found.filter(pk=entry.slot_id)
    elif entry.doctor_id:
        found = found.filter(doctor=entry.doctor_id)
    else:
        found = found.filter(specialty=entry.specialty)
    if entry.clinic_id:
        found = found.filter(clinic=entry.clinic_id)
    if entry.earliest:
        found = found.filter(day__gte=entry.earliest)
    if entry.latest:
        found = found.filter(day__lte=entry.latest)
    return found.soonest_first().in_pages()


def _known() -> SlotQuerySet:
    return Slot.objects.select_related("session__department__clinic", "doctor")
