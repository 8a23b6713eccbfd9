"""Which sessions and slots a doctor's days have: from their weeks, extra days and leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from queues.rules.slots import cut, span

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
Source = tuple[str, int]  # what it comes from, a rule or an extra session, and its key
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class Work:
    """Hours of work, on one day or every week; past midnight where they close before they open."""

    source: Source
    zone: ZoneInfo
    clinic: int
    department: int
    room: int | None
    opens: time
    closes: time
    slot_minutes: int
    capacity: int
    hard_limit: int
    starts_on: date
    ends_on: date | None = None  # the last day, where there is one
    weekday: int | None = None  # none: on every day of these

    def is_on(self, day: date) -> bool:
        has_begun = self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        return has_begun and self.weekday in (None, day.weekday())

    def hours_on(self, day: date) -> Stretch:
        return span(day, self.opens, self.closes, self.zone)


@dataclass(frozen=True)
class Absence:
    """Days on which nobody works; or, with hours, one stretch from the first day to the last."""

    starts_on: date
    ends_on: date
    opens: time | None = None
    closes: time | None = None
    clinic: int | None = None  # none: wherever they work

    def takes(
        self, clinic: int, day: date, starts: datetime, ends: datetime, zone: ZoneInfo
    ) -> bool:
        is_there = self.clinic in (None, clinic)
        return is_there and self.covers(day, starts, ends, zone)

    def covers(self, day: date, starts: datetime, ends: datetime, zone: ZoneInfo) -> bool:
        """Whether it takes this time of this day's work, be it a part of it."""
        if self.opens is None or self.closes is None:
            return self.starts_on <= day <= self.ends_on
        gone = datetime.combine(self.starts_on, self.opens, tzinfo=zone).astimezone(UTC)
        back = datetime.combine(self.ends_on, self.closes, tzinfo=zone).astimezone(UTC)
        return starts < back and ends > gone


@dataclass(frozen=True)
class PlannedSlot:
    """A slot as the week has it."""

    source: Source
    department: int
    room: int | None
    day: date
    starts: datetime
    ends: datetime
    capacity: int
    hard_limit: int


Plan = dict[datetime, PlannedSlot]  # by when they start, which is unique for a doctor


def plan(works: Iterable[tuple[Work, date, date]], absences: Sequence[Absence]) -> Plan:
    """The slots of each work from its first to its last day. Where two would overlap, as they can
    on the day on which the clocks change, the earlier one is kept."""
    wanted = [slot for work, first, last in works for slot in _slots(work, absences, first, last)]
    made: Plan = {}
    until: datetime | None = None
    for slot in sorted(wanted, key=lambda one: (one.starts, one.ends)):
        if until is None or slot.starts >= until:
            made[slot.starts] = slot
            until = slot.ends
    return made


def _slots(
    work: Work, absences: Sequence[Absence], first: date, last: date
) -> Iterator[PlannedSlot]:
    for day in filter(work.is_on, days(first, last)):
        for starts, ends in cut(*work.hours_on(day), work.slot_minutes):
            time_off = (work.clinic, day, starts, ends, work.zone)
            if not any(absence.takes(*time_off) for absence in absences):
                yield PlannedSlot(
                    work.source,
                    work.department,
                    work.room,
                    day,
                    starts,
                    ends,
                    work.capacity,
                    work.hard_limit,
                )


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def clash(one: Work, other: Work) -> date | None:
    """The first day on which both want the doctor at the same time. What repeats every week
    meets in the first week that both have, or never."""
    first = max(one.starts_on, other.starts_on) - DAY
    for day in filter(one.is_on, days(first, first + WEEK + DAY)):
        starts, ends = one.hours_on(day)
        for near in (day - DAY, day, day + DAY):
            if other.is_on(near):
                begins, closes = other.hours_on(near)
                if starts < closes and begins < ends:
                    return day
    return None
