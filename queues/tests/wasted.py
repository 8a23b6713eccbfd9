"""Places that are empty while somebody on the waitlist could have them: counted row by row.

Plain loops over plain rows, and nothing of the engine's own looking: what judges the engine must
not ask it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from queues.models import Appointment, Slot, WaitlistEntry

SITS = {"scheduled", "confirmed", "waitlisted", "checked_in", "in_consultation"}
Diary = Sequence[Appointment]  # of one patient


def wasted(now: datetime) -> list[tuple[WaitlistEntry, Slot]]:
    """Each who waits, with each free place that they could have."""
    slots = [
        slot
        for slot in Slot.objects.select_related("clinic").order_by("starts_at", "pk")
        if slot.is_open and slot.starts_at > now and slot.booked < slot.capacity
    ]
    diaries: dict[int | None, list[Appointment]] = defaultdict(list)
    for appointment in Appointment.objects.all():
        diaries[appointment.patient_id].append(appointment)
    found = []
    for entry in WaitlistEntry.objects.select_related("patient", "appointment"):
        if entry.status == "waiting" and (entry.patient is None or entry.patient.is_active):
            diary = diaries[entry.patient_id] if entry.patient else []
            suiting = [slot for slot in slots if _suits(entry, slot)]
            found += [(entry, slot) for slot in suiting if _could_have(entry, slot, suiting, diary)]
    return found


def _suits(entry: WaitlistEntry, slot: Slot) -> bool:
    """They can come there and then. A family that waits for one slot also takes those beside it."""
    if entry.clinic_id is not None and entry.clinic_id != slot.clinic_id:
        return False
    there = slot.starts_at.astimezone(ZoneInfo(slot.clinic.time_zone))
    if entry.earliest is not None and there.date() < entry.earliest:
        return False
    if entry.latest is not None and there.date() > entry.latest:
        return False
    lost = entry.appointment if entry.at_head else None
    if lost is not None and slot.starts_at < lost.starts_at:
        return False  # they planned with a later one
    hour = there.hour
    time_of_day = "morning" if hour < 12 else "afternoon" if hour < 17 else "evening"
    return not entry.times_of_day or time_of_day in entry.times_of_day


def _could_have(entry: WaitlistEntry, slot: Slot, suiting: Sequence[Slot], diary: Diary) -> bool:
    if not _asks_for(entry, slot):
        return False
    return any(
        slot in seats and not _is_elsewhere(entry, seats[0], diary)
        for seats in _seats_together(suiting, entry.places)
        if seats[0].session_id == slot.session_id
    )


def _asks_for(entry: WaitlistEntry, slot: Slot) -> bool:
    if entry.slot_id is not None:
        return entry.slot_id == slot.pk
    if entry.doctor_id is not None:
        return entry.doctor_id == slot.doctor_id
    return entry.specialty == slot.specialty


def _seats_together(slots: Sequence[Slot], places: int) -> Iterator[list[Slot]]:
    """Every way to seat so many one after the other, without a gap: a slot for each of them."""
    for first in slots:
        for in_first in range(1, _left(first) + 1):
            seats, last = [first] * in_first, first
            for other in slots:
                if other.session_id == last.session_id and other.starts_at == last.ends_at:
                    seats += [other] * _left(other)
                    last = other
            if len(seats) >= places:
                yield seats[:places]


def _left(slot: Slot) -> int:
    return slot.capacity - slot.booked


def _is_elsewhere(entry: WaitlistEntry, slot: Slot, diary: Diary) -> bool:
    """At another place at that time, or with this doctor on that day already."""
    for other in diary:
        if other.pk == entry.appointment_id:
            continue
        overlaps = other.starts_at < slot.ends_at and slot.starts_at < other.ends_at
        if other.status in SITS and overlaps:
            return True
        same_list = other.doctor_id == slot.doctor_id and other.day == slot.day
        comes_again = "follow_up" in (entry.source, other.source)
        if (other.status in SITS or _was_here(other)) and same_list and not comes_again:
            return True
    return False


def _was_here(appointment: Appointment) -> bool:
    """Seen; or called in vain, which used up their time."""
    has_come = appointment.checked_in_at is not None
    return appointment.status == "completed" or (appointment.status == "no_show" and has_come)
