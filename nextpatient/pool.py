"""Django's request cycle in threads that last.

Django's own ASGI handler gives every request a fresh thread, and so a fresh database connection;
under load that is most of the work, and nothing bounds how many connections are open. Here a few
threads, each with its own lasting connection, take the requests in turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from io import BytesIO
from typing import Any, TypeVar

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from django.conf import settings
from django.core import signals
from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.urls import set_script_prefix

from nextpatient import meters
from nextpatient.routes import route_of
from queues import hints

log = logging.getLogger("django.request")
Result = TypeVar("Result")
DISCARDED_AT_MOST = 32  # times the largest request: then we stop listening to what is too long


class Disconnected(Exception):
    """The client left before the request was complete."""


class PooledDjango(BaseHandler):
    """An ASGI application that runs Django synchronously in a pool of threads."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.load_middleware()
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="django")
        meters.threads.inc(threads)

    async def __call__(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        hints.use_loop(asyncio.get_running_loop())
        try:
            body = await read_body(receive, settings.LARGEST_REQUEST)
        except Disconnected:
            return
        response = await self.in_turn(self.respond, scope, body)
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": headers_of(response),
                "trailers": False,
            }
        )
        if isinstance(response, HttpResponse):
            await send({"type": "http.response.body", "body": response.content, "more_body": False})
            return
        assert isinstance(response, StreamingHttpResponse)
        async for chunk in self.chunks(response):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def in_turn(self, act: Callable[..., Result], *args: Any) -> Result:
        """In the next thread that is free, which writes its log under the id of the request."""
        meters.in_line.inc()
        loop, context = asyncio.get_running_loop(), copy_context()
        return await loop.run_in_executor(self.pool, context.run, at_work, act, *args)

    def respond(self, scope: Any, body: BytesIO) -> HttpResponseBase:
        """The whole cycle, with its signals, in one thread."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        try:
            request = ASGIRequest(scope, body)
        except UnicodeDecodeError:
            log.warning("a request that is not UTF-8 was refused")
            response: HttpResponseBase = HttpResponseBadRequest()
        else:
            response = self.get_response(request)
            scope["route"] = route_of(request)
            scope["published"] = getattr(response, "published", None)
        if not response.streaming:
            response.close()  # sends request_finished here, where the connection is
        return response

    async def chunks(self, response: StreamingHttpResponse) -> AsyncIterator[bytes]:
        try:
            if response.is_async:
                async for chunk in response:
                    yield chunk
            else:
                parts = iter(response)
                while (part := await self.in_turn(next, parts, None)) is not None:
                    yield part
        finally:
            await self.in_turn(response.close)


def at_work(act: Callable[..., Result], *args: Any) -> Result:
    meters.in_line.dec()
    with meters.at_work.track_inprogress():
        return act(*args)


async def read_body(receive: ASGIReceiveCallable, largest: int) -> BytesIO:
    """The request's body; of one that is too large, just enough for Django to see that it is.

    The rest is read and thrown away, so that the client hears the answer instead of a reset.
    """
    body, length = BytesIO(), 0
    more = True
    while more and length <= largest * DISCARDED_AT_MOST:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        chunk = message.get("body", b"")
        if body.tell() <= largest:
            body.write(chunk)
        length += len(chunk)
        more = message.get("more_body", False)
    body.seek(0)
    return body


def headers_of(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    headers = [
        (name.encode("ascii").lower(), value.encode("latin1")) for name, value in response.items()
    ]
    cookies: Any = response.cookies.values()
    return headers + [
        (b"set-cookie", cookie.output(header="").strip().encode()) for cookie in cookies
    ]
