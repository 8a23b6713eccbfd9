"""When a department gives out numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from queues.rules.service_day import service_day


@dataclass(frozen=True)
class Opening:
    """One stretch of a weekday (Monday is 0); past midnight where it closes before it opens."""

    weekday: int
    opens: time
    closes: time

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        last_day = day if self.closes > self.opens else day + timedelta(days=1)
        return _moment(day, self.opens, zone), _moment(last_day, self.closes, zone)


def is_open(openings: Iterable[Opening], moment: datetime, zone: ZoneInfo) -> bool:
    """No hours at all means open round the clock."""
    openings = list(openings)
    return not openings or opened_at(openings, moment, zone) is not None


def opened_at(openings: Iterable[Opening], moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When the stretch began in which this moment lies; yesterday, where it passes midnight."""
    openings = list(openings)
    today = moment.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        for opening in openings:
            if opening.weekday == day.weekday():
                opens, closes = opening.on(day, zone)
                if opens <= moment < closes:
                    return opens
    return None


def opens_next(openings: Iterable[Opening], moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When the next stretch begins; None where there is none, which means round the clock."""
    openings = list(openings)
    today = moment.astimezone(zone).date()
    week = [today + timedelta(days=days) for days in range(8)]  # today's weekday comes again
    starts = (
        opening.on(day, zone)[0]
        for day in week
        for opening in openings
        if opening.weekday == day.weekday()
    )
    return min((start for start in starts if start > moment), default=None)


def past_last_issue(
    last_issue: time | None, moment: datetime, zone: ZoneInfo, turns_at: int
) -> bool:
    """Whether the last number of this service day has been given out."""
    if last_issue is None:
        return False
    day = service_day(moment, zone, turns_at)
    if last_issue.hour < turns_at:  # a time after midnight still belongs to the day before
        day += timedelta(days=1)
    return moment >= _moment(day, last_issue, zone)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """In UTC, since Python compares two moments of one zone by the clock on the wall."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
