"""What somebody was shown of a row's settings when they began to type, until they send it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.http import HttpRequest

from queues.actions.changing import standing

SEEN = "seen"  # the name of the hidden field


def seen(request: HttpRequest) -> str:
    return request.POST.get(SEEN, "")


def to_see(request: HttpRequest, row: models.Model, names: Iterable[str], status: int) -> str:
    """What the page carries: how they stand now, for who looks or was just told that they changed.
    Whoever only mistyped goes on from what they saw at first."""
    return standing(row, names) if status in (200, 409) else seen(request)
