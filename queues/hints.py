"""Says to every process that something changed: which answers may be old, and where it was written
down, up to which seq. Never what. And whose screens are to close, since somebody was sent away.

A hint may be lost. In this process whoever keeps something hears of it before the answer to the
change is sent. It is sent on the server's own loop, since a channel layer belongs to one
loop: from another it would arrive late (in memory) or over a connection opened anew (Redis).
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import secrets
import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)
MOVED = "moved"  # the group of every process that keeps answers or has screens
AWAY = "away"  # the one of every process that has screens
FINISHED_WITHIN = 2.0  # seconds that a command's last hint has, at its end
PROCESS = secrets.token_hex(8)
Hearer = Callable[[Collection[str]], None]
_hearers: list[Hearer] = []
_server_loop: asyncio.AbstractEventLoop | None = None


def use_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Called by the server with the loop that its sockets live on."""
    global _server_loop
    _server_loop = loop


def hear(hearer: Hearer) -> None:
    """It is told, in whichever thread, of all that this process moves."""
    _hearers.append(hearer)


def send(topics: Collection[str], department: UUID | None, day: date, seq: int) -> None:
    """These have moved; and it was written on that page, which the screens of a department count."""
    for hearer in _hearers:
        hearer(topics)
    hint = {
        "type": "moved",
        "process": PROCESS,
        "topics": [*topics],
        "department": str(department) if department else None,
        "day": day.isoformat(),
        "seq": seq,
    }
    _begin(MOVED, hint)


def send_away_user(public_id: UUID) -> None:
    """Their rights are others now, or they are gone. After the commit: the screens ask anew."""
    _send_away(public_id)


def send_away_device(public_id: UUID) -> None:
    """It was revoked: its screen goes dark."""
    _send_away(public_id)


def _send_away(public_id: UUID) -> None:
    _begin(AWAY, {"type": "away", "holder": str(public_id)})


def _begin(group_name: str, hint: dict[str, Any]) -> None:
    loop = _server_loop if _server_loop and _server_loop.is_running() else _own_loop()
    sent = asyncio.run_coroutine_threadsafe(_send(group_name, hint), loop)
    sent.add_done_callback(_log_failure)


async def _send(group_name: str, hint: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await layer.group_send(group_name, hint)


def _log_failure(sent: Future[None]) -> None:
    """The change is committed and the boards compare seq by themselves: a warning is enough."""
    if not sent.cancelled() and (error := sent.exception()):
        log.warning("a hint was not sent: %s", type(error).__name__)


@cache
def _own_loop() -> asyncio.AbstractEventLoop:
    """For commands and duties, which have no server around them."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="hints", daemon=True)
    thread.start()
    atexit.register(_finish, loop, thread)
    return loop


def _finish(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    """What is under way is sent, and the thread ends by itself: the interpreter would stop it in the
    middle of whatever it does, which can take the whole process down."""

    async def finish() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=FINISHED_WITHIN)
        loop.stop()

    asyncio.run_coroutine_threadsafe(finish(), loop)
    thread.join()
