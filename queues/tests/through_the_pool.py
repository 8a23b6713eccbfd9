"""The suite's HTTP cases, asked as the server asks: by the pool's way into Django.

Django's test client has a way of its own. On SQLite the cases go that way, on MariaDB by this one, so
that what the server runs answers them all as Django does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test.client import (
    ClientHandler,
    closing_iterator_wrapper,
    conditional_content_removal,
)

from nextpatient.pool import PooledDjango, headers_of

PLAIN = {"CONTENT_TYPE": b"content-type", "CONTENT_LENGTH": b"content-length"}


class Inside(PooledDjango):
    """Django, in the thread and the transaction of the test."""

    def __init__(self, *, enforce_csrf_checks: bool) -> None:
        super().__init__(threads=1)
        self.enforce_csrf_checks = enforce_csrf_checks
        self.request: HttpRequest | None = None

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        self.request = request
        request._dont_enforce_csrf_checks = not self.enforce_csrf_checks  # type: ignore[attr-defined]
        return super().get_response(request)


class ThroughThePool(ClientHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        """At the first request, when a test has made its settings."""
        self.inside = Inside(enforce_csrf_checks=self.enforce_csrf_checks)
        self._middleware_chain: Any = self.inside  # there is one

    def __call__(self, environ: dict[str, Any]) -> Any:
        if self._middleware_chain is None:
            self.load_middleware()
        with connections_kept():
            response: Any = self.inside.respond(scope_of(environ), body_of(environ))
        request = self.inside.request
        assert request, "a test sends what can be read"
        conditional_content_removal(request, response)
        assert headers_of(response), "as the server will write them"
        response.wsgi_request = request
        if response.streaming and not response.is_async:
            parts = closing_iterator_wrapper(response.streaming_content, response.close)
            response.streaming_content = parts
        return response


def scope_of(environ: dict[str, Any]) -> dict[str, Any]:
    path = environ["PATH_INFO"].encode("latin1")
    named = [
        (name.removeprefix("HTTP_").replace("_", "-").lower().encode(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    plain = [(PLAIN[name], environ[name]) for name in PLAIN if environ.get(name) not in (None, "")]
    return {
        "type": "http",
        "http_version": "1.1",
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "path": path.decode(errors="replace"),
        "raw_path": path,
        "query_string": environ["QUERY_STRING"].encode("latin1"),
        "headers": [(name, str(value).encode("latin1")) for name, value in [*named, *plain]],
        "server": (environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
        "client": (environ["REMOTE_ADDR"], 0),
    }


def body_of(environ: dict[str, Any]) -> BytesIO:
    return BytesIO(environ["wsgi.input"].read())


@contextmanager
def connections_kept() -> Iterator[None]:
    """A request of a server begins and ends with a look at its connection; a test's is its own."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in ends:
            signal.connect(close_old_connections)
