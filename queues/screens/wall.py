"""The wall of a waiting room: labels and counters, nothing that names or describes anybody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from queues.models import Clinic, Department, Token
from queues.rules.status import Status
from queues.screens import boards, clips, digits, words
from queues.screens.boards import Board, Call

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


def wall(clinic: Clinic, codes: Collection[str], language: str) -> dict[str, Any]:
    """The departments of these codes, or all of them."""
    wanted = {code.strip().lower() for code in codes if code.strip()}
    every = clinic.departments.select_related("clinic")
    shown = [boards.newest(one) for one in every if not wanted or one.code.lower() in wanted]
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


def panel(board: Board, language: str) -> SafeString:
    """A department's part of the wall, drawn once for all walls of a language."""

    def draw() -> SafeString:
        with translation.override(language), timezone.override(board.department.clinic.zone):
            return render_to_string("wall/_panel.html", _panel(board))

    return board.once(("panel", language), draw)


def _panel(board: Board) -> dict[str, Any]:
    rows = sorted((_row(board, token) for token in board.serving), key=lambda row: not row.called)
    return {
        "board": board,
        "notice": _notice(board),
        "rows": rows[:ROWS],
        "more": len(rows) - ROWS,
        "letters": _letters(rows),
        "last_called": _last_called(board.calls),
    }


def _row(board: Board, token: Token) -> Row:
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


def _notice(board: Board) -> str:
    """Why nobody should expect a call just now; nothing where all is as usual."""
    department, now = board.department, board.read_at
    if department.state != Department.State.OPEN:
        return words.department_state(department)
    if department.within_hours(now):
        return ""
    opens = department.opens_next(now)
    sentences = [_closed(board), _opens(opens, now) if opens else ""]
    return " ".join(filter(None, sentences))


def _closed(board: Board) -> str:
    """Those who already have a number are still served, and must not read that all is over."""
    here = {"department": board.department.name}
    if board.serving or board.places:
        return _("%(department)s gives out no new numbers now.") % here
    return _("%(department)s is closed now.") % here


def _opens(opens: datetime, now: datetime) -> str:
    at = timezone.localtime(opens)
    days = (at.date() - timezone.localdate(now)).days
    moment = {"time": digits.clock(at), "weekday": date_format(at, "l")}
    if days == 0:
        return _("It opens at %(time)s.") % moment
    if days == 1:
        return _("It opens tomorrow at %(time)s.") % moment
    return _("It opens on %(weekday)s at %(time)s.") % moment


def told(board: Board, language: str) -> dict[str, Any]:
    """What a wall is sent when the department moves."""
    return {"html": panel(board, language), **_announced(board)}


def _announced(board: Board) -> dict[str, Any]:
    return {
        "message": board.department.message,
        "calls": [
            {"seq": call.seq, "label": call.label, "counter": call.counter} for call in board.calls
        ],
    }


def _heard(board: Board) -> dict[str, Any]:
    """The same as by socket, for the page itself, whose panels are already drawn."""
    day, seq = board.version
    heading = {"department": board.department.code, "day": str(day), "seq": seq}
    return {**heading, **_announced(board)}
