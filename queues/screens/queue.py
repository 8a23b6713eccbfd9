"""A department's queue as the API tells it: to everybody by labels, to its own by tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from queues.models import Token
from queues.rules.status import IN_HAND, Status
from queues.screens import places
from queues.screens.boards import Board, Front
from queues.screens.places import Place
from queues.screens.published import Published


def public_queue(board: Board) -> Published:
    """`/api/queue`: labels only, what anybody may know."""
    return board.once(
        "queue", lambda: Published.of(_queue(board), board.rests_for_now, part=_part_of(board))
    )


def now_serving(board: Front) -> Published:
    """`/api/now_serving`: who is called to where, and the next few."""
    return board.once("now serving", lambda: Published.of(_now_serving(board), board.rests))


def place(board: Board, label: str) -> Published | None:
    """`/api/place`: where one number stands that waits or is called; of another, nothing."""
    facts = _standing(board, label)
    return Published.of({**_heading(board), **facts}, board.rests_for_now) if facts else None


def _part_of(board: Board) -> Callable[[str], Published | None]:
    def part(label: str) -> Published | None:
        if label not in board.by_label:  # nobody fills the memory with numbers that do not exist
            return None
        return board.once(("place", label), lambda: place(board, label))

    return part


def _standing(board: Board, label: str) -> dict[str, Any] | None:
    found = board.by_label.get(label)
    if isinstance(found, Token):
        if found.status not in IN_HAND:  # what somebody was put on hold for is nobody's business
            return None
        return {**_NOWHERE, "label": label, "status": found.status, "counter": _code(found)}
    if found is None:
        return None
    ahead = found.position - 1
    standing = {"position": found.position, "ahead": ahead, "eta": found.eta}
    return {**_NOWHERE, "label": label, "status": Status.WAITING, **standing}


_NOWHERE = {
    "label": "",
    "status": "",
    "position": None,
    "ahead": None,
    "eta": None,
    "counter": None,
}


def _queue(board: Board) -> dict[str, Any]:
    return {
        **_heading(board),
        "state": board.department.state,
        "reason": board.department.state_reason,
        "serving": [
            {"label": token.visit.label, "counter": _code(token), "status": token.status}
            for token in board.serving
        ],
        "waiting": [
            {
                "label": place.label,
                "position": place.position,
                "eta_minutes": place.estimate.minutes if place.estimate else None,
            }
            for place in board.places
        ],
    }


def _now_serving(board: Front) -> dict[str, Any]:
    return {
        **_heading(board),
        "serving": [
            {
                "label": token.visit.label,
                "counter": _code(token),
                "called_at": _iso(token.called_at),
            }
            for token in board.serving
        ],
        "next": board.following,
    }


def _heading(board: Front) -> dict[str, Any]:
    return {
        "department": board.department.code,
        "as_of": board.read_at.isoformat(),
        "seq": board.version[1],
    }


def _code(token: Token) -> str | None:
    return token.counter.code if token.counter else None


def token_answer(token: Token) -> dict[str, Any]:
    """One token with its place. `status_url` is left empty: it is a secret, filled in on leaving."""
    place = _place(token) if token.status == Status.WAITING else None
    return {
        "id": str(token.public_id),
        "label": token.visit.label,
        "department": token.department.code,
        "priority": token.priority,
        "status": token.status,
        "position": place.position if place else None,
        "ahead": place.position - 1 if place else None,
        "eta": place.eta if place else None,
        "status_url": None,
        "counter": _code(token),
        "doctor_id": str(token.doctor.public_id) if token.doctor else None,
        "arrived_at": token.arrived_at.isoformat(),
        "called_at": _iso(token.called_at),
        "started_at": _iso(token.started_at),
        "ended_at": _iso(token.ended_at),
    }


def _place(token: Token) -> Place | None:
    """Read anew and not from the board: what is asked here may not be committed yet."""
    now = timezone.now()
    if alone := places.of_one(token, now):
        return alone
    return next(
        (one for one in places.places(token.department, now) if one.token == token.pk), None
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
