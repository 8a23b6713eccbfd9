"""One socket's way out. It has a task of its own, so that a slow screen delays nobody, and sends
the newest of each thing only: whoever falls behind misses what is no longer true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

Send = Callable[[str], Awaitable[None]]


class Line:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._newest: dict[object, str] = {}  # by subject; a newer text takes an older one's place
        self._news = asyncio.Event()
        self._sent_before: dict[object, str] = {}
        self.sending_since: float | None = None

    def put(self, subject: object, text: str) -> None:
        self._newest[subject] = text
        self._news.set()

    def put_if_new(self, subject: object, text: str) -> None:
        """Nothing is sent twice in a row to a phone, whose own facts seldom move."""
        if self._sent_before.get(subject) != text:
            self._sent_before[subject] = text
            self.put(subject, text)

    async def run(self) -> None:
        """Until the socket closes."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._newest:
                text = self._newest.pop(next(iter(self._newest)))
                self.sending_since = time.monotonic()
                await self._send(text)
                self.sending_since = None
