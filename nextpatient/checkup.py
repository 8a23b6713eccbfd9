"""/healthz, /readyz and /metrics. They are answered before Django is asked: a probe knows no host
name and has no session, and it must hear of a database that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.http import HttpResponse

from nextpatient import metrics
from nextpatient.looks import Look
from nextpatient.pool import headers_of
from nextpatient.readiness import Readiness
from queues.api.problems import of_status, problem

ALWAYS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}


class Checkup:
    def __init__(self, application: Any) -> None:
        self.application = application
        threads = ThreadPoolExecutor(2, thread_name_prefix="checkup")
        self.readiness = Readiness(threads)
        self.ledgers = Look(metrics.ledgers, threads)
        self.answers: dict[str, Callable[[Any], Awaitable[HttpResponse]]] = {
            "/healthz": self.healthz,
            "/readyz": self.readyz,
            "/metrics": self.metrics,
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer = self.answers.get(scope["path"])
        if answer is None:
            await self.application(scope, receive, send)
            return
        scope["route"] = scope["path"].lstrip("/")
        if scope["method"] in ("GET", "HEAD"):
            response = await answer(scope)
        else:
            response = of_status(405)
            response["Allow"] = "GET, HEAD"
        for name, value in ALWAYS.items():
            response[name] = value
        headers = headers_of(response)
        headers.append((b"content-length", str(len(response.content)).encode()))
        await send(
            {"type": "http.response.start", "status": response.status_code, "headers": headers}
        )
        await send({"type": "http.response.body", "body": response.content})

    async def healthz(self, scope: Any) -> HttpResponse:
        """This process is alive. It asks nobody else."""
        return HttpResponse("alive\n", content_type="text/plain")

    async def readyz(self, scope: Any) -> HttpResponse:
        missing = await self.readiness.missing()
        if not missing:
            return HttpResponse("ready\n", content_type="text/plain")
        return problem(503, "not_ready", f"Missing: {', '.join(missing)}.", missing=missing)

    async def metrics(self, scope: Any) -> HttpResponse:
        if not metrics.may_see(scope):
            return of_status(403)
        kind, text = await asyncio.to_thread(metrics.exposition, await self.ledgers())
        return HttpResponse(text, content_type=kind)
