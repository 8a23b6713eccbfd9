"""`{{ 12|digits }}`, `{{ now|clock }}`, `{{ estimate|wait }}`: as the reader writes them."""

from __future__ import annotations

from datetime import datetime, time

from django import template

from queues.rules.waiting_time import Estimate
from queues.screens import digits as written
from queues.screens import waits

register = template.Library()


@register.filter(is_safe=True)
def digits(text: object) -> str:
    return written.digits(text)


@register.filter
def clock(moment: datetime) -> str:
    return written.clock(moment)


@register.filter
def hour(at: time) -> str:
    return written.hour(at)


@register.filter
def wait(estimate: Estimate | None) -> str:
    return waits.wait(estimate)
