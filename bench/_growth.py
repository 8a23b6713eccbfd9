"""What must not slow down as a hospital grows: a longer queue, and years of history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from bench._contenders import Ours, service
from bench._hospital import Hospital
from bench._stopwatch import Times, in_turns
from bench._table import at_most, table
from queues.models import Patient
from queues.screens import boards
from queues.screens.desk import desk

JUST_NOW = timedelta(minutes=2)


class Place:
    """A department at work. For each who is served another comes: the queue keeps its length."""

    def __init__(self, hospital: Hospital, code: str, newcomers: Sequence[Patient]) -> None:
        hospital.enter()
        self.hospital, self.newcomers = hospital, iter(newcomers)
        self.counter = hospital.counter(code)
        self.ours = Ours(self.counter, hospital.nurse())
        self.times: dict[str, Times] = {}

    def work(self) -> None:
        self.hospital.enter()
        acts = service(self.ours, next(self.newcomers))
        for action in ("call", "complete", "issue"):
            self._measure(action, acts[action])

    def work_and_watch(self) -> None:
        """Also what is looked at all day: by anybody, in the waiting room, at the desk."""
        self.work()
        department = self.counter.department
        self._measure("board", lambda: boards.read(department))
        self._measure("desk", self._look_at_desk)

    def _look_at_desk(self) -> None:
        now = timezone.now()
        shown = desk(
            self.counter.department,
            my_counter=self.counter.code,
            everybody=False,
            now=now,
            just_now=now - JUST_NOW,
        )
        for part in shown.values():  # the template would read them
            if isinstance(part, QuerySet):
                list(part)

    def _measure(self, name: str, act: Callable[[], Any]) -> None:
        self.times.setdefault(name, Times()).of(act)

    def forget(self) -> None:
        self.times.clear()


def longer_queue(short: Place, long: Place, *, turns: int, seconds: float) -> str:
    in_turns([short.work, long.work], [short, long], most=turns, seconds=seconds)
    head = ["ms", "50 waiting", "5,000 waiting", "times as long", "goal", ""]
    return table("A longer queue", head, _rows(short, long, goal=1.5))


def older_hospital(new: Place, old: Place, tokens: int, *, turns: int, seconds: float) -> str:
    in_turns([new.work_and_watch, old.work_and_watch], [new, old], most=turns, seconds=seconds)
    head = ["ms", "no old tokens", f"{tokens:,} old tokens", "times as long", "goal", ""]
    return table("Years of history", head, _rows(new, old, goal=1.2))


def _rows(small: Place, large: Place, *, goal: float) -> list[list[str]]:
    rows = []
    for name, times in small.times.items():
        longer = large.times[name]
        figures = [f"{each.typical * 1000:.2f}" for each in (times, longer)]
        rows.append([name, *figures, *at_most(longer.against(times), goal)])
    return rows
