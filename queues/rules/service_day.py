"""The day a clinic works by: in its own zone, turning at its own hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def service_day(moment: datetime, zone: ZoneInfo, turns_at: int) -> date:
    """The day on whose page this moment is written."""
    local = moment.astimezone(zone)
    return local.date() if local.hour >= turns_at else local.date() - timedelta(days=1)


def begins(day: date, zone: ZoneInfo, turns_at: int) -> datetime:
    """The moment at which a service day begins.

    Where a change of clocks skips the turning hour, the day begins when the skipped hour ends.
    """
    local = datetime.combine(day, time(turns_at), tzinfo=zone)
    return local.astimezone(UTC)


def ends(day: date, zone: ZoneInfo, turns_at: int) -> datetime:
    return begins(day + timedelta(days=1), zone, turns_at)
