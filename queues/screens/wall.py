"""The wall of a waiting room: labels and counters, nothing that names or describes anybody."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from queues.models import Clinic, Department
from queues.screens import boards, words
from queues.screens.boards import Board


def wall(clinic: Clinic, codes: Collection[str], language: str) -> dict[str, Any]:
    """The departments of these codes, or all of them."""
    wanted = {code.strip().lower() for code in codes if code.strip()}
    every = clinic.departments.select_related("clinic")
    shown = [boards.newest(one) for one in every if not wanted or one.code.lower() in wanted]
    return {
        "clinic": clinic,
        "now": timezone.now(),
        "boards": shown,
        "panels": [panel(board, language) for board in shown],
    }


def panel(board: Board, language: str) -> SafeString:
    """A department's part of the wall, drawn once for all walls of a language."""

    def draw() -> SafeString:
        department = board.department
        closed = department.state != Department.State.OPEN
        with translation.override(language), timezone.override(department.clinic.zone):
            shown = {"board": board, "closed": words.department_state(department) if closed else ""}
            return render_to_string("wall/_panel.html", shown)

    return board.once(("panel", language), draw)


def told(board: Board, language: str) -> dict[str, Any]:
    """What a wall is sent when the department moves."""
    return board.once(("wall", language), lambda: _told(board, language))


def _told(board: Board, language: str) -> dict[str, Any]:
    return {
        "html": panel(board, language),
        "message": board.department.message,
        "calls": [
            {"seq": call.seq, "label": call.label, "counter": call.counter} for call in board.calls
        ],
    }
