"""What a benchmark asks of the process that it measures, beside the application that is measured.

`/bench/hello` is a bare ASGI answer, the least that any server can do; `/bench/cpu` says how many
seconds of CPU this process has had, and `/bench/pid` which of the server's processes this is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

Application = Callable[..., Any]
ANSWERS: dict[str, Callable[[], bytes]] = {
    "/bench/hello": lambda: b'{"hello": "world"}',
    "/bench/cpu": lambda: b"%.6f" % time.process_time(),
    "/bench/pid": lambda: b"%d" % os.getpid(),
}


def beside(application: Application) -> Application:
    async def either(scope: Any, receive: Any, send: Any) -> None:
        answer = ANSWERS.get(scope["path"]) if scope["type"] == "http" else None
        if answer:
            await say(answer(), send)
        else:
            await application(scope, receive, send)

    return either


async def say(body: bytes, send: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
