"""What a patient's own page says: their number, their place, where to go. Never a name."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from queues.models import Department, Token, Visit
from queues.rules.status import IN_HAND, LIVE, Status
from queues.screens import boards, words
from queues.screens.boards import Board
from queues.screens.places import Place


def is_over(visit: Visit) -> bool:
    """A link ends with its service day, unless its patient still waits."""
    past = visit.day < visit.clinic.service_day()
    return past and not visit.tokens.filter(live=True).exists()


def visit(of: Visit) -> dict[str, Any]:
    stops = list(
        of.tokens.select_related("visit", "department__clinic", "counter", "doctor").order_by(
            "arrived_at", "pk"
        )
    )
    return {
        "visit": of,
        "clinic": of.clinic,
        "now": timezone.now(),
        "live": [_stop(token) for token in stops if token.status in LIVE],
        "past": [_told(token) for token in stops if token.status not in LIVE],
    }


def _told(token: Token) -> dict[str, Any]:
    return {
        "token": token,
        "department": token.department,
        "status": words.STATUS[Status(token.status)],
        "counter": token.counter,
    }


def _stop(token: Token) -> dict[str, Any]:
    """One wait: where it stands, and how long it may still take."""
    told = {**_told(token), "is_called": token.status in IN_HAND, "closed": _closed(token)}
    if token.status != Status.WAITING:
        return told
    board = boards.newest(token.department)
    place = board.by_label.get(token.visit.label)
    if not isinstance(place, Place):  # called a moment ago: the next refresh says where to
        return told
    counters = token.department.counters.filter(is_open=True).count()
    return {
        **told,
        "position": place.position,
        "ahead": place.position - 1,
        "estimate": place.estimate,
        "counters": counters,
    }


def _closed(token: Token) -> str:
    """Why nobody is called just now; empty while the department is open."""
    if token.department.state == Department.State.OPEN:
        return ""
    return words.department_state(token.department)


def told(board: Board, label: str) -> dict[str, Any]:
    """What a phone is sent when the department moves: its own few facts. When `state` is another
    than before, the phone asks for its page."""
    here = board.by_label.get(label)
    if isinstance(here, Place):
        closed = board.department.state
        return {"state": f"waiting {closed}", "position": here.position}
    if here is None:
        return {"state": "gone"}
    counter = here.counter.code if here.counter else ""
    return {"state": f"{here.status} {counter} {here.recalls}"}
