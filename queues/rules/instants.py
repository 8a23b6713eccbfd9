"""Moments as whole microseconds, exact where a float would round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def not_before(moment: datetime, previous: datetime | None) -> datetime:
    """The moment, moved just past the previous one if the clock stood still or went back."""
    return moment if previous is None or moment > previous else previous + MICROSECOND
