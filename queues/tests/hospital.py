"""A real server on a database of its own, which can be stopped, killed and started again."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from queues.rules.limits import Door

SCRATCH = "test_power_cut"
GOES_UP_IN = 30  # seconds at most
GOES_DOWN_IN = 15
AWAY = (OSError, http.client.HTTPException)  # what a client sees of a server that died


class Hospital:
    """Its settings, its commands, and the one address that it has before and after the cut."""

    def __init__(self, database_url: str, log: Path | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "nextpatient.settings",
            "DATABASE_URL": database_url,
            "SECRET_KEY": settings.SECRET_KEY,
            "LINK_KEY": settings.LINK_KEY,
            "PUBLIC_URL": self.url,
            "LIMITS": ",".join(f"{door}=1000000/1" for door in Door),  # all come from here
        }
        self.log = log  # of the server; on our own error output where there is none
        self.key = ""
        self.served_by = ["-m", "nextpatient.serve", "--port", str(self.port)]
        self.server: subprocess.Popen[bytes] | None = None

    def manage(self, *args: str) -> str:
        """What a command of manage.py says."""
        return self.run("manage.py", *args)

    def run(self, *args: str) -> str:
        """What a program says that is run on this database."""
        done = subprocess.run(
            [sys.executable, *args],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def open(self, *found: str) -> None:
        """Tables, a clinic, and a key to the API."""
        self.manage("migrate", "--no-input")
        self.manage("found", *found)
        self.take_key()

    def take_key(self) -> None:
        self.key = self.manage("api_key", "kiosk", "--role", "staff").splitlines()[-1]

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        """Serve as `./dev run` does, unless told otherwise, always at the same address."""
        command = [sys.executable, *self.served_by, *more]
        out = self.log.open("ab") if self.log else None
        self.server = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=out,
            stderr=out,
            start_new_session=True,  # with whatever it starts, so that a cut reaches all of it
        )
        if out:
            out.close()  # the child has its own
        self._wait_for(self.server)
        return self.server

    def stop(self) -> None:
        """As a person does who wants it to end well."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut does."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Still connected, but silent: what a half-dead network looks like from a screen."""
        assert self.server
        self.server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.server
        self.server.send_signal(signal.SIGCONT)

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        try:
            yield self.start()
        finally:
            self.kill()

    def ask(self, method: str, path: str, body: Any = None, once: str = "") -> tuple[int, Any]:
        """A request over a connection of its own; raises one of AWAY if nobody answers."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if once:
            headers["Idempotency-Key"] = once
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            client.request(method, f"/api{path}", json.dumps(body) if body else None, headers)
            answer = client.getresponse()
            said = answer.read()
            return answer.status, json.loads(said) if said else None
        finally:
            client.close()

    def _wait_for(self, server: subprocess.Popen[bytes]) -> None:
        for _try in range(GOES_UP_IN * 10):
            assert server.poll() is None, "the server ended by itself"
            try:
                self.ask("GET", "/departments")
                return
            except AWAY:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def _end(self, how: signal.Signals) -> None:
        """Ask or insist; nothing to do where it has ended already."""
        if self.server is None:
            return
        self.server.send_signal(signal.SIGCONT)  # the frozen hear nothing
        if how == signal.SIGKILL:
            with suppress(ProcessLookupError):
                os.killpg(self.server.pid, how)
        else:
            self.server.send_signal(how)
        try:
            self.server.wait(GOES_DOWN_IN)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.server = None


@contextmanager
def scratch_database(folder: Path) -> Iterator[str]:
    """The address of an empty database on the engine under test."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/hospital.sqlite3"
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCRATCH}")
        cursor.execute(f"CREATE DATABASE {SCRATCH} CHARACTER SET utf8mb4")
    yield urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{SCRATCH}"))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {SCRATCH}")
