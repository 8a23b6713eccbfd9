"""A queue as long as a test needs it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from queues.models import DayBook, Department, Patient, Token, Visit
from queues.rules.links import hashed, nonce
from queues.rules.priority import Priority


def wait_in(department: Department, how_many: int) -> None:
    """Straight into the tables: the pages only look at them."""
    clinic, now = department.clinic, timezone.now()
    day = clinic.service_day(now)
    ledger = str(department.pk)
    book, _ = DayBook.objects.get_or_create(
        clinic=clinic, department=department, ledger=ledger, day=day
    )
    for number in range(how_many):
        patient = Patient.objects.create(
            name=f"Crowd {number}",
            number=f"PC{department.pk}-{number}",
            registered_on=day,
            registered_at=clinic,
        )
        key = nonce()
        visit = Visit.objects.create(
            clinic=clinic,
            patient=patient,
            day=day,
            label=f"{department.prefix}-9{number:03d}",
            nonce=key,
            link_hash=hashed(key),
        )
        arrived_at = now - timedelta(minutes=number)
        Token.objects.create(
            visit=visit,
            department=department,
            daybook=book,
            issued_seq=10_000 + number,
            priority=Priority.WALK_IN,
            arrived_at=arrived_at,
            changed_at=arrived_at,
            **department.place(Priority.WALK_IN, arrived_at),
        )


def everybody_leaves() -> None:
    """So that another crowd can come."""
    Token.objects.filter(visit__patient__name__startswith="Crowd").delete()
    Visit.objects.filter(patient__name__startswith="Crowd").delete()
    Patient.objects.filter(name__startswith="Crowd").delete()
