"""Free places in doctors' time, the soonest first, over one clinic or all of them.

The search goes along an index of the slots and reads as many entries as it shows: no joins and no
sorting, those come when the few rows are known. What an index cannot know (a day on the clock of
its own clinic, a time of day) is looked at here, and where that leaves too few, more are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from queues.models import Clinic, Doctor, Slot
from queues.models.slot import SlotQuerySet
from queues.rules.waitlist import suits

MOST_AT_ONCE = 2000
IN_A_DAY = 16  # so many are read for each that is wanted at a time of day


@dataclass(frozen=True)
class Sought:
    """What somebody looks for; what is left out leaves nothing out. Days are the clinic's."""

    clinic: Clinic | None = None
    doctor: Doctor | None = None
    specialty: str = ""
    first: date | None = None
    last: date | None = None
    times_of_day: Collection[str] = ()


class Place(NamedTuple):
    """A free slot with all that is shown of it. No models: a page has two hundred."""

    slot_id: UUID
    starts_at: datetime
    ends_at: datetime
    capacity: int
    booked: int
    doctor_key: int
    doctor_id: UUID
    doctor: str
    specialty: str
    clinic: str
    clinic_name: str
    time_zone: str
    department: str


COLUMNS = (
    "public_id",
    "starts_at",
    "ends_at",
    "capacity",
    "booked",
    "doctor_id",
    "doctor__public_id",
    "doctor__name",
    "doctor__specialty",
    "clinic__code",
    "clinic__name",
    "clinic__time_zone",
    "session__department__code",
)


def soonest(sought: Sought, now: datetime, limit: int) -> list[Place]:
    """So many free places, or all there are."""
    keys, found = _suiting(sought, now, limit), list[Place]()
    while len(found) < limit and (some := list(islice(keys, limit - len(found)))):
        found += of_these(some)
    return found


def all_keys(sought: Sought, now: datetime) -> list[int]:
    """Of every free slot: for one doctor, who has as many as are booked ahead."""
    return list(_suiting(sought, now, MOST_AT_ONCE))


def place_answer(place: Place) -> dict[str, Any]:
    """A free place as anybody may know it."""
    zone = ZoneInfo(place.time_zone)
    return {
        "slot_id": str(place.slot_id),
        "doctor_id": str(place.doctor_id),
        "doctor": place.doctor,
        "specialty": place.specialty,
        "clinic": place.clinic,
        "clinic_name": place.clinic_name,
        "department": place.department,
        "starts_at": place.starts_at.astimezone(zone).isoformat(),
        "ends_at": place.ends_at.astimezone(zone).isoformat(),
        "places": place.capacity - place.booked,
    }


def of_these(keys: Collection[int]) -> list[Place]:
    """These slots, in one query; without those whose doctor no longer works."""
    known = Slot.objects.filter(pk__in=keys, doctor__is_active=True).soonest_first()
    return [Place(*row) for row in known.values_list(*COLUMNS)]


def _suiting(sought: Sought, now: datetime, at_once: int) -> Iterator[int]:
    """The keys, read along the index as they are asked for."""
    zones = _zones(sought)
    found = _along_an_index(sought, now, set(zones.values()))
    entries, start = found.values_list("pk", "starts_at", "clinic_id"), 0
    if sought.times_of_day:
        at_once = min(IN_A_DAY * at_once, MOST_AT_ONCE)
    while read := list(entries[start : start + at_once]):
        for key, starts, clinic in read:
            if not zones or _suits(starts, zones[clinic], sought):
                yield key
        if len(read) < at_once:
            return
        start, at_once = start + at_once, min(4 * at_once, MOST_AT_ONCE)


def _along_an_index(sought: Sought, now: datetime, zones: Collection[ZoneInfo]) -> SlotQuerySet:
    found = Slot.objects.free(now)
    if sought.doctor:
        found = found.filter(doctor=sought.doctor)
    if sought.clinic:
        found = found.filter(clinic=sought.clinic)
    if sought.specialty:
        found = found.filter(specialty=sought.specialty.casefold())
    if sought.first and zones:
        found = found.filter(starts_at__gte=min(_begin(sought.first, zone) for zone in zones))
    if sought.last and zones:
        after = sought.last + timedelta(days=1)
        found = found.filter(starts_at__lt=max(_begin(after, zone) for zone in zones))
    return found.soonest_first()


def _suits(starts: datetime, zone: ZoneInfo, sought: Sought) -> bool:
    day = starts.astimezone(zone).date()
    in_time = (sought.first or day) <= day <= (sought.last or day)
    return in_time and suits(starts, zone, sought.times_of_day)


def _zones(sought: Sought) -> dict[int, ZoneInfo]:
    """The clocks of the clinics, where a clock is asked for."""
    if not (sought.first or sought.last or sought.times_of_day):
        return {}
    if sought.clinic:
        return {sought.clinic.pk: sought.clinic.zone}
    return {key: ZoneInfo(name) for key, name in Clinic.objects.values_list("pk", "time_zone")}


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
