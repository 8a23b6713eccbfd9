"""What a screen is told when a department moves, made in a thread, since it reads the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from django.utils import timezone, translation

from queues.models import Department
from queues.screens import boards, followed, following, visit, wall
from queues.screens.boards import Board, Front, Version
from queues.screens.followed import Followed
from queues.screens.passes import Screen

OF_A_PATIENT = (Screen.PHONE, Screen.APPOINTMENT)


@dataclass(frozen=True)
class Wish:
    """Screens of the same wish get the same text."""

    screen: Screen
    language: str = ""
    label: str = ""
    is_anybodys: bool = True  # a wall that nobody let in


@dataclass(frozen=True)
class Told:
    version: Version
    texts: dict[Wish, str]


def beat(age: float | None) -> str:
    """That the server is alive, and how many seconds ago it last saw how things stand."""
    return f'{{"is":"beat","age":{"null" if age is None else f"{age:.1f}"}}}'


def tell(department: UUID, wishes: Collection[Wish]) -> Told | None:
    """The department's newest board in the words of each wish; None if there is none such."""
    close_old_connections()
    found = Department.objects.select_related("clinic").filter(public_id=department).first()
    if found is None:
        return None
    needs_all = any(wish.screen in OF_A_PATIENT for wish in wishes)
    board: Front = boards.newest(found) if needs_all else boards.front(found)
    booked = followed.followed(wish.label for wish in wishes if wish.screen is Screen.APPOINTMENT)
    waits = {wish for wish in wishes if wish.screen is Screen.WAIT}
    texts = {wish: _text(board, wish, booked) for wish in wishes if wish not in waits}
    return Told(board.version, {**texts, **_of_waits(waits)})


def _of_waits(wishes: set[Wish]) -> dict[Wish, str]:
    """They bear no version: a department that moves wakes only those pages that it concerns."""
    states = following.states([UUID(wish.label) for wish in wishes])
    told = {wish: states.get(UUID(wish.label), "gone") for wish in wishes}
    return {wish: json.dumps({"is": "wait", "state": state}) for wish, state in told.items()}


def _text(board: Front, wish: Wish, booked: Mapping[str, Followed]) -> str:
    if wish.screen in OF_A_PATIENT:
        assert isinstance(board, Board), "they look at their place"
        with (
            translation.override(wish.language),
            timezone.override(board.department.clinic.zone),
        ):
            return _dumped(board, _to_a_patient(board, wish, booked))
    if wish.screen is Screen.WALL:
        if wish.is_anybodys and not board.department.clinic.open_walls:
            return json.dumps({"is": "closed"})  # since the page was made
        shown = ("wall text", wish.language)
        return board.once(shown, lambda: _dumped(board, wall.told(board, wish.language)))
    return board.once("hint", lambda: _dumped(board, {}))  # a desk asks for its own page


def _to_a_patient(board: Board, wish: Wish, booked: Mapping[str, Followed]) -> Mapping[str, Any]:
    if wish.screen is Screen.PHONE:
        return visit.told(board, wish.label)
    return followed.told(board, booked.get(wish.label))


def _dumped(board: Front, facts: Mapping[str, Any]) -> str:
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
