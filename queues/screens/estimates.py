"""When those on a doctor's list will be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from queues.models import Appointment
from queues.rules.estimates import estimated


def appointed(appointment: Appointment) -> datetime:
    """Their share of the slot, as if the doctor were on time."""
    slot = appointment.slot
    if slot is None:
        return appointment.starts_at
    mine = (appointment.sequence, appointment.number)
    place = sum(theirs < mine for theirs in Appointment.objects.sequences_in(slot))
    return shared(slot.starts_at, slot.ends_at, place, slot.capacity, slot.booked)


def expected(appointment: Appointment) -> datetime:
    """With the doctor's delay: what the patient is told."""
    return appointed(appointment) + timedelta(minutes=delay_of(appointment))


def of_list(booked: Sequence[Appointment]) -> dict[int, datetime]:
    """Of many at once; all of each slot must be among them, in their order."""
    seen: Counter[int] = Counter()
    due: dict[int, datetime] = {}
    for appointment in booked:
        slot = appointment.slot
        if slot is None:
            continue
        begins = shared(slot.starts_at, slot.ends_at, seen[slot.pk], slot.capacity, slot.booked)
        due[appointment.pk] = begins + timedelta(minutes=slot.session.delay_minutes)
        seen[slot.pk] += 1
    return due


def of_some(appointments: Sequence[Appointment]) -> dict[int, datetime]:
    """Of some of each slot: the others are looked up."""
    slots = {one.slot_id for one in appointments if one.slot_id}
    known = Appointment.objects.select_related("slot__session").filter(slot__in=slots, holds=True)
    return of_list(list(known.order_by("sequence", "number")))


def delay_of(appointment: Appointment) -> int:
    return appointment.slot.session.delay_minutes if appointment.slot else 0


def shared(starts: datetime, ends: datetime, place: int, capacity: int, booked: int) -> datetime:
    return estimated(starts, ends, place, max(capacity, booked))
