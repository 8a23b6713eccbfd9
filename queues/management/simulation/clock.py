"""The time of the simulated day, and the one place of the program that sets a clock.

All of NextPatient asks `django.utils.timezone.now()` what time it is, and nothing else. So a day
of eight hours can be lived in seconds by answering that one question otherwise, in this process
and for as long as the day lasts. No action knows of it, and none is written otherwise because of
it. Turned down:
- rows that are moved into the past after each step, as some tests do: the history would have to be
  moved too, and its chain of hashes is there to show just that;
- a clock that is handed to every action: each would carry, for life, what one command needs;
- a library that replaces time everywhere: locks, sockets and logs wait by real seconds.
Only `created_at` of a patient and of a visit, defaults that were bound when the tables were
declared, keep saying when the row was really made. No rule reads them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone

from queues.rules.simulation.plan import HOUR, Timetable

DAYS_LENGTH = 24 * HOUR


class Clock(Protocol):
    """Seconds since midnight of the simulated day."""

    def wait_until(self, second: int) -> None: ...


class SimulatedClock:
    """Jumps from one moment in which something happens to the next."""

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        self.midnight = datetime.combine(day, time(), tzinfo=zone)
        self.second = -DAYS_LENGTH  # people book the evening before

    def wait_until(self, second: int) -> None:
        self.second = second

    def now(self) -> datetime:
        return self.at(self.second)

    def at(self, second: int) -> datetime:
        return self.midnight + timedelta(seconds=second)

    def second_of(self, moment: datetime) -> int:
        return int((moment - self.midnight).total_seconds())

    @contextmanager
    def ruling(self) -> Iterator[None]:
        """In here it is as late as this clock says."""
        true_time = timezone.now
        timezone.now = self.now
        try:
            yield
        finally:
            timezone.now = true_time


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or sent a signal that means the same."""


class HurriedClock:
    """A real day, so many times as fast; what is late is not waited for.

    The server's slots begin at whole minutes, so the doors open at the next; at once only where
    all of the day is one slot, in which a minute more or less is all the same.
    """

    def __init__(self, speed: int, timetable: Timetable, stop: threading.Event) -> None:
        now = timezone.now()
        self.speed = speed
        self.opens = timetable.opens
        self.slots_from = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        self.begins = self.slots_from if len(timetable.slots) > 1 else now
        self.stop = stop

    def wait_until(self, second: int) -> None:
        """What was done the evening before is not waited for."""
        past = (timezone.now() - self.begins).total_seconds()
        if self.stop.wait(max((second - self.opens) / self.speed - past, 0)):
            raise Stopped

    def second_of(self, moment: datetime) -> int:
        return self.opens + round((moment - self.begins).total_seconds() * self.speed)
