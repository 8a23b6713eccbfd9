"""Lives one day of an outpatients' department, and tells in tables and a picture how it went."""

from __future__ import annotations

import os
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from queues.management.simulation import scratch
from queues.management.simulation.api import Api, Refusal, Unreachable
from queues.management.simulation.by_actions import DAY, ZONE, ActionHouse
from queues.management.simulation.by_api import ApiHouse
from queues.management.simulation.clock import HurriedClock, SimulatedClock, Stopped
from queues.management.simulation.day import Day
from queues.management.simulation.progress import Progress
from queues.rules.simulation.picture import picture
from queues.rules.simulation.plan import MOST_DOCTORS, SLOT_MINUTES, Plan, Timetable, draw
from queues.rules.simulation.story import Story
from queues.rules.simulation.tally import tally, text

KEY = "NEXTPATIENT_KEY"
SPEEDS = (1, 2, 3, 5, 6, 10, 15, 30, 60, 120, 240, 480)


class Command(BaseCommand):
    help = (
        "Live one made-up day through the real actions, in a database of its own; or with --live "
        "through the API of a running server, so that its screens move."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--doctors", type=int, default=3, help=f"1 to {MOST_DOCTORS}")
        parser.add_argument("--seed", type=int, default=7, help="the same seed, the same day")
        parser.add_argument("--live", default="", metavar="URL", help="of a running server")
        parser.add_argument(
            "--key",
            default="",
            help=f"an admin's key to its API; better in {KEY}, unseen by others",
        )
        parser.add_argument(
            "--speed", type=int, default=60, help="live: so many times as fast as a real day"
        )
        parser.add_argument("--clinic", default="", metavar="CODE", help="the clinic's code")
        parser.add_argument("--department", default="OPD", metavar="CODE", help="live: where")
        parser.add_argument("--picture", type=Path, metavar="FILE", help="an SVG; says where it is")
        parser.add_argument(
            "--here", action="store_true", help="in DATABASE_URL's own, which must be empty"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        doctors, seed, speed = options["doctors"], options["seed"], options["speed"]
        if not 1 <= doctors <= MOST_DOCTORS:
            raise CommandError(f"--doctors is 1 to {MOST_DOCTORS}.")
        if seed < 0:
            raise CommandError("--seed is a whole number from 0 on.")
        if speed not in SPEEDS:
            raise CommandError(f"--speed is one of {', '.join(map(str, SPEEDS))}.")
        target = _target(options["picture"] or settings.VAR / f"simulation-{seed}.svg")
        if options["live"]:
            plan = draw(seed, doctors, Timetable.of(max(SLOT_MINUTES, speed)))
            story = self._live(plan, speed, options)
        else:
            plan = draw(seed, doctors, Timetable.of(SLOT_MINUTES))
            if not options["here"]:
                self._start_anew(plan, target, options["clinic"])
            story = self._simulated(plan, options["clinic"] or "main")
        counted = tally(story)
        self.stdout.write(text(counted))
        target.write_text(picture(story, counted))
        self.stdout.write(f"\nThe day as a picture: {_shown(target)}")

    def _start_anew(self, plan: Plan, target: Path, clinic: str) -> None:
        path = settings.VAR / f"simulation-{plan.seed}.sqlite3"
        self.stdout.write(
            f"In a database of its own, {_shown(path)}; the hospital's is not touched."
        )
        self.stdout.flush()
        words = ["--doctors", str(len(plan.doctors)), "--seed", str(plan.seed)]
        named = ["--clinic", clinic] if clinic else []
        scratch.start_anew(path, "simulate_day", "--here", *words, *named, "--picture", str(target))

    def _simulated(self, plan: Plan, clinic: str) -> Story:
        scratch.make_tables()
        clock, progress = SimulatedClock(DAY, ZONE), Progress(self.stdout, plan.timetable)
        with clock.ruling():
            story = Day(plan, ActionHouse(plan, clock, clinic), clock, progress).live()
        progress.end()
        return story

    def _live(self, plan: Plan, speed: int, options: dict[str, Any]) -> Story:
        """As much of it as there is time for: Ctrl-C ends it, and leaves nobody waiting."""
        key = options["key"] or os.environ.get(KEY, "")
        if not key:
            raise CommandError(
                f"--live needs an admin's key: make one by ./dev manage api_key simulation "
                f"--role admin, and give it in {KEY} or by --key."
            )
        progress = Progress(self.stdout, plan.timetable)
        with _asked_to_stop() as stop:
            try:
                api = Api(options["live"], key, options["clinic"])
                clock = HurriedClock(speed, plan.timetable, stop)
                house = ApiHouse(plan, api, clock, options["department"])
                return self._as_far_as_it_goes(Day(plan, house, clock, progress), house, progress)
            except Unreachable as error:
                raise CommandError(str(error)) from error
            except Refusal as error:
                raise CommandError(f"The server refused a step of the day: {error}") from error

    def _as_far_as_it_goes(self, day: Day, house: ApiHouse, progress: Progress) -> Story:
        try:
            return day.live()
        except Stopped:
            return day.story
        finally:
            progress.end()
            self.stdout.write("Whoever of it still waits is taken off the server's lists.")
            house.clear()


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """A signal breaks into no request: it is heard when the day next waits."""
    stop = threading.Event()
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _target(picture: Path) -> Path:
    """Where the picture goes; said before the day is lived, not after it."""
    path = picture.absolute()
    if path.suffix.lower() != ".svg":
        raise CommandError(f"--picture is an SVG: {picture} does not end in .svg.")
    if not path.parent.is_dir():
        raise CommandError(f"--picture: there is no folder {path.parent}.")
    if path.is_dir():
        raise CommandError(f"--picture: {picture} is a folder.")
    return path


def _shown(path: Path) -> str:
    """As somebody reads it who stands in the project."""
    here = path.is_relative_to(settings.BASE_DIR)
    return str(path.relative_to(settings.BASE_DIR) if here else path)
