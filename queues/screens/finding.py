"""Somebody of today whom the desk looks for, in whatever state they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from queues.models import Department, Token
from queues.rules.status import Move, Status
from queues.screens import words
from queues.screens.number import moves_from
from queues.screens.today import ended_today

SHOWN = 20
OF_EACH = ("visit__patient", "counter")


@dataclass(frozen=True, slots=True)
class Found:
    token: Token
    standing: str
    moves: list[tuple[Move, Any]]


def found(department: Department, text: str, now: datetime) -> list[Found]:
    """Everybody of this department whom the text fits: who is here, then who has left."""
    fits = Token.objects.matching(text)
    here = Token.objects.live().filter(department=department).select_related(*OF_EACH) & fits
    gone = ended_today(department, now).select_related(*OF_EACH) & fits
    both = [*here.in_call_order()[:SHOWN], *gone.order_by("-ended_at")[:SHOWN]]
    return [
        Found(token, words.stands(token), moves_from(Status(token.status)))
        for token in both[:SHOWN]
    ]
