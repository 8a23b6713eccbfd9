"""The word of a proxy counts where it is listed, and nowhere else: tried through the real server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from nextpatient.proxies import ListedProxies
from queues.tests.serving.conftest import Serve, get

HTTPS = "https://queue.example.org"
FORGED = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "127.0.0.1", "Forwarded": "proto=https"}


def test_a_listed_proxy_says_that_it_was_https(serve: Serve) -> None:
    served = serve(PUBLIC_URL=HTTPS, TRUSTED_PROXIES="127.0.0.1")
    assert get(served, "/robots.txt")[0] == 301
    status, headers, _ = get(served, "/robots.txt", X_Forwarded_Proto="https")
    assert status == 200
    assert headers["strict-transport-security"].startswith("max-age=31536000")


def test_from_anybody_else_it_is_ignored(serve: Serve) -> None:
    served = serve(PUBLIC_URL=HTTPS, TRUSTED_PROXIES="192.0.2.1")
    assert get(served, "/robots.txt", **FORGED)[0] == 301
    assert get(served, "/metrics")[0] == 200, "our own machine may"
    assert get(served, "/metrics", **FORGED)[0] == 403, "but not for somebody else"


def seen_behind(listed: list[str], peer: str, headers: dict[str, str]) -> dict[str, Any]:
    """The scope as the application has it."""
    seen: dict[str, Any] = {}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "client": (peer, 50000), "headers": named}
    asyncio.run(ListedProxies(application, listed)(scope, None, None))
    return seen


@pytest.mark.parametrize(
    ("peer", "told", "client", "scheme", "asks_for_another"),
    [
        ("127.0.0.1", {}, "127.0.0.1", "http", False),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, "203.0.113.9", "http", False),
        (  # what a client made up stands before what the proxy wrote
            "127.0.0.1",
            {"X-Forwarded-For": "127.0.0.1, 203.0.113.9", "X-Forwarded-Proto": "https"},
            "203.0.113.9",
            "https",
            False,
        ),
        ("10.0.0.7", {"X-Forwarded-For": "127.0.0.1"}, "10.0.0.7", "http", True),
        ("127.0.0.1", {"X-Real-IP": "203.0.113.9"}, "127.0.0.1", "http", True),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.9"}, "127.0.0.1", "http", True),
    ],
)
def test_who_asks(
    peer: str, told: dict[str, str], client: str, scheme: str, asks_for_another: bool
) -> None:
    seen = seen_behind(["127.0.0.1", "10.1.0.0/16"], peer, {**told, "Accept": "*/*"})
    assert (seen["client"][0], seen["scheme"]) == (client, scheme)
    assert seen.get("asks_for_another", False) is asks_for_another
    assert seen["headers"] == [(b"accept", b"*/*")], "nobody behind it reads them again"


def test_a_proxy_may_be_a_network() -> None:
    seen = seen_behind(["10.1.0.0/16"], "10.1.2.3", {"X-Forwarded-For": "203.0.113.9"})
    assert seen["client"][0] == "203.0.113.9"
