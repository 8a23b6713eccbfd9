"""How long somebody stays logged in, and whether their password alone is enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MINUTE = 60
HOUR = 60 * MINUTE
LOOKED_AT_EVERY = MINUTE  # how often it is written down that somebody is still there


class Asked(StrEnum):
    """Of whom a second factor is asked (SECOND_FACTOR)."""

    ADMINS = "admins"  # and of all staff of a clinic that says so
    ALL = "all"
    OFF = "off"


@dataclass(frozen=True)
class Terms:
    """A clinic's, or all of somebody's clinics' together."""

    idle_minutes: int = 60
    hours: int = 12
    asks_second: bool = False


class End(StrEnum):
    """Why somebody was logged out."""

    IDLE = "idle"
    LONG = "long"


@dataclass(frozen=True)
class Shift:
    """One log-in, in seconds; it is kept in the session."""

    began: float
    seen: float  # when they last did something
    idle: int
    longest: int
    lacks_second: bool  # a second factor is asked of them, and they have none yet

    @classmethod
    def begin(cls, terms: Terms, now: float, *, lacks_second: bool) -> Shift:
        return cls(now, now, terms.idle_minutes * MINUTE, terms.hours * HOUR, lacks_second)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Shift:
        return cls(**kept)

    def write(self) -> dict[str, Any]:
        return asdict(self)

    def end(self, now: float) -> End | None:
        if now - self.began >= self.longest:
            return End.LONG
        return End.IDLE if now - self.seen >= self.idle else None

    def is_due(self, now: float) -> bool:
        """Whether it should be written down again that they are there."""
        return now - self.seen >= LOOKED_AT_EVERY


def tightest(terms: Iterable[Terms]) -> Terms:
    """Whoever works at several clinics keeps to the strictest of each."""
    several = list(terms)
    if not several:
        return Terms()
    return Terms(
        min(one.idle_minutes for one in several),
        min(one.hours for one in several),
        any(one.asks_second for one in several),
    )
