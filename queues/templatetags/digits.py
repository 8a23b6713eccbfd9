"""`{{ 12|digits }}`, `{{ now|clock }}`, `{{ estimate|wait }}`: as the reader writes them."""

from __future__ import annotations

from datetime import date, datetime, time

from django import template
from django.utils import timezone

from queues.rules.waiting_time import Estimate
from queues.screens import days, waits
from queues.screens import digits as written

register = template.Library()


@register.filter(is_safe=True)
def digits(text: object) -> str:
    return written.digits(text)


@register.filter
def clock(moment: datetime) -> str:
    return written.clock(moment)


@register.filter
def full_day(moment: date) -> str:
    """Monday, November 23, 2026; of a moment, on the clock that is active."""
    return days.in_full(timezone.localdate(moment) if isinstance(moment, datetime) else moment)


@register.filter
def hour(at: time) -> str:
    return written.hour(at)


@register.filter
def wait(estimate: Estimate | None) -> str:
    return waits.wait(estimate)
