"""What a screen is told when a department moves, made in a thread, since it reads the database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from django.utils import timezone, translation

from queues.models import Department
from queues.screens import boards, visit, wall
from queues.screens.boards import Board, Version
from queues.screens.passes import Screen


@dataclass(frozen=True)
class Wish:
    """Screens of the same wish get the same text."""

    screen: Screen
    language: str = ""
    label: str = ""


@dataclass(frozen=True)
class Told:
    version: Version
    texts: dict[Wish, str]


def beat(age: float | None) -> str:
    """That the server is alive, and how many seconds ago it last saw how things stand."""
    return f'{{"is":"beat","age":{"null" if age is None else f"{age:.1f}"}}}'


def tell(department: UUID, wishes: Iterable[Wish]) -> Told | None:
    """The department's newest board in the words of each wish; None if there is none such."""
    close_old_connections()
    found = Department.objects.select_related("clinic").filter(public_id=department).first()
    if found is None:
        return None
    board = boards.newest(found)
    return Told(board.version, {wish: _text(board, wish) for wish in wishes})


def _text(board: Board, wish: Wish) -> str:
    if wish.screen is Screen.PHONE:
        with (
            translation.override(wish.language),
            timezone.override(board.department.clinic.zone),
        ):
            return _dumped(board, visit.told(board, wish.label))
    if wish.screen is Screen.WALL:
        shown = ("wall text", wish.language)
        return board.once(shown, lambda: _dumped(board, wall.told(board, wish.language)))
    return board.once("hint", lambda: _dumped(board, {}))  # a desk asks for its own page


def _dumped(board: Board, facts: dict[str, Any]) -> str:
    day, seq = board.version
    heading = {
        "is": "board",
        "epoch": board.epoch,
        "department": board.department.code,
        "day": str(day),
        "seq": seq,
    }
    return json.dumps({**heading, **facts}, ensure_ascii=False, separators=(",", ":"))


def versions(departments: Iterable[UUID]) -> dict[UUID, Version]:
    close_old_connections()
    return boards.versions(departments)
