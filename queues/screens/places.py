"""Who waits in a department, in the order of their call, and how long each may still wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from queues.models import Department, Token
from queues.rules.priority import Priority
from queues.rules.waiting_time import Estimate, Waiting, schedule
from queues.screens import estimates
from queues.screens.estimates import OwnTime
from queues.screens.pace import desks_of, pace_of


@dataclass(frozen=True, slots=True)
class Place:
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


def places(department: Department, now: datetime) -> list[Place]:
    """Everybody who waits, in the order in which they will be called."""
    rows = list(
        Token.objects.waiting_at(department)
        .in_call_order()
        .values_list("pk", "visit__label", "priority", "doctor_id", "assigned_id", "appointment_id")
    )
    times = _own_times(department, [row[-1] for row in rows])
    reckoned: list[Estimate | None] = [None] * len(rows)
    if department.state == Department.State.OPEN:
        order = [
            Waiting(Priority(priority), doctor, assigned)
            for _pk, _label, priority, doctor, assigned, _appointment in rows
        ]
        due = {place: time.due for place, time in times.items()}
        reckoned = schedule(order, desks_of(department), pace_of(department), now, due)
    return [
        Place(row[0], row[1], place + 1, estimate, assigned=row[4], time=times.get(place))
        for place, (row, estimate) in enumerate(zip(rows, reckoned, strict=True))
    ]


def _own_times(department: Department, appointments: list[int | None]) -> dict[int, OwnTime]:
    """By place in the order; a department that is not visited by appointment is asked nothing."""
    if not any(appointments):
        return {}
    known = estimates.of_waiting(department)
    return {place: known[one] for place, one in enumerate(appointments) if one in known}
