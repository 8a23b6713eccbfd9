"""The figures of a department's day: what was done, how long people waited."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from queues.models import Clinic, Department, Token
from queues.models.statements import Columns, hole
from queues.models.token import TokenQuerySet
from queues.rules.status import LIVE, Status

ENDED = [status for status in Status if status not in LIVE]
BY_PEOPLE = Q(closed_by_clock=False)  # what the clock ended says nothing about the day


def began_at(clinic: Clinic, now: datetime) -> datetime:
    """Since when it is today, by the clinic's own day."""
    begins, _ends = clinic.span_of(clinic.service_day(now))
    return begins


def ended_today(department: Department, now: datetime) -> TokenQuerySet:
    """Everybody whose wait here is over."""
    return ended_since(department, began_at(department.clinic, now))


def ended_since(department: Department | RawSQL, since: datetime | RawSQL) -> TokenQuerySet:
    return Token.objects.filter(department=department, status__in=ENDED, ended_at__gte=since)


def figures(department: Department, now: datetime) -> dict[str, int | None]:
    """Whole minutes, and None where nobody was there to be measured."""
    of_today = _of_ended().all(department=department, since=began_at(department.clinic, now))
    completed, no_show, wait, service = of_today[0] if of_today else (0, 0, None, None)
    return {
        "completed": completed,
        "no_show": no_show,
        "wait": whole_minutes(wait),
        "service": whole_minutes(service),
    }


@cache
def _of_ended() -> Columns:
    here = ended_since(hole("department", Token), hole("since", Token, "ended_at"))
    served = Q(status=Status.COMPLETED)
    return Columns(
        here.order_by()
        .values("department")
        .annotate(
            completed=Count("pk", filter=served),
            no_show=Count("pk", filter=Q(status=Status.NO_SHOW)),
            wait=Avg(_span(F("arrived_at"), F("called_at")), filter=served & BY_PEOPLE),
            service=Avg(begun_until_ended(), filter=served & BY_PEOPLE),
        )
        .values_list("completed", "no_show", "wait", "service")
    )


def whole_minutes(span: timedelta | None) -> int | None:
    return None if span is None else max(0, int(span.total_seconds() // 60))


def begun_until_ended() -> Any:
    """A service that nobody marked as begun began with the call."""
    return _span(Coalesce("started_at", "called_at"), F("ended_at"))


def _span(start: F | Coalesce, end: F) -> Any:
    return ExpressionWrapper(end - start, output_field=DurationField())
