"""Who waits in a department, in the order of their call, and how long each may still wait."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Count, Min, QuerySet

from queues.models import Department, Token
from queues.models.statements import Columns, hole
from queues.models.token import TokenQuerySet
from queues.rules.priority import Priority
from queues.rules.waiting_time import Desk, Estimate, Pace, Waiting, behind, schedule
from queues.screens import estimates
from queues.screens.estimates import OwnTime
from queues.screens.pace import desks_of, pace_of

FIRST = 50  # whom a desk shows
_OF_EACH = ("pk", "visit__label", "priority", "doctor_id", "assigned_id", "appointment_id")


class Place(NamedTuple):  # a tuple: quicker made, and a board may have thousands
    """Somebody who waits: where they stand and how long it may take."""

    token: int
    label: str
    position: int
    estimate: Estimate | None
    assigned: int | None  # the counter it was given at issue
    time: OwnTime | None = None  # where an appointment brought them

    @property
    def eta(self) -> dict[str, int] | None:
        if self.estimate is None:
            return None
        return {
            "minutes": self.estimate.minutes,
            "from": self.estimate.from_minutes,
            "to": self.estimate.to_minutes,
        }


class Line(NamedTuple):
    """Who waits, and what their waits are reckoned from: none of it moves by itself."""

    rows: list[tuple[Any, ...]]
    desks: list[Desk]
    pace: Pace | None  # None where nobody is called

    def at(self, department: Department, now: datetime) -> list[Place]:
        """Where each of them stands at that moment."""
        times = _own_times(department, [row[-1] for row in self.rows])
        reckoned: list[Estimate | None] = [None] * len(self.rows)
        if self.pace:
            alike: dict[tuple[str, int | None, int | None], Waiting] = {}
            order = [
                alike.get(kind) or alike.setdefault(kind, Waiting(Priority(kind[0]), *kind[1:]))
                for kind in (row[2:5] for row in self.rows)
            ]
            due = {place: time.due for place, time in times.items()}
            reckoned = schedule(order, self.desks, self.pace, now, due)
        made = tuple.__new__  # of thousands it takes a quarter of the time
        return [
            made(Place, (row[0], row[1], place + 1, estimate, row[4], times.get(place)))
            for place, (row, estimate) in enumerate(zip(self.rows, reckoned, strict=True))
        ]


class Crowd(NamedTuple):
    """How many wait in a department, of them with an appointment, and since when the first."""

    size: int = 0
    appointed: int = 0
    since: datetime | None = None


def crowd_at(department: Department) -> Crowd:
    counted = _crowd().all(department=department)
    return Crowd(*counted[0]) if counted else Crowd()


def line_of(
    department: Department, desks: list[Desk] | None = None, *, only_first: bool = False
) -> Line:
    """Read, but for the open desks where they are known. How long the first wait does not rest on
    those behind them, unless a doctor expects one of these at a time."""
    rows = (_first() if only_first else _waiting()).all(department=department)
    if department.state != Department.State.OPEN:
        return Line(rows, [], None)
    return Line(rows, desks_of(department) if desks is None else desks, pace_of(department))


def places(department: Department, now: datetime) -> list[Place]:
    """Everybody who waits, in the order in which they will be called."""
    return line_of(department).at(department, now)


def of_one(token: Token, now: datetime) -> Place | None:
    """Of one who waits, without a look at each of the others; only where all of them are alike, and
    so are the desks."""
    line, department = Token.objects.line_of(token), token.department
    desks = desks_of(department)
    if line.bound or any(desk.serves is not None for desk in desks):
        return None
    reckoned = None
    if department.state == Department.State.OPEN:
        reckoned = behind(line.position - 1, desks, pace_of(department), now)
    return Place(token.pk, token.visit.label, line.position, reckoned, assigned=None)


@cache
def _waiting() -> Columns:
    return Columns(_in_order())


@cache
def _first() -> Columns:
    return Columns(_in_order()[:FIRST])


def _in_order() -> QuerySet[Token, tuple[Any, ...]]:
    return _here().in_call_order().values_list(*_OF_EACH)


@cache
def _crowd() -> Columns:
    counted = (
        _here()
        .order_by()
        .values("department")
        .annotate(size=Count("pk"), appointed=Count("appointment"), since=Min("arrived_at"))
    )
    return Columns(counted.values_list("size", "appointed", "since"))


def _here() -> TokenQuerySet:
    return Token.objects.waiting_at(hole("department", Token))


def _own_times(department: Department, appointments: list[int | None]) -> dict[int, OwnTime]:
    """By place in the order; a department that is not visited by appointment is asked nothing."""
    if not any(appointments):
        return {}
    known = estimates.of_waiting(department)
    return {place: known[one] for place, one in enumerate(appointments) if one in known}
