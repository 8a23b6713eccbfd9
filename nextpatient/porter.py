"""The porter by the door: every request gets an id, and what became of it is written down, in the
log and in the meters. Never who asked for what: the pattern of the address, no query, no name."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Any

from nextpatient import logs, meters
from nextpatient.routes import NOWHERE

log = logging.getLogger("nextpatient.requests")
SANE = re.compile(rb"[A-Za-z0-9._-]{8,64}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Porter:
    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        began = time.perf_counter()
        name = id_of(scope["headers"])
        logs.request_id.set(name)
        status: int | None = None  # None: whoever asked left before there was an answer

        async def say(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", name.encode())]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self.application(scope, receive, say)
        except Exception:
            status = 500  # as the server will say
            raise
        finally:
            note(scope, status, time.perf_counter() - began)


def id_of(headers: list[tuple[bytes, bytes]]) -> str:
    """The proxy's, if it can stand in a log as it is; else one of our own."""
    given = next((value for name, value in headers if name == b"x-request-id"), b"")
    return given.decode() if SANE.fullmatch(given) else secrets.token_hex(8)


def note(scope: Any, status: int | None, took: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else "other"
    route = scope.get("route", NOWHERE)
    meters.requests.labels(method, route, status or "left").inc()
    meters.seconds.labels(route).observe(took)
    facts = {"method": method, "route": route, "status": status, "ms": round(took * 1000, 1)}
    log.info("%s %s %s", method, route, status or "left", extra={"facts": facts})
