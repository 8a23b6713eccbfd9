"""Events as `screens.history` tells them, in the words of a page."""

from __future__ import annotations

from datetime import datetime

from django import template

from queues.models import Kind
from queues.rules.priority import Priority
from queues.screens import words

register = template.Library()


@register.filter
def moment(text: str) -> datetime:
    """For the date filters, which show it on the clinic's clock."""
    return datetime.fromisoformat(text)


@register.filter
def happened(kind: str) -> str:
    return str(Kind(kind).label)


@register.filter
def priorities(codes: list[str]) -> str:
    return ", ".join(str(words.PRIORITY[Priority(code)]) for code in codes)
