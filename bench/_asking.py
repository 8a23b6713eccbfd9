"""The whole application, asked in this thread: what a request costs, without a network around it.

All of Django's cycle is in it, as the server runs it (nextpatient.pool): middleware, sessions and
keys, the view, its template, and packing what a browser would unpack.
"""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core import signals
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client

from nextpatient.pool import PooledDjango
from queues.models import Department, User
from queues.views.desk_page import place_of

FROM = ("127.0.0.1", 1)


def get(path: str, cookie: str) -> bytes:
    return _answer("GET", path, {"cookie": cookie, "accept-encoding": "gzip"})


def post(path: str, body: dict[str, Any], key: str) -> bytes:
    text = json.dumps(body).encode()
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    return _answer("POST", path, {**headers, "content-length": str(len(text))}, text)


def logged_in(user: User, department: Department, counter: str) -> str:
    """The cookie of a browser in which this person sits at this counter."""
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[place_of(department)] = counter
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@cache
def _django() -> PooledDjango:
    """It must not let go of the connection, on which the databases of a benchmark take turns."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    return PooledDjango(threads=1)


def _answer(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *named],
        "client": FROM,
    }
    response = _django().respond(scope, BytesIO(body))
    assert isinstance(response, HttpResponse)
    assert response.status_code in (200, 201), response.content
    return response.content
