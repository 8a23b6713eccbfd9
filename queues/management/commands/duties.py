"""What has to be done again and again, beside the server; several may run at once."""

from __future__ import annotations

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from queues.actions import clock, heads, making_slots, past_appointments, retention, waitlists
from queues.management import last_runs

log = logging.getLogger(__name__)


@dataclass
class Duty:
    act: Callable[[], int]
    every: float  # seconds
    due: float = field(default_factory=time.monotonic)
    done_at: float | None = None  # by the clock of the day


DUTIES = (
    (clock.mark_no_shows, 5.0),
    (clock.close_past_days, 60.0),
    (waitlists.lapse_offers, 5.0),
    (past_appointments.close_past_appointments, 60.0),
    (past_appointments.fill_free_places, 300.0),
    (making_slots.make_slots, 600.0),
    (heads.sign_heads, 300.0),
    (retention.remove_old_days, 600.0),
    (clock.forget_answers, 3600.0),
    (clock.forget_sessions, 60.0),
)


class Command(BaseCommand):
    help = (
        "Mark no-shows, pass on offers that nobody took, close what past days left open, sign where "
        "the history stands, remove what is kept no longer, forget old answers; until stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do each duty once, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        duties = [Duty(act, every) for act, every in DUTIES]
        while not stopped.is_set():
            for duty in duties:
                if duty.due <= time.monotonic():
                    do(duty)
                    last_runs.write(
                        {one.act.__name__: one.done_at for one in duties if one.done_at}
                    )
            if options["once"]:
                return
            stopped.wait(1.0)


def do(duty: Duty) -> None:
    """A database that is away for a while, or a disk that is full, is no reason to stop for good."""
    close_old_connections()
    try:
        done = duty.act()
        if done:
            log.info("%s: %d", duty.act.__name__, done)
        duty.done_at = time.time()
    except (DatabaseError, OSError):
        log.exception("%s failed and will be tried again", duty.act.__name__)
    duty.due = time.monotonic() + duty.every
