"""Django in a pool of threads answers as Django does, and outlives what clients do to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from nextpatient.pool import PooledDjango


def hello(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(f"{request.method} {request.GET.get('name', '')}")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def thread_name(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


def size(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a patient's name")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(part.encode() for part in ("one ", "two ", "three"))


async def counted() -> AsyncIterator[bytes]:
    for number in range(3):
        yield str(number).encode()


def async_stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(counted())


urlpatterns = [
    path("hello", hello),
    path("thread", thread_name),
    path("size", size),
    path("breaks", breaks),
    path("stream", stream),
    path("async-stream", async_stream),
]


@pytest.fixture
def pool(settings: Any) -> Iterator[PooledDjango]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    pool = PooledDjango(threads=2)
    yield pool
    pool.pool.shutdown()


async def ask(
    pool: PooledDjango, target: str, method: str = "GET", body: tuple[bytes, ...] = (b"",)
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    address, _mark, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": address,
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost")],
    }
    client = ApplicationCommunicator(pool, scope)
    for number, part in enumerate(body, start=1):
        more = number < len(body)
        await client.send_input({"type": "http.request", "body": part, "more_body": more})
    start = await client.receive_output(5)
    received = b""
    while True:
        message = await client.receive_output(5)
        received += message["body"]
        if not message["more_body"]:
            await client.wait(1)
            return start["status"], start["headers"], received


def asked(pool: PooledDjango, *args: Any, **kwargs: Any) -> Any:
    return asyncio.run(ask(pool, *args, **kwargs))


def test_it_answers_with_headers_and_every_cookie(pool: PooledDjango) -> None:
    status, headers, body = asked(pool, "/hello?name=%C3%A9")
    assert (status, body.decode()) == (200, "GET é")
    assert [value for name, value in headers if name == b"set-cookie"] == [
        b"a=1; Path=/",
        b"b=2; Path=/",
    ]


def test_its_threads_last(pool: PooledDjango) -> None:
    names = {asked(pool, "/thread")[2] for _ in range(20)}
    assert len(names) <= 2


def test_each_request_starts_and_finishes_once_in_one_thread(pool: PooledDjango) -> None:
    seen: list[tuple[str, str]] = []

    def started(**_: Any) -> None:
        seen.append(("started", threading.current_thread().name))

    def finished(**_: Any) -> None:
        seen.append(("finished", threading.current_thread().name))

    request_started.connect(started)
    request_finished.connect(finished)
    try:
        asked(pool, "/hello")
    finally:
        request_started.disconnect(started)
        request_finished.disconnect(finished)
    assert [what for what, _where in seen] == ["started", "finished"]
    assert seen[0][1] == seen[1][1]


def test_a_body_in_parts_arrives_whole(pool: PooledDjango) -> None:
    assert asked(pool, "/size", "POST", body=(b"ab", b"cd", b"e"))[2] == b"5"


def test_a_body_without_length_that_is_too_large_is_refused(pool: PooledDjango) -> None:
    part = b"x" * (settings.LARGEST_REQUEST // 2)
    status, _headers, _body = asked(pool, "/size", "POST", body=(part,) * 5)
    assert status == 400


@pytest.mark.parametrize(
    ("target", "expected"), [("/stream", b"one two three"), ("/async-stream", b"012")]
)
def test_streams_arrive_whole(pool: PooledDjango, target: str, expected: bytes) -> None:
    assert asked(pool, target)[2] == expected


def test_an_error_is_a_page_that_tells_nothing(pool: PooledDjango) -> None:
    status, _headers, body = asked(pool, "/breaks")
    assert status == 500
    assert b"patient's name" not in body


@pytest.mark.parametrize("parts_before", [0, 1])
def test_a_client_that_leaves_early_costs_nothing(pool: PooledDjango, parts_before: int) -> None:
    async def leave() -> None:
        scope = {"type": "http", "method": "POST", "path": "/size", "headers": []}
        client = ApplicationCommunicator(pool, scope)
        for _ in range(parts_before):
            await client.send_input({"type": "http.request", "body": b"x", "more_body": True})
        await client.send_input({"type": "http.disconnect"})
        await client.wait(1)
        assert client.output_queue.empty()

    asyncio.run(leave())
    assert asked(pool, "/hello")[0] == 200


def test_a_slow_request_does_not_hold_up_the_others(pool: PooledDjango) -> None:
    """Two threads: one is kept busy, the other goes on answering."""
    gate = threading.Event()
    pool.pool.submit(gate.wait, 10)
    try:
        assert asked(pool, "/hello")[0] == 200
    finally:
        gate.set()
