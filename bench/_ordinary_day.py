"""A day in a hurry, at a modest rate: reads, pages and actions, round after round."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle

from bench import _agenda
from bench._hospital import Hospital, register
from bench._wire import Wire
from bench._workers import ByApi, counters_of, newcomers
from queues.actions import issuing, keys
from queues.rules.rights import SYSTEM, Role

ROUNDS = 4  # a second
WAITING = 50


class OrdinaryDay:
    def __init__(self, hospital: Hospital, host: str, code: str) -> None:
        department, clinic = hospital.department(code), hospital.clinic
        for patient in register(clinic, WAITING):
            issuing.issue(patient, department, by=SYSTEM)
        _key, secret = keys.make("bench", Role.STAFF, clinic, None, by=SYSTEM)
        self.slots = cycle(_agenda.slots(department, 200, capacity=1_000))
        self.whom, counter = newcomers(clinic), next(iter(counters_of(code)))
        self.wire, self.worker = Wire(host), ByApi(Wire(host, secret), counter)
        self.public = [
            f"/api/now_serving?department={code}",
            f"/api/queue?department={code}",
            "/api/availability?limit=20",
            "/api/departments",
            "/",
            "/login/",
            "/book/",
        ]
        self.asked = 0

    def rounds(self, seconds: float) -> Iterator[float]:
        """The seconds that have passed, after each round; a round that is late is not made up for."""
        began = time.monotonic()
        while (now := time.monotonic() - began) < seconds:
            self._round()
            time.sleep(max(0.0, now + 1 / ROUNDS - (time.monotonic() - began)))
            yield time.monotonic() - began

    def _round(self) -> None:
        """Who is taken in is called sooner or later, so the line keeps its length."""
        for path in self.public:
            self.wire.get(path)
        self.worker.take_in(next(self.whom))
        self.worker.call_next()
        self.worker.book(next(self.slots))
        self.asked += len(self.public) + 4
