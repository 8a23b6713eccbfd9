"""One socket's way out. A slow screen delays nobody: whoever falls behind gets the newest of each
thing only, and misses what is no longer true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Generator
from types import coroutine
from typing import Any

Sending = Coroutine[Any, Any, None]
Send = Callable[[str], Sending]


class Line:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._newest: dict[object, str] = {}  # by subject; a newer text takes an older one's place
        self._sent_before: dict[object, str] = {}
        self._waiting: asyncio.Task[None] | None = None
        self.waiting_since: float | None = None

    def put(self, subject: object, text: str) -> None:
        """Nearly always a text goes out without waiting. A task of its own, which costs more than
        the sending, is only made for a socket that is full."""
        if self._waiting:
            self._newest[subject] = text
            return
        sending = self._send(text)
        try:
            full = sending.send(None)
        except (StopIteration, OSError):
            return  # it is out; or the socket closed a moment ago, and nobody is there to be told
        self.waiting_since = time.monotonic()
        self._waiting = asyncio.create_task(self._when_there_is_room(sending, full))

    def put_if_new(self, subject: object, text: str) -> None:
        """Nothing is sent twice in a row to a phone, whose own facts seldom move."""
        if self._sent_before.get(subject) != text:
            self._sent_before[subject] = text
            self.put(subject, text)

    def close(self) -> None:
        self._newest.clear()
        if self._waiting:
            self._waiting.cancel()

    async def _when_there_is_room(self, begun: Sending, full: object) -> None:
        try:
            await _finish(begun, full)
            while self._newest:
                await self._send(self._newest.pop(next(iter(self._newest))))
        except OSError:
            self._newest.clear()
        finally:
            self._waiting = self.waiting_since = None


@coroutine
def _finish(begun: Sending, waits_for: object) -> Generator[Any, Any, None]:
    """The rest of a coroutine that was begun outside of a task, and that waits for something."""
    yield waits_for
    yield from begun
