"""The wall of a waiting room: labels and counters, nothing that names or describes anybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from queues.models import Clinic, Department, Token
from queues.rules.status import Status
from queues.screens import boards, clips
from queues.screens.boards import Call, Front
from queues.screens.closed import closed

ROWS = 24  # that a panel has room for; the latest calls come first
LETTERS_FEWEST, LETTERS_MOST = 5, 18  # of a label and its counter together, as wall.css sizes rows
LAST_CALLED = 3
STANDS_OUT_FOR = timedelta(minutes=2)  # where a call starts the service, and 'called' is no state
LONG_MESSAGE = 160


@dataclass(frozen=True)
class Row:
    label: str
    counter: str
    called: bool  # and not yet there: it stands out


def wall(
    clinic: Clinic, places: Iterable[Department], codes: Collection[str], language: str
) -> dict[str, Any]:
    """Of these places the departments of these codes, or all of them."""
    wanted = {code.strip().lower() for code in codes if code.strip()}
    shown = [boards.front(one) for one in places if not wanted or one.code.lower() in wanted]
    now = timezone.now()
    messages = [*dict.fromkeys(board.department.message for board in shown)]
    return {
        "clinic": clinic,
        "now": now,
        "boards": shown,
        "panels": [panel(board, language) for board in shown],
        "message": " · ".join(filter(None, messages)),
        "long_message": LONG_MESSAGE,
        "facts": {
            "boards": [_heard(board) for board in shown],
            "now": now.isoformat(),
            "zone": clinic.time_zone,
            "speech": clips.speech(clinic.spoken or clinic.languages),
        },
    }


def panel(board: Front, language: str) -> SafeString:
    """A department's part of the wall, drawn once for all walls of a language."""

    def draw() -> SafeString:
        with translation.override(language), timezone.override(board.department.clinic.zone):
            return render_to_string("wall/_panel.html", _panel(board))

    return board.once(("panel", language), draw)


def _panel(board: Front) -> dict[str, Any]:
    rows = sorted((_row(board, token) for token in board.serving), key=lambda row: not row.called)
    return {
        "board": board,
        "notice": closed(board),
        "rows": rows[:ROWS],
        "more": len(rows) - ROWS,
        "letters": _letters(rows),
        "last_called": _last_called(board.calls),
    }


def _row(board: Front, token: Token) -> Row:
    called = token.status == Status.CALLED
    if board.department.call_starts_service and token.announced_at:
        called = board.read_at - token.announced_at < STANDS_OUT_FOR
    return Row(token.visit.label, token.counter.code if token.counter else "", called)


def _letters(rows: Iterable[Row]) -> int:
    """The longest row decides how large all of them are."""
    longest = max((len(row.label) + len(row.counter) for row in rows), default=0)
    return min(max(longest, LETTERS_FEWEST), LETTERS_MOST)


def _last_called(calls: Iterable[Call]) -> list[Call]:
    """The latest announcement of each of the last labels."""
    latest: dict[str, Call] = {}
    for call in calls:
        latest.setdefault(call.label, call)
    return list(latest.values())[:LAST_CALLED]


def told(board: Front, language: str) -> dict[str, Any]:
    """What a wall is sent when the department moves."""
    return {"html": panel(board, language), **_announced(board)}


def _announced(board: Front) -> dict[str, Any]:
    rooms = {token.counter.code: token.counter.name for token in board.serving if token.counter}
    return {
        "message": board.department.message,
        "calls": [
            {
                "seq": call.seq,
                "label": call.label,
                "counter": call.counter,
                "name": rooms.get(call.counter, ""),
            }
            for call in board.calls
        ],
    }


def _heard(board: Front) -> dict[str, Any]:
    """The same as by socket, for the page itself, whose panels are already drawn."""
    day, seq = board.version
    heading = {"department": board.department.code, "day": str(day), "seq": seq}
    return {**heading, **_announced(board)}
