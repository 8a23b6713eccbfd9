"""Real servers, with settings of their own."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from queues.tests.hospital import Hospital

Serve = Callable[..., Hospital]
Answer = tuple[int, dict[str, str], str]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """`serve(THREADS="2")`: a server with these settings, and where nothing else is said without
    a database."""
    with ExitStack() as stack:

        def start(*options: str, **settings: str) -> Hospital:
            hospital = Hospital(f"sqlite:///{tmp_path}/none.sqlite3", tmp_path / "server.log")
            hospital.environment.update(settings)
            stack.callback(hospital.kill)
            hospital.start(*options)
            return hospital

        yield start


def get(hospital: Hospital, path: str, method: str = "GET", **headers: str) -> Answer:
    """Over a connection of its own; `X_Real_IP` is the header X-Real-IP."""
    client = http.client.HTTPConnection("127.0.0.1", hospital.port, timeout=60)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client.request(method, path, headers=named)
        answer = client.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read().decode()
    finally:
        client.close()
