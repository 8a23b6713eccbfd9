"""Says to whoever watches a department that it changed: where, and up to which seq. Never what. To
every process, that what it keeps of a clinic may be old; and whose screens are to close, since
somebody was sent away.

A hint may be lost. In this process whoever keeps something hears of it before the answer to the
change is sent. It is sent on the server's own loop, since a channel layer belongs to one
loop: from another it would arrive late (in memory) or over a connection opened anew (Redis).
"""

from __future__ import annotations

import asyncio
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
AWAY = "away"  # the group that every process with a socket listens to
MOVED = "moved"  # the one of every process that keeps answers
PROCESS = secrets.token_hex(8)
Hearer = Callable[[Collection[str]], None]
_hearers: list[Hearer] = []
_server_loop: asyncio.AbstractEventLoop | None = None


def use_loop(loop: asyncio.AbstractEventLoop) -> None:
    """Called by the server with the loop that its sockets live on."""
    global _server_loop
    _server_loop = loop


def group(department: UUID) -> str:
    return f"department.{department.hex}"


def hear(hearer: Hearer) -> None:
    """It is told, in whichever thread, of all that this process moves."""
    _hearers.append(hearer)


def send(topics: Collection[str], department: UUID | None, day: date, seq: int) -> None:
    """These have moved; and it was written on that page, which the screens of a department count."""
    for hearer in _hearers:
        hearer(topics)
    _begin(MOVED, {"type": "moved", "topics": [*topics], "process": PROCESS})
    if department:
        hint = {"type": "hint", "department": str(department), "day": day.isoformat(), "seq": seq}
        _begin(group(department), hint)


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
    threading.Thread(target=loop.run_forever, name="hints", daemon=True).start()
    return loop
