"""Whatever has a code that people type or put into an address: found in any case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model

from queues.models import statements
from queues.models.clinic import Clinic
from queues.models.counter import Counter
from queues.models.department import Department
from queues.models.doctor import Doctor

Coded = TypeVar("Coded", Clinic, Department, Counter, Doctor)


def by_code(model: type[Coded], code: str, *related: str, **where: Model) -> Coded | None:
    """By its code in any case, and first as it is written, which is quicker. The databases find more
    than that: they pad, trim and cut at NUL."""
    found = statements.every(model, {**where, "code": code}, *related)
    if not (its := _coded(found, code)):
        rows = (
            model._default_manager.select_related(*related) if related else model._default_manager
        )
        its = _coded(rows.filter(**where, code__iexact=code), code)
    return its


def _coded(rows: Iterable[Coded], code: str) -> Coded | None:
    return next((row for row in rows if (row.code or "").lower() == code.lower()), None)
