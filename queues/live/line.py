"""One socket's way out. A slow screen delays nobody: whoever falls behind gets the newest of each
thing only, and misses what is no longer true."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Generator
from types import coroutine
from typing import Any

log = logging.getLogger(__name__)
Sending = Coroutine[Any, Any, None]
Send = Callable[[str], Sending]


class Line:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._newest: dict[object, str] = {}  # by subject; a newer text takes an older one's place
        self._sent_before: dict[object, str] = {}
        self._waiting: asyncio.Task[None] | None = None
        self.waiting_since: float | None = None
        self.is_dead = False

    def put(self, subject: object, text: str) -> None:
        """Nearly always a text goes out without waiting. A task of its own, which costs more than
        the sending, is only made for a socket that is full."""
        if self.is_dead:
            return
        if self._waiting:
            self._newest[subject] = text
            return
        sending = self._send(text)
        try:
            full = sending.send(None)
        except StopIteration:
            return  # it is out
        except Exception as error:
            self._die(error)
            return
        self.waiting_since = time.monotonic()
        self._waiting = asyncio.create_task(self._when_there_is_room(sending, full))

    def put_if_new(self, subject: object, text: str) -> None:
        """Nothing is sent twice in a row to a phone, whose own facts seldom move."""
        if self._sent_before.get(subject) != text:
            self._sent_before[subject] = text
            self.put(subject, text)

    def knows(self, subject: object) -> bool:
        """Whether it was ever told."""
        return subject in self._sent_before

    def close(self) -> None:
        self._newest.clear()
        if self._waiting:
            self._waiting.cancel()

    async def _when_there_is_room(self, begun: Sending, full: object) -> None:
        try:
            await _finish(begun, full)
            while self._newest:
                await self._send(self._newest.pop(next(iter(self._newest))))
        except Exception as error:
            self._die(error)
        finally:
            self._waiting = self.waiting_since = None

    def _die(self, error: Exception) -> None:
        """A socket that closes refuses in many ways, and sometimes for long. Whatever it says must
        not keep from the others what they are told."""
        log.debug("a socket is left alone: %s", type(error).__name__)
        self.is_dead = True
        self._newest.clear()


@coroutine
def _finish(begun: Sending, waits_for: object) -> Generator[Any, Any, None]:
    """The rest of a coroutine that was begun outside of a task, and that waits for something."""
    yield waits_for
    yield from begun
