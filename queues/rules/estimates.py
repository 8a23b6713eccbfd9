"""When somebody will be seen who has an appointment."""

from __future__ import annotations

from datetime import datetime


def estimated(starts: datetime, ends: datetime, place: int, places: int) -> datetime:
    """Those of one slot share its time in their order."""
    return starts + (ends - starts) / max(places, 1) * place


def to_the_minute(moment: datetime) -> datetime:
    """As a clock without seconds shows it."""
    return moment.replace(second=0, microsecond=0)
