"""The figures of a department's day: what was done, how long people waited, who waits longest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Min, Q
from django.db.models.functions import Coalesce

from queues.models import Clinic, Department, Token
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


def ended_since(department: Department, since: datetime) -> TokenQuerySet:
    return Token.objects.filter(department=department, status__in=ENDED, ended_at__gte=since)


def figures(department: Department, now: datetime) -> dict[str, int | None]:
    """Whole minutes, and None where nobody was there to be measured."""
    served = Q(status=Status.COMPLETED)
    told = ended_today(department, now).aggregate(
        completed=Count("pk", filter=served),
        no_show=Count("pk", filter=Q(status=Status.NO_SHOW)),
        wait=Avg(_span(F("arrived_at"), F("called_at")), filter=served & BY_PEOPLE),
        service=Avg(begun_until_ended(), filter=served & BY_PEOPLE),
    )
    first = Token.objects.waiting_at(department).aggregate(Min("arrived_at"))["arrived_at__min"]
    return {
        "completed": told["completed"],
        "no_show": told["no_show"],
        "wait": whole_minutes(told["wait"]),
        "service": whole_minutes(told["service"]),
        "longest": whole_minutes(now - first) if first else None,
    }


def whole_minutes(span: timedelta | None) -> int | None:
    return None if span is None else max(0, int(span.total_seconds() // 60))


def begun_until_ended() -> Any:
    """A service that nobody marked as begun began with the call."""
    return _span(Coalesce("started_at", "called_at"), F("ended_at"))


def _span(start: F | Coalesce, end: F) -> Any:
    return ExpressionWrapper(end - start, output_field=DurationField())
