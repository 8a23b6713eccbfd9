"""How long things take, measured in turns, so that a noisy machine is noisy to all alike."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Protocol, TypeVar

R = TypeVar("R")
WARM_UP = 8  # turns
LEAST = 5  # turns, however long they take


@dataclass
class Times:
    """Every run of one thing: seconds on the clock, and seconds of CPU of this process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def of(self, act: Callable[[], R]) -> R:
        cpu, wall = time.process_time(), time.perf_counter()
        result = act()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)
        return result

    def forget(self) -> None:
        self.wall.clear()
        self.cpu.clear()

    @property
    def typical(self) -> float:
        return median(self.wall)

    def against(self, other: Times) -> float:
        """How many times as long as the other: the median of all turns, each for itself, so that
        what slows a turn down slows both."""
        return median(one / two for one, two in zip(self.wall, other.wall, strict=True))

    @property
    def cpu_ms(self) -> float:
        return mean(self.cpu) * 1000


class Record(Protocol):
    def forget(self) -> None: ...


def in_turns(
    turns: Sequence[Callable[[], None]], records: Iterable[Record], *, most: int, seconds: float
) -> None:
    """B A C, C A B …: so many turns, or as many as the seconds allow. The first do not count.

    The order is drawn anew for each turn, lest it fall in step with something else on the machine.
    """
    for _ in range(WARM_UP):
        for take in turns:
            take()
    for record in records:
        record.forget()
    until = time.perf_counter() + seconds
    for turn in range(most):
        for take in random.sample(turns, len(turns)):
            take()
        if turn + 1 >= LEAST and time.perf_counter() > until:
            break
