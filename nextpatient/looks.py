"""Looking at what may hang. However many ask, there is one look at a time, which all of them share
and which is remembered for a moment; whoever has waited long enough is told that nothing is known.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Generic, TypeVar

REMEMBERED_FOR = 1.0  # seconds
PATIENCE = 3.0
Seen = TypeVar("Seen")


class Look(Generic[Seen]):
    def __init__(self, at: Callable[[], Seen], thread: Executor) -> None:
        self.at, self.thread = at, thread
        self.looking: asyncio.Future[Seen] | None = None
        self.began = 0.0

    async def __call__(self) -> Seen | None:
        is_old = time.monotonic() - self.began > REMEMBERED_FOR
        if self.looking is None or (self.looking.done() and is_old):
            self.began = time.monotonic()
            self.looking = asyncio.get_running_loop().run_in_executor(self.thread, self.at)
        done, _pending = await asyncio.wait({self.looking}, timeout=PATIENCE)
        return self.looking.result() if done else None
