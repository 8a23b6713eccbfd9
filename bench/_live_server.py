"""The server that `bench.live` measures: ours, and two other ways to tell everybody, beside it.

`/bench/ours` makes a real change. `/bench/bare` sends the same text in one loop over the very same
sockets. `/bench/group` sends it by Channels' group_send, to sockets of its own at `/group/`.
Each answers with the moment at which it began; where there are several processes, for itself.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer

from bench._beside import beside, say
from nextpatient.asgi import application as nextpatient
from queues.actions import tokens
from queues.live.hub import hub
from queues.models import Token
from queues.rules.rights import SYSTEM
from queues.rules.status import Status

GROUP = "everybody"


class InGroup(AsyncWebsocketConsumer):
    groups = [GROUP]

    async def told(self, event: dict[str, Any]) -> None:
        await self.send(event["text"])


in_group: Any = InGroup.as_asgi()


@beside
async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket" and scope["path"] == "/group/":
        await in_group(scope, receive, send)
    elif scope["type"] == "http" and scope["path"].startswith("/bench/"):
        began = await WAYS[scope["path"].removeprefix("/bench/")]()
        await say(str(began).encode(), send)
    else:
        await nextpatient(scope, receive, send)


async def ours() -> float:
    """Somebody who was called is called once more: one change, to all who look."""
    began = time.monotonic()
    await asyncio.get_running_loop().run_in_executor(hub()._thread, _recall)
    return began


def _recall() -> None:
    called = Token.objects.select_related("visit", "department__clinic", "counter")
    tokens.recall(called.filter(status=Status.CALLED)[0], by=SYSTEM)


async def bare() -> float:
    text = _last_text()
    began = time.monotonic()
    for line in hub().looks:
        await line._send(text)
    return began


async def group() -> float:
    text = _last_text()
    layer = get_channel_layer()
    assert layer is not None
    began = time.monotonic()
    await layer.group_send(GROUP, {"type": "told", "text": text})
    return began


def _last_text() -> str:
    """As long as a real one."""
    for line in hub().looks:
        return next(iter(line._sent_before.values()))
    return "x" * LENGTH


LENGTH = 1_000
WAYS = {"ours": ours, "bare": bare, "group": group}
