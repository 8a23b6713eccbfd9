"""How long each of a queue will wait, as an honest range.

The queue is played forward once: whoever is next takes the desk that comes free first among
those that may take them. Each desk carries the mean and the variance of the moment it comes
free; the range is the middle 60 % of a normal around it (p20 to p80).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import quantiles

from queues.rules.priority import Priority

Z_20_80 = 0.8416  # from the middle of a normal to its 20th and 80th percentile
PRIOR_WEIGHT = 5  # the prior speaks as loudly as this many visits
PRIOR_SPREAD = 0.6  # standard deviation of a visit, as a part of its length, before any history
LEAST_LEFT = 0.25  # a visit that overruns is expected to need this part of a visit more


@dataclass(frozen=True)
class Pace:
    """How long a department keeps one patient at a desk, in seconds."""

    typical: float
    spread: float

    @classmethod
    def learnt(cls, visits: Sequence[float], prior_minutes: float) -> Pace:
        """Median and spread of recent visits, leaning on the prior while they are few."""
        prior = prior_minutes * 60
        prior_spread = prior * PRIOR_SPREAD
        if len(visits) < 2:
            known = PRIOR_WEIGHT
            typical = (prior * known + sum(visits)) / (known + len(visits))
            return cls(typical, prior_spread)
        deciles = quantiles(visits, n=10, method="inclusive")
        median, spread = deciles[4], (deciles[7] - deciles[1]) / (2 * Z_20_80)
        trust = len(visits) / (len(visits) + PRIOR_WEIGHT)
        return cls(
            median * trust + prior * (1 - trust), spread * trust + prior_spread * (1 - trust)
        )


@dataclass(frozen=True)
class Desk:
    """An open counter: what it takes, and since when it has been busy."""

    key: int
    serves: frozenset[str] | None = None  # None: every priority
    doctor: Hashable = None
    busy_since: datetime | None = None

    def takes(self, waiting: Waiting) -> bool:
        return (
            (self.serves is None or waiting.priority in self.serves)
            and (waiting.doctor is None or waiting.doctor == self.doctor)
            and (waiting.desk is None or waiting.desk == self.key)
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What matters of somebody who waits; many are alike, which makes the pass quick."""

    priority: Priority
    doctor: Hashable = None
    desk: int | None = None  # the counter it was assigned to

    def unassigned(self) -> Waiting:
        return self if self.desk is None else replace(self, desk=None)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds until the call: the middle, the 20th and the 80th percentile."""

    middle: float
    early: float
    late: float
    desk: int

    @property
    def minutes(self) -> int:
        return round(self.middle / 60)

    @property
    def from_minutes(self) -> int:
        return int(self.early // 60)

    @property
    def to_minutes(self) -> int:
        return -int(-self.late // 60)


class _Line:
    """One desk while the queue is played forward."""

    __slots__ = ("desk", "free_at", "variance")

    def __init__(self, desk: Desk, pace: Pace, now: datetime) -> None:
        self.desk = desk
        self.free_at = 0.0
        self.variance = 0.0
        if desk.busy_since is not None:
            busy = (now - desk.busy_since).total_seconds()
            self.free_at = max(pace.typical - busy, pace.typical * LEAST_LEFT)
            self.variance = pace.spread**2 * min(1.0, self.free_at / pace.typical)

    def take(self, pace: Pace) -> Estimate:
        either_way = Z_20_80 * self.variance**0.5
        estimate = Estimate(
            self.free_at,
            max(0.0, self.free_at - either_way),
            self.free_at + either_way,
            self.desk.key,
        )
        self.free_at += pace.typical
        self.variance += pace.spread**2
        return estimate


def schedule(
    waiting: Iterable[Waiting], desks: Sequence[Desk], pace: Pace, now: datetime
) -> list[Estimate | None]:
    """An estimate for each who waits, in their order; None where no open desk may take them."""
    lines = [_Line(desk, pace, now) for desk in desks]
    open_desks = {desk.key for desk in desks}
    eligible: dict[Waiting, list[_Line]] = {}
    estimates: list[Estimate | None] = []
    for person in waiting:
        if person not in eligible:
            # Assigned to a desk that has closed since: anybody's.
            free = person if person.desk in open_desks else person.unassigned()
            eligible[person] = [line for line in lines if line.desk.takes(free)]
        first_free = min(eligible[person], key=_free_at, default=None)
        estimates.append(first_free.take(pace) if first_free else None)
    return estimates


def _free_at(line: _Line) -> float:
    return line.free_at
