"""Screens that look at the hospital: the real application, on the loop on which hints are sent."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import quote

from channels.testing import WebsocketCommunicator

from nextpatient.asgi import application
from queues import hints
from queues.models import Department, Device, User
from queues.rules.rights import Role
from queues.screens import passes
from queues.screens.holders import Holder
from queues.screens.passes import Screen
from queues.tests import cast

HERE = "http://127.0.0.1:8000"
PATIENCE = 20.0  # seconds, on a busy machine
Told = dict[str, Any]
Result = TypeVar("Result")


def on_the_loop(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run_coroutine_threadsafe(work, hints._own_loop()).result(PATIENCE * 3)


class Looker:
    """One screen with its socket. It keeps all that it was told."""

    def __init__(
        self, its_pass: str, *, origin: str = HERE, path: str = "/live/", address: str = "10.0.0.9"
    ) -> None:
        self.told: list[Told] = []
        self.closed: int | None = None
        self.gone = False
        self.its_pass, self.origin, self.path, self.address = its_pass, origin, path, address

    def connect(self) -> bool:
        """Whether it was let in."""
        return on_the_loop(self._connect())

    async def _connect(self) -> bool:
        self.socket: Any = WebsocketCommunicator(
            application,
            f"{self.path}?pass={quote(self.its_pass)}",
            [(b"origin", self.origin.encode())],
        )
        self.socket.scope["client"] = (self.address, 50000)
        let_in, _code = await self.socket.connect(timeout=PATIENCE)
        if let_in:
            self.hearing = asyncio.create_task(self._hear())
        return bool(let_in)

    async def _hear(self) -> None:
        while True:
            message = await self.socket.receive_output(timeout=3600)
            if message["type"] == "websocket.close":
                self.closed = message["code"]
                return
            self.told.append(json.loads(message["text"]))

    def say(self, text: str) -> None:
        on_the_loop(self.socket.send_to(text))

    def leave(self) -> None:
        if self.gone:
            return
        self.gone = True

        async def leave() -> None:
            self.hearing.cancel()
            await self.socket.disconnect()

        on_the_loop(leave())

    @property
    def boards(self) -> list[Told]:
        return [told for told in self.told if told["is"] == "board"]

    @property
    def bookings(self) -> list[str]:
        """The states of its appointment or wait that it was told of."""
        return [told["state"] for told in self.told if "state" in told]

    @property
    def ages(self) -> list[float]:
        """What the heartbeats said of them, where they knew it."""
        return [told["age"] for told in self.told if told.get("age") is not None]

    def until(self, holds: Callable[[], object], patience: float = PATIENCE) -> None:
        """Wait until it was told what the test waits for."""
        end = time.monotonic() + patience
        while not holds():
            assert time.monotonic() < end, self.told[-3:]
            time.sleep(0.005)

    def last(self) -> Told:
        return self.boards[-1]


def wall(*departments: Department, language: str = "en", **more: Any) -> Looker:
    return Looker(passes.to(Screen.WALL, departments, language=language), **more)


def phone(department: Department, label: str, **more: Any) -> Looker:
    return Looker(passes.to(Screen.PHONE, [department], label=label), **more)


def desk(department: Department, user: User | None = None, **more: Any) -> Looker:
    """Of somebody who works there."""
    holder = Holder.user(user or cast.user(department.clinic, "dina", Role.CLERK))
    return Looker(passes.to(Screen.DESK, [department], holder=holder), **more)


def paired(department: Department, device: Device, **more: Any) -> Looker:
    """A wall that was let in."""
    holder = Holder.device(device)
    return Looker(passes.to(Screen.WALL, [department], holder=holder), **more)
