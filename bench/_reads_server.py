"""The server that `bench.reads` measures: ours, and beside it the least that any server can do.

`/bench/hello` is a bare ASGI answer, `/bench/cpu` says how many seconds of CPU this process has had.
"""

from __future__ import annotations

import time
from typing import Any

from nextpatient.asgi import application as nextpatient

HELLO = b'{"hello": "world"}'


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"].startswith("/bench/"):
        body = HELLO if scope["path"] == "/bench/hello" else b"%.6f" % time.process_time()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    else:
        await nextpatient(scope, receive, send)
