"""How far each ledger of today has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from queues.models import DayBook


@dataclass(frozen=True)
class Ledger:
    clinic: str
    ledger: str  # the department's code, or 'clinic'
    seq: int


def ledgers_of_today() -> list[Ledger]:
    now = timezone.now()
    near = (now - timedelta(days=2)).date()  # of the days that some zone may call today
    books = DayBook.objects.filter(day__gte=near).select_related("clinic", "department")
    return [
        Ledger(book.clinic.code, book.department.code if book.department else book.ledger, book.seq)
        for book in books
        if book.day == book.clinic.service_day(now)
    ]
