"""Numbers on paper: what becomes of them, and from when somebody who held one has waited."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from queues.rules.instants import MICROSECOND

MOST_AT_ONCE = 200


class Outcome(StrEnum):
    """What had become of the patient when the computer came back."""

    WAITING = "waiting"
    SEEN = "seen"
    LEFT = "left"


def is_possible(told: datetime, printed_at: datetime, now: datetime) -> bool:
    """Nobody took a number before it was printed, or will take it later; told to the minute."""
    return printed_at.replace(second=0, microsecond=0) <= told <= now


def arrival(told: datetime, printed_at: datetime, number: int) -> datetime:
    """The moment by which they are ranked.

    A wristwatch knows no seconds, so many share a minute: among them the smaller number is first,
    in whatever order they are typed.
    """
    return max(told, printed_at) + number * MICROSECOND
