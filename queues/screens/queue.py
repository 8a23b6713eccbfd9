"""A department's queue as its screens show it, in the same few queries however long it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from queues.models import DayBook, Department, Token
from queues.rules.priority import Priority
from queues.rules.status import IN_HAND, Status
from queues.rules.waiting_time import Estimate, Waiting, schedule
from queues.screens.pace import desks_of, pace_of

NEXT_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who waits: where they stand and how long it may take."""

    token: int
    label: str
    position: int
    estimate: Estimate | None

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
        Place(row[0], row[1], position, estimate)
        for position, (row, estimate) in enumerate(zip(rows, estimates, strict=True), start=1)
    ]


def seq_of(department: Department) -> int:
    """The seq of the last change today: read it before the rows, never after."""
    clinic = department.clinic
    page = {"clinic": clinic, "ledger": str(department.pk), "day": clinic.service_day()}
    return next(iter(DayBook.objects.filter(**page).values_list("seq", flat=True)), 0)


def public_queue(department: Department) -> dict[str, Any]:
    """Labels only: what anybody may know."""
    now = timezone.now()
    seq = seq_of(department)
    return {
        "department": department.code,
        "state": department.state,
        "reason": department.state_reason,
        "as_of": now.isoformat(),
        "seq": seq,
        "serving": [
            {"label": token.visit.label, "counter": _code(token), "status": token.status}
            for token in in_hand(department)
        ],
        "waiting": [
            {
                "label": place.label,
                "position": place.position,
                "eta_minutes": place.estimate.minutes if place.estimate else None,
            }
            for place in places(department, now)
        ],
    }


def now_serving(department: Department) -> dict[str, Any]:
    now = timezone.now()
    seq = seq_of(department)
    following = Token.objects.waiting_at(department).in_call_order()
    return {
        "department": department.code,
        "as_of": now.isoformat(),
        "seq": seq,
        "serving": [
            {
                "label": token.visit.label,
                "counter": _code(token),
                "called_at": token.called_at.isoformat() if token.called_at else None,
            }
            for token in in_hand(department)
        ],
        "next": list(following.values_list("visit__label", flat=True)[:NEXT_SHOWN]),
    }


def in_hand(department: Department) -> list[Token]:
    """Who is called or served, the latest call first."""
    held = Token.objects.filter(department=department, status__in=IN_HAND)
    return list(held.select_related("visit", "counter").order_by("-announced_at"))


def _code(token: Token) -> str | None:
    return token.counter.code if token.counter else None


def token_answer(token: Token) -> dict[str, Any]:
    """One token with its place. `status_url` is left empty: it is a secret, filled in on leaving."""
    place = None
    if token.status == Status.WAITING:
        now = timezone.now()
        place = next((p for p in places(token.department, now) if p.token == token.pk), None)
    return {
        "id": str(token.public_id),
        "label": token.visit.label,
        "department": token.department.code,
        "priority": token.priority,
        "status": token.status,
        "position": place.position if place else None,
        "ahead": place.position - 1 if place else None,
        "eta": place.eta if place else None,
        "status_url": None,
        "counter": _code(token),
        "doctor_id": str(token.doctor.public_id) if token.doctor else None,
        "arrived_at": token.arrived_at.isoformat(),
        "called_at": _iso(token.called_at),
        "started_at": _iso(token.started_at),
        "ended_at": _iso(token.ended_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
