"""A stretch of a doctor's time, cut into slots; and what a slot has room for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from queues.rules.priority import Priority


class TimeOfDay(StrEnum):
    MORNING = "morning"  # before noon
    AFTERNOON = "afternoon"
    EVENING = "evening"  # from five


MIDNIGHT, NOON, FIVE = time(0), time(12), time(17)
HOURS = {
    TimeOfDay.MORNING: (MIDNIGHT, NOON),
    TimeOfDay.AFTERNOON: (NOON, FIVE),
    TimeOfDay.EVENING: (FIVE, MIDNIGHT),
}


def time_of_day(moment: datetime, zone: ZoneInfo) -> TimeOfDay:
    clock = moment.astimezone(zone).time()
    if clock < NOON:
        return TimeOfDay.MORNING
    return TimeOfDay.AFTERNOON if clock < FIVE else TimeOfDay.EVENING


def span(day: date, opens: time, closes: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when to when, in UTC; past midnight where it closes before it opens."""
    last_day = day if closes > opens else day + timedelta(days=1)
    starts = datetime.combine(day, opens, tzinfo=zone).astimezone(UTC)
    return starts, datetime.combine(last_day, closes, tzinfo=zone).astimezone(UTC)


def cut(starts: datetime, ends: datetime, minutes: int) -> Iterator[tuple[datetime, datetime]]:
    """Slots of that length, one after the other; what is left at the end is no slot."""
    length = timedelta(minutes=minutes)
    while starts + length <= ends:
        yield starts, starts + length
        starts += length


@dataclass(frozen=True)
class Hours:
    """Hours as other systems write them: 9-10, 09:30-10:15; the end may be midnight, 24."""

    opens: time
    closes: time

    @classmethod
    def read(cls, text: str) -> Hours | None:
        found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?\s*-\s*(\d{1,2})(?::(\d{2}))?", text.strip())
        if not found:
            return None
        first, second = (_clock(found[1], found[2]), _clock(found[3], found[4], is_end=True))
        if first is None or second is None or (second <= first and second != time(0)):
            return None
        return cls(first, second)

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return span(day, self.opens, self.closes, zone)


def _clock(hour: str, minute: str | None, *, is_end: bool = False) -> time | None:
    if is_end and int(hour) == 24 and int(minute or 0) == 0:
        return time(0)
    in_range = int(hour) < 24 and int(minute or 0) < 60
    return time(int(hour), int(minute or 0)) if in_range else None


def has_room(booked: int, capacity: int, hard_limit: int, priority: Priority) -> bool:
    """Beyond the capacity there is a buffer, for emergencies alone."""
    return booked < (hard_limit if priority is Priority.EMERGENCY else capacity)
