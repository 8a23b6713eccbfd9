"""A connection to a server that stays open, whose owner asks and waits: as cheap as Python can, so
that the server is measured."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

from bench._answers import whole

PATIENCE = 60  # seconds
KEPT_OPEN = 3.0  # seconds without a question; the server hangs up after five


class Unwelcome(Exception):
    """The server said no to what a benchmark asks."""


class Wire:
    def __init__(self, host: str, key: str = "") -> None:
        address, port = host.split(":")
        self.address = address, int(port)
        self.dial()
        self.head = f"Host: {host}\r\n" + (f"Authorization: Bearer {key}\r\n" if key else "")

    def dial(self) -> None:
        self.socket = socket.create_connection(self.address, PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.used = time.monotonic()

    def get(self, path: str) -> bytes:
        return self._ask(f"GET {path} HTTP/1.1\r\n{self.head}\r\n".encode())

    def post(self, path: str, body: object) -> Any:
        text = json.dumps(body)
        what = f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
        said = self._ask(f"POST {path} HTTP/1.1\r\n{self.head}{what}\r\n{text}".encode())
        return json.loads(said) if said else None

    def close(self) -> None:
        self.socket.close()

    def _ask(self, question: bytes) -> bytes:
        if time.monotonic() > self.used + KEPT_OPEN:
            self.close()
            self.dial()
        self.socket.sendall(question)
        heard = b""
        while (answer := whole(heard)) is None:
            heard += self._more()
        head, body = answer
        self.used = time.monotonic()
        if not head.startswith(b"HTTP/1.1 2"):
            raise Unwelcome(head.partition(b"\r\n")[0], body[:300])
        return body

    def _more(self) -> bytes:
        more = self.socket.recv(65536)
        if not more:
            raise Unwelcome("the server hung up")
        return more
