"""The one search for free places, for the API and the pages alike: which slots suit, soonest first.

It goes along an index of the slots and reads about as many entries as it yields: no joins and no
sorting, those come when the few rows are known. The database is told stretches of time, since it
knows no clocks; what is so on the clock of each slot's own clinic is looked at here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeGuard
from zoneinfo import ZoneInfo

from django.db.models import Q

from queues.models import Clinic, Slot
from queues.models.slot import SlotQuerySet
from queues.rules.stretches import at_times, during
from queues.rules.waitlist import suits
from queues.rules.weeks import DAY, Stretch

FEW = 50  # doctors; more of them are not named to the database one by one
MOST_AT_ONCE = 2000
FOR_ONE = 4  # so many entries are read for each that is wanted, where some may not suit
AT_ONCE_TIMES = 4  # stretches, at first
NEAR = timedelta(days=28)  # ahead; of what is farther, every time is looked at
Clocks = Mapping[int, ZoneInfo]  # of clinics, by key


@dataclass(frozen=True)
class Sought:
    """What somebody looks for; what is left out leaves nothing out. Days are the clinic's."""

    clinic: Clinic | None = None
    specialty: str = ""
    doctors: frozenset[int] | None = None  # with one of these
    first: date | None = None
    last: date | None = None
    times_of_day: tuple[str, ...] = ()

    @property
    def asks_a_clock(self) -> bool:
        return bool(self.first or self.last or self.times_of_day)


class Entry(NamedTuple):
    """A free place as the index has it."""

    key: int
    starts_at: datetime
    clinic: int
    doctor: int


COLUMNS = ("pk", "starts_at", "clinic_id", "doctor_id")


def entries(
    sought: Sought, now: datetime, wanted: int, *, behind: Entry | None = None
) -> Iterator[Entry]:
    """All that suit, read as they are asked for: first about enough for so many."""
    clocks, whose = _clocks(sought), sought.doctors
    all_suit = not clocks and (whose is None or _few(whose))
    at_once = wanted if all_suit else FOR_ONE * wanted
    found = _along_an_index(sought, now)
    for stretch in _stretches(sought, now, set(clocks.values())):
        for entry in _read(found.filter(stretch), at_once, behind):
            if all_suit or _suits(entry, sought, clocks):
                yield entry


def _few(doctors: frozenset[int] | None) -> TypeGuard[frozenset[int]]:
    return doctors is not None and len(doctors) <= FEW


def _along_an_index(sought: Sought, now: datetime) -> SlotQuerySet:
    found = Slot.objects.free(now)
    if sought.clinic:
        found = found.filter(clinic=sought.clinic)
    if sought.specialty:
        found = found.filter(specialty=sought.specialty.casefold())
    if _few(sought.doctors):
        found = found.filter(doctor__in=sought.doctors)
    return found.soonest_first()


def _read(found: SlotQuerySet, at_once: int, last: Entry | None) -> Iterator[Entry]:
    """Each page goes on behind the last entry of the one before, and is larger."""
    while True:
        at_once = min(at_once, MOST_AT_ONCE)
        rows = found.filter(_behind(last)) if last else found
        page = [Entry(*row) for row in rows.values_list(*COLUMNS)[:at_once]]
        yield from page
        if len(page) < at_once:
            return
        last, at_once = page[-1], 4 * at_once


def _behind(last: Entry) -> Q:
    return Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, pk__gt=last.key)


def _stretches(sought: Sought, now: datetime, zones: Collection[ZoneInfo]) -> Iterator[Q]:
    """Where to look, one after the other: in the days that are meant; and there, for a time of day,
    in more and more of its stretches. Few doctors have few entries anyway."""
    meant = Q()
    if sought.first and zones:
        meant &= Q(starts_at__gte=during(sought.first, sought.first, zones)[0])
    if sought.last and zones:
        meant &= Q(starts_at__lt=during(sought.last, sought.last, zones)[1])
    if not (sought.times_of_day and zones) or _few(sought.doctors):
        yield meant
        return
    for then in _at_these_times(sought, now, zones):
        yield meant & then


def _at_these_times(sought: Sought, now: datetime, zones: Collection[ZoneInfo]) -> Iterator[Q]:
    """When it is one somewhere, some stretches at a time; of what is far ahead, all."""
    today = min(now.astimezone(zone).date() for zone in zones)
    first = max(sought.first or today, today)
    last = min(sought.last or date.max, first + NEAR)
    farther, _ends = during(last + DAY, last + DAY, zones)
    near = at_times(first, last, sought.times_of_day, zones)
    near = [(starts, min(ends, farther)) for starts, ends in near if starts < farther]
    some = AT_ONCE_TIMES
    while near:
        yield _within(near[:some])
        near, some = near[some:], 4 * some
    yield Q(starts_at__gte=farther)


def _within(stretches: Iterable[Stretch]) -> Q:
    then = Q(pk__in=[])
    for starts, ends in stretches:
        then |= Q(starts_at__gte=starts, starts_at__lt=ends)
    return then


def _suits(entry: Entry, sought: Sought, clocks: Clocks) -> bool:
    if sought.doctors is not None and entry.doctor not in sought.doctors:
        return False
    if not clocks:
        return True
    zone = clocks.get(entry.clinic)
    if zone is None:  # of a clinic that was founded a moment ago
        return False
    day = entry.starts_at.astimezone(zone).date()
    in_time = (sought.first or day) <= day <= (sought.last or day)
    return in_time and suits(entry.starts_at, zone, sought.times_of_day)


def _clocks(sought: Sought) -> Clocks:
    """Those of the clinics, where a clock is asked for."""
    if not sought.asks_a_clock:
        return {}
    if sought.clinic:
        return {sought.clinic.pk: sought.clinic.zone}
    return {key: ZoneInfo(name) for key, name in Clinic.objects.values_list("pk", "time_zone")}
