"""The server that `bench.sockets` measures: that of `bench.live`, which notes when it sent the last
board. `/bench/sent` tells, for one process: the client on the same cores is not in it.
"""

from __future__ import annotations

import time
from typing import Any

from bench._beside import say
from bench._live_server import application as live
from bench._sockets import SHORTEST_BOARD

sent_at = 0.0


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"] == "/bench/sent":
        await say(str(sent_at).encode(), send)
        return

    async def noted(message: Any) -> None:
        global sent_at
        await send(message)
        if len(message.get("text") or "") > SHORTEST_BOARD:
            sent_at = time.monotonic()

    await live(scope, receive, noted if scope["type"] == "websocket" else send)
