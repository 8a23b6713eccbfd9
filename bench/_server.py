"""A server of our own, as ./dev starts it, on a database of the benchmark."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

OURS = "nextpatient.asgi:application"


class Running(NamedTuple):
    host: str
    pid: int  # of the process that serves, or where there are several, of the one above them


@contextmanager
def server(database: str, application: str = OURS, *, workers: int = 1) -> Iterator[str]:
    """The address of one that answers."""
    with server_process(database, application, workers=workers) as running:
        yield running.host


@contextmanager
def server_process(
    database: str, application: str = OURS, *, workers: int = 1
) -> Iterator[Running]:
    """The same, for whoever looks at its process as well."""
    with started(database, application, workers=workers) as running:
        _wait_for(running.host)
        yield running


@contextmanager
def started(
    database: str, application: str = OURS, *, workers: int = 1, **more: str
) -> Iterator[Running]:
    """It has only begun to start; more is what it finds in its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = os.environ["DATABASE_URL"].replace("/nextpatient?", f"/{database}?")
    command = [sys.executable, "-m", "nextpatient.serve", "--application", application]
    command += ["--port", str(port), "--workers", str(workers)]
    child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url, **more})
    try:
        yield Running(f"127.0.0.1:{port}", child.pid)
    finally:
        child.terminate()
        child.wait(30)


def _wait_for(host: str) -> None:
    address, port = host.split(":")
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection((address, int(port))).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
