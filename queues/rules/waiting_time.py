"""How long each of a queue will wait, as an honest range.

The queue is played forward once: whoever is next takes the desk that comes free first among
those that may take them. Each desk carries the mean and the variance of the moment it comes
free; the range is the middle 60 % of a normal around it (p20 to p80).

Whoever has a time with a doctor is reckoned at that time or later, and those of one doctor one
after another. That delays nobody else: a room that comes free calls who is next in line, and may
well do so before their time.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from statistics import quantiles
from typing import NamedTuple

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


class Waiting(NamedTuple):
    """What matters of somebody who waits; many are alike, which makes the pass quick."""

    priority: Priority
    doctor: Hashable = None
    desk: int | None = None  # the counter it was assigned to

    def unassigned(self) -> Waiting:
        return self._replace(desk=None)


class Estimate(NamedTuple):  # a tuple: quicker made, and thousands of them are
    """Seconds until the call: the middle, the 20th and the 80th percentile."""

    middle: float
    early: float
    late: float
    desk: int | None  # none: no desk that may take them is open, and only their time is known
    desks: int = 1  # so many may take them
    not_before: float = 0.0  # their own time
    by_time: bool = False  # it is their time that they wait for, and not those ahead of them

    @property
    def minutes(self) -> int:
        return max(round(self.middle / 60), self._least)

    @property
    def from_minutes(self) -> int:
        return max(int(self.early // 60), self._least)

    @property
    def to_minutes(self) -> int:
        return _up(self.late)

    @property
    def _least(self) -> int:
        """Nothing is rounded to before their time."""
        return _up(self.not_before)


_made = tuple.__new__  # of thousands it takes a quarter of the time


def _up(seconds: float) -> int:
    return -int(-seconds // 60)


class _Time(NamedTuple):
    """In how many seconds somebody's own time comes, and when the doctor will come to it."""

    due: float
    begins: float


AT_ONCE = _Time(0.0, 0.0)


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

    def pass_over(self, visits: int, pace: Pace) -> None:
        """So many are taken here of whom nobody asks."""
        self.free_at += visits * pace.typical
        self.variance += visits * pace.spread**2

    def take(self, pace: Pace, time: _Time, desks: int) -> Estimate:
        begins, variance = self.free_at, self.variance
        self.free_at = begins + pace.typical  # as `pass_over` does, a call less
        self.variance = variance + pace.spread**2
        due, due_begins = time
        by_time = due_begins > begins
        if by_time:  # then somebody else's visit goes on until then
            begins, variance = due_begins, self.variance
        either_way = Z_20_80 * variance**0.5
        early, late = max(due, begins - either_way), begins + either_way
        return _made(Estimate, (begins, early, late, self.desk.key, desks, due, by_time))


_free_at = attrgetter("free_at")


def schedule(
    waiting: Sequence[Waiting],
    desks: Sequence[Desk],
    pace: Pace,
    now: datetime,
    times: Mapping[int, datetime] | None = None,
) -> list[Estimate | None]:
    """An estimate for each who waits, in their order; None where no open desk may take them.

    `times` are those at which a doctor expects somebody, by their place in the order.
    """
    lines = [_Line(desk, pace, now) for desk in desks]
    open_desks = {desk.key for desk in desks}
    ahead = _one_after_another(waiting, times or {}, pace, now)
    eligible: dict[Waiting, list[_Line]] = {}
    estimates: list[Estimate | None] = []
    before: Waiting | None = None
    for place, person in enumerate(waiting):
        if person is not before:  # else the same desks may take them
            if person not in eligible:
                # Assigned to a desk that has closed since: anybody's.
                free = person if person.desk in open_desks else person.unassigned()
                eligible[person] = [line for line in lines if line.desk.takes(free)]
            able, before = eligible[person], person
        time = ahead.get(place, AT_ONCE)
        if able:
            estimates.append(min(able, key=_free_at).take(pace, time, len(able)))
        else:
            estimates.append(_by_time_alone(time, pace) if time.due else None)
    return estimates


def behind(ahead: int, desks: Sequence[Desk], pace: Pace, now: datetime) -> Estimate | None:
    """For whoever has so many ahead of them, where any desk may take any of them: the same as
    `schedule` has for their place, without playing each visit."""
    lines = [_Line(desk, pace, now) for desk in desks]
    while ahead and lines:
        free = [line.free_at for line in lines]
        if ahead >= len(lines) and max(free) - min(free) < pace.typical:
            rounds, ahead = divmod(ahead, len(lines))  # from here on the desks take turns
            for line in lines:
                line.pass_over(rounds, pace)
        else:
            min(lines, key=_free_at).pass_over(1, pace)
            ahead -= 1
    return min(lines, key=_free_at).take(pace, AT_ONCE, len(lines)) if lines else None


def _one_after_another(
    waiting: Sequence[Waiting], times: Mapping[int, datetime], pace: Pace, now: datetime
) -> dict[int, _Time]:
    """The times that are still to come, by place. Whoever was to be seen before somebody else is,
    also where they go behind them in the line; an emergency is called first, and has no time."""
    due = {place: (at - now).total_seconds() for place, at in times.items()}
    through: dict[Hashable, float] = {}  # when each doctor will be, with those reckoned so far
    found: dict[int, _Time] = {}
    for place in sorted(due, key=lambda place: (due[place], place)):
        person = waiting[place]
        if due[place] <= 0 or person.priority is Priority.EMERGENCY:
            continue
        begins = max(due[place], through.get(person.doctor, 0.0))
        through[person.doctor] = begins + pace.typical
        found[place] = _Time(due[place], begins)
    return found


def _by_time_alone(time: _Time, pace: Pace) -> Estimate:
    """The room is not open yet: the doctor is expected in it by then."""
    late = time.begins + Z_20_80 * pace.spread
    return Estimate(time.begins, time.due, late, None, 0, time.due, by_time=True)
