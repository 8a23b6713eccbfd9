"""Free places in doctors' time, the soonest first, over one clinic or all of them.

The search goes along an index of the slots and reads as many rows as it shows: no joins, no sorting.
What an index cannot know (a day on the clock of its own clinic, a time of day) is looked at here,
and where that leaves too few, more are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from queues.models import Clinic, Doctor, Slot
from queues.models.slot import SlotQuerySet
from queues.rules.waitlist import suits

MOST_AT_ONCE = 2000


@dataclass(frozen=True)
class Sought:
    """What somebody looks for; what is left out leaves nothing out. Days are the clinic's."""

    clinic: Clinic | None = None
    doctor: Doctor | None = None
    specialty: str = ""
    first: date | None = None
    last: date | None = None
    times_of_day: Collection[str] = ()


def soonest(sought: Sought, now: datetime, limit: int) -> list[Slot]:
    """So many free slots, each with its doctor, clinic and department."""
    return list(islice(_suiting(sought, now, limit), limit))


def every(sought: Sought, now: datetime) -> list[Slot]:
    """All of them: of one doctor there are as many as are booked ahead."""
    return list(_suiting(sought, now, MOST_AT_ONCE))


def place_answer(slot: Slot) -> dict[str, Any]:
    """A free place as anybody may know it."""
    clinic = slot.clinic
    return {
        "slot_id": str(slot.public_id),
        "doctor_id": str(slot.doctor.public_id),
        "doctor": slot.doctor.name,
        "specialty": slot.doctor.specialty,
        "clinic": clinic.code,
        "clinic_name": clinic.name,
        "department": slot.session.department.code,
        "starts_at": slot.starts_at.astimezone(clinic.zone).isoformat(),
        "ends_at": slot.ends_at.astimezone(clinic.zone).isoformat(),
        "places": slot.capacity - slot.booked,
    }


def knowing(slots: Collection[Slot]) -> list[Slot]:
    """With what is shown of each, in a query for each table."""
    known = list(slots)
    prefetch_related_objects(known, "doctor", "clinic", "session__department")
    return known


def _suiting(sought: Sought, now: datetime, at_once: int) -> Iterator[Slot]:
    found, start = _along_an_index(sought, now), 0
    while read := knowing(found[start : start + at_once]):
        yield from (slot for slot in read if _suits(slot, sought))
        if len(read) < at_once:
            return
        start, at_once = start + at_once, min(4 * at_once, MOST_AT_ONCE)


def _along_an_index(sought: Sought, now: datetime) -> SlotQuerySet:
    found = Slot.objects.free(now)
    if sought.doctor:
        found = found.filter(doctor=sought.doctor)
    if sought.clinic:
        found = found.filter(clinic=sought.clinic)
    if sought.specialty:
        found = found.filter(specialty=sought.specialty.casefold())
    if sought.first or sought.last:
        zones = _zones(sought)
        if sought.first:
            found = found.filter(starts_at__gte=min(_begin(sought.first, zone) for zone in zones))
        if sought.last:
            after = sought.last + timedelta(days=1)
            found = found.filter(starts_at__lt=max(_begin(after, zone) for zone in zones))
    return found.soonest_first()


def _suits(slot: Slot, sought: Sought) -> bool:
    zone = slot.clinic.zone
    day = slot.starts_at.astimezone(zone).date()
    in_time = (sought.first or day) <= day <= (sought.last or day)
    return slot.doctor.is_active and in_time and suits(slot.starts_at, zone, sought.times_of_day)


def _zones(sought: Sought) -> list[ZoneInfo]:
    """On whose clocks those days may be."""
    if sought.clinic:
        return [sought.clinic.zone]
    names = Clinic.objects.order_by().values_list("time_zone", flat=True).distinct()
    return [ZoneInfo(name) for name in names] or [ZoneInfo("UTC")]


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
