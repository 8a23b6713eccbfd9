"""A department at work, and what is asked of it all day long."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.urls import reverse

from bench import _asking
from bench._contenders import Ours
from bench._hospital import Hospital
from bench._stopwatch import Times
from queues.actions import keys
from queues.models import Patient
from queues.rules.rights import SYSTEM, Role
from queues.screens import boards, wall
from queues.tests import cast

R = TypeVar("R")
BOARD = "board"
ASKED = ("call next", "wall", "desk page", "complete", "token")


class Place:
    """For each who is served another comes: the queue keeps its length."""

    def __init__(self, hospital: Hospital, code: str, newcomers: Sequence[Patient]) -> None:
        hospital.enter()
        self.hospital, self.newcomers = hospital, iter(newcomers)
        self.counter = hospital.counter(code)
        self.department = self.counter.department
        self.ours = Ours(self.counter, hospital.nurse())
        self.times: dict[str, Times] = {}
        self._key = keys.make("bench", Role.STAFF, hospital.clinic, None, by=SYSTEM)[1]
        nurse = cast.user(hospital.clinic, f"nurse-{code.lower()}", Role.NURSE)
        self._cookie = _asking.logged_in(nurse, self.department, self.counter.code)
        self._desk = reverse("desk", args=[self.department.clinic.code, code])

    def work(self) -> None:
        """One is called, which the wall and the desk show; they are done, and another comes."""
        self.hospital.enter()
        acts = (self.ours.call, self._show, self._look_at_desk, self.ours.complete, self._come)
        for name, act in zip(ASKED, acts, strict=True):
            self._measured(name, act)
        self._measured(BOARD, self._read)

    def forget(self) -> None:
        self.times.clear()

    def _come(self) -> None:
        who = str(next(self.newcomers).public_id)
        body = {"patient_id": who, "department": self.department.code}
        _asking.post("/api/token", body, self._key)

    def _look_at_desk(self) -> None:
        _asking.get(self._desk, self._cookie)

    def _show(self) -> None:
        """What every wall of the department is told after a change, made once for all of them."""
        json.dumps(wall.told(boards.read_front(self.department), "en"))

    def _read(self) -> None:
        """What the phones of all who wait are told from."""
        boards.read(self.department)

    def _measured(self, name: str, act: Callable[[], R]) -> R:
        return self.times.setdefault(name, Times()).of(act)
