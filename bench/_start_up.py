"""How long a server takes from the start of its process until it answers."""

from __future__ import annotations

import time
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench._server import started
from bench._wire import Wire

PAGE = "/login/"
PATIENCE = 120  # seconds


class StartUp(NamedTuple):
    """Seconds since the process began; and how long the same page took when it was asked again."""

    alive: float
    first_page: float
    same_page: float

    @property
    def figures(self) -> list[str]:
        return [f"{self.alive:.2f}", f"{self.first_page:.2f}", f"{self.same_page * 1000:.1f}"]


def start_ups(database: str) -> tuple[StartUp, StartUp]:
    """The first start, at which Python compiles every module, and the second, which finds them
    compiled. The disk is as it is: what was read before may still be in memory."""
    with TemporaryDirectory() as compiled:
        return _start(database, compiled), _start(database, compiled)


def _start(database: str, compiled: str) -> StartUp:
    began = time.perf_counter()
    with started(database, PYTHONPYCACHEPREFIX=compiled) as running:
        wire = _first_wire(running.host)
        wire.get("/healthz")
        alive = time.perf_counter() - began
        wire.get(PAGE)
        first_page = time.perf_counter() - began
        asked = time.perf_counter()
        wire.get(PAGE)
        return StartUp(alive, first_page, time.perf_counter() - asked)


def _first_wire(host: str) -> Wire:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return Wire(host)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.005)
