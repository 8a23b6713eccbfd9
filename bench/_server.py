"""A server of our own, as ./dev starts it, on a database of the benchmark."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def server(database: str, application: str, *, workers: int = 1) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = os.environ["DATABASE_URL"].replace("/nextpatient?", f"/{database}?")
    command = [sys.executable, "-m", "nextpatient.serve", "--application", application]
    command += ["--port", str(port), "--workers", str(workers)]
    child = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
    try:
        _wait_for(port)
        yield f"127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
