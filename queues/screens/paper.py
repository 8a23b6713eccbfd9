"""What is printed for the hour without power, and what of it has come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from queues.models import Department, PaperNumber, Token
from queues.rules.priority import Priority
from queues.rules.status import IN_HAND, LIVE, Status
from queues.screens import words


@dataclass(frozen=True)
class Batch:
    """Numbers that were printed together."""

    numbers: list[PaperNumber]

    @property
    def first(self) -> PaperNumber:
        return self.numbers[0]

    @property
    def last(self) -> PaperNumber:
        return self.numbers[-1]

    @property
    def open(self) -> int:
        return sum(number.visit_id is None for number in self.numbers)


@dataclass(frozen=True)
class Row:
    """Somebody in the queue, as staff read them from paper."""

    token: Token
    place: int | None
    age: int | None
    priority: str
    state: str


def overview(department: Department) -> dict[str, Any]:
    """What was printed of late, the newest first, and how much of it is still out."""
    printed = to_take_in(department).in_order()
    batches = [Batch(list(together)) for _at, together in groupby(printed, _printed_at)]
    return {"batches": batches[::-1], "open": sum(batch.open for batch in batches)}


def to_take_in(department: Department) -> Any:
    return PaperNumber.objects.to_take_in(department, department.clinic.service_day())


def sheet(department: Department, first: PaperNumber | None) -> dict[str, Any]:
    """The queue as it stands; with the numbers that were printed with this one and are still out."""
    blanks = PaperNumber.objects.none()
    if first:
        together = department.paper_numbers.filter(printed_at=first.printed_at)
        blanks = together.open().in_order()
    rows = _queue(department)
    return {
        "rows": rows,
        "doctors": any(row.token.doctor_id for row in rows),
        "blanks": list(blanks),
        "now": timezone.now(),
    }


def _queue(department: Department) -> list[Row]:
    """Who is at a counter, then who waits in the order of their call, then who is on hold."""
    today = department.clinic.service_day()
    live = Token.objects.live().filter(department=department).in_call_order()
    tokens = list(live.select_related("visit__patient", "counter", "doctor", "assigned"))
    in_hand = [token for token in tokens if token.status in IN_HAND]
    waiting = [token for token in tokens if token.status == Status.WAITING]
    held = [token for token in tokens if token.status in LIVE - IN_HAND - {Status.WAITING}]
    places = {token.pk: place for place, token in enumerate(waiting, start=1)}
    return [
        Row(
            token,
            places.get(token.pk),
            token.visit.patient.age(today),
            str(words.PRIORITY[Priority(token.priority)]),
            str(words.STATUS[Status(token.status)]),
        )
        for token in [*in_hand, *waiting, *held]
    ]


def _printed_at(number: PaperNumber) -> datetime:
    return number.printed_at
