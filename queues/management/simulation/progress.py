"""How far the day is: a bar on a terminal, and elsewhere a line an hour."""

from __future__ import annotations

from django.core.management.base import OutputWrapper

from queues.rules.simulation.plan import HOUR, MINUTE, Timetable
from queues.rules.simulation.story import Outcome, Story
from queues.rules.simulation.tally import clock

WIDTH = 32


class Progress:
    def __init__(self, out: OutputWrapper, timetable: Timetable) -> None:
        self.out = out
        self.timetable = timetable
        self.is_terminal = out.isatty()
        self.said = -1  # the hour, or the minute on a terminal

    def __call__(self, now: int, story: Story) -> None:
        each = MINUTE if self.is_terminal else HOUR
        if now < self.timetable.opens or now // each == self.said:
            return
        self.said = now // each
        if self.is_terminal:
            self.out.write(f"\r  {self._bar(now)} {_told(now, story)}\033[K", ending="")
        else:
            self.out.write(f"  {_told(now, story)}")
        self.out.flush()

    def end(self) -> None:
        if self.is_terminal and self.said >= 0:
            self.out.write("")

    def _bar(self, now: int) -> str:
        whole = self.timetable.closes - self.timetable.opens
        done = min(max(now - self.timetable.opens, 0) * WIDTH // whole, WIDTH)
        return "█" * done + "·" * (WIDTH - done)


def _told(now: int, story: Story) -> str:
    seen = sum(tale.outcome is Outcome.SEEN for tale in story.tales)
    waiting = sum(tale.is_here and tale.called is None for tale in story.tales)
    return f"{clock(now):>5}  {seen} seen, {waiting} wait"
