"""Events as `screens.history` tells them, in the words of a page."""

from __future__ import annotations

from datetime import datetime

from django import template

from queues.models import Kind

register = template.Library()


@register.filter
def moment(text: str) -> datetime:
    """For the date filters, which show it on the clinic's clock."""
    return datetime.fromisoformat(text)


@register.filter
def happened(kind: str) -> str:
    return str(Kind(kind).label)
