"""When it is a certain day, or a certain time of day, by one clock or by several."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from queues.rules.slots import HOURS, MIDNIGHT, TimeOfDay, span
from queues.rules.weeks import Stretch, days


def during(first: date, last: date, zones: Collection[ZoneInfo]) -> Stretch:
    """From the first of the clocks on which these days begin to the last on which they end."""
    begins = min(span(first, MIDNIGHT, MIDNIGHT, zone)[0] for zone in zones)
    return begins, max(span(last, MIDNIGHT, MIDNIGHT, zone)[1] for zone in zones)


def at_times(
    first: date, last: date, times_of_day: Collection[str], zones: Collection[ZoneInfo]
) -> list[Stretch]:
    """When it is such a time of day on at least one of the clocks: in order, and apart."""
    each = (
        span(day, *HOURS[TimeOfDay(time)], zone)
        for zone in zones
        for day in days(first, last)
        for time in times_of_day
    )
    apart: list[Stretch] = []
    for starts, ends in sorted(each):
        if apart and starts <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(ends, apart[-1][1])
        else:
            apart.append((starts, ends))
    return apart
