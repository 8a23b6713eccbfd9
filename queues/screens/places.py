"""Who waits in a department, in the order of their call, and how long each may still wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from queues.models import Department, Token
from queues.rules.priority import Priority
from queues.rules.waiting_time import Estimate, Waiting, schedule
from queues.screens.pace import desks_of, pace_of


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who waits: where they stand and how long it may take."""

    token: int
    label: str
    position: int
    estimate: Estimate | None
    assigned: int | None  # the counter it was given at issue

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
        .values_list("pk", "visit__label", "priority", "doctor_id", "assigned_id")
    )
    estimates: list[Estimate | None] = [None] * len(rows)
    if department.state == Department.State.OPEN:
        order = (
            Waiting(Priority(priority), doctor, assigned)
            for _pk, _label, priority, doctor, assigned in rows
        )
        estimates = schedule(order, desks_of(department), pace_of(department), now)
    return [
        Place(row[0], row[1], position, estimate, assigned=row[4])
        for position, (row, estimate) in enumerate(zip(rows, estimates, strict=True), start=1)
    ]
