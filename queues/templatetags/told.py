"""Events as `screens.history` tells them, in the words of a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template

from queues.models import Kind
from queues.rules.priority import Priority
from queues.screens import changes, words

register = template.Library()
register.filter("by", words.by)


@register.filter
def moment(text: str) -> datetime:
    """For the date filters, which show it on the clinic's clock."""
    return datetime.fromisoformat(text)


@register.filter
def happened(kind: str) -> str:
    return str(words.EVENT[Kind(kind)])


@register.filter
def change(event: Mapping[str, Any]) -> str:
    return changes.change(event["kind"], event["before"], event["after"])


@register.filter
def why(event: Mapping[str, Any]) -> str:
    return words.reason(event["kind"], event["reason"])


@register.filter
def place(origin: str) -> str:
    """From where it was done."""
    return str(words.ORIGIN.get(origin, origin))


@register.filter
def priorities(codes: list[str]) -> str:
    return ", ".join(str(words.PRIORITY[Priority(code)]) for code in codes)


@register.filter
def priority_word(code: str) -> str:
    return str(words.PRIORITY[Priority(code)])
