"""A department that is looked at: who looks, and what they were told last."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from uuid import UUID

from queues.live.line import Line
from queues.live.messages import Told, Wish
from queues.screens.boards import Version


class Room:
    def __init__(self, department: UUID) -> None:
        self.department = department
        self.lines: defaultdict[Wish, set[Line]] = defaultdict(set)
        self.moved = asyncio.Event()
        self.version: Version | None = None
        self.read_at = 0.0
        self.true_at: float | None = None  # when what they were told was last seen to be so

    def admit(self, line: Line, wish: Wish) -> None:
        self.lines[wish].add(line)
        self.moved.set()

    def forget(self, line: Line, wish: Wish) -> None:
        self.lines[wish].discard(line)
        if not self.lines[wish]:
            del self.lines[wish]

    def hear(self, version: Version) -> None:
        """A hint, which may tell of what is known already."""
        if self.version is None or version > self.version:
            self.moved.set()

    def tell(self, told: Told, began: float) -> None:
        """What was read from `began` on."""
        self.version, self.read_at, self.true_at = told.version, began, began
        for wish, lines in self.lines.items():
            if wish not in told.texts:
                self.moved.set()  # somebody came while we were reading
                continue
            text = told.texts[wish]
            for line in lines:
                line.put_if_new(self.department, text)

    def compare(self, now_is: Version | None, began: float, renewed_every: float) -> None:
        """With the database as it was at `began`; None on a day on which nothing has happened."""
        if self.version and (now_is or (self.version[0], 0)) == self.version:
            self.true_at = began
        else:
            self.moved.set()
        if began - self.read_at > renewed_every:
            self.moved.set()
