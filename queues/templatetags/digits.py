"""`{{ 12|digits }}` and `{{ now|clock }}`: numbers and times as the reader writes them."""

from __future__ import annotations

from datetime import datetime

from django import template

from queues.screens import digits as written

register = template.Library()


@register.filter(is_safe=True)
def digits(text: object) -> str:
    return written.digits(text)


@register.filter
def clock(moment: datetime) -> str:
    return written.clock(moment)
