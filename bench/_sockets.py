"""Thousands of websockets in one process, as cheap as they can be, so that the server is measured."""

from __future__ import annotations

import asyncio
import base64
import os
import time

SHORTEST_BOARD = 200  # bytes; a heartbeat is shorter


class Socket(asyncio.Protocol):
    """Says when it got its last board."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.buffer = b""
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self.crowd.path} HTTP/1.1\r\nHost: {self.crowd.host}\r\n"
            f"Origin: http://{self.crowd.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_open:
            head, found, self.buffer = self.buffer.partition(b"\r\n\r\n")
            if not found:
                self.buffer = head
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self.is_open = True
            self.crowd.opened += 1
        while length := self._frame():
            if length > SHORTEST_BOARD:
                self.crowd.boards += 1
                self.crowd.last_at = time.monotonic()

    def _frame(self) -> int:
        """The length of the next whole frame, which is then gone; 0 if there is none."""
        if len(self.buffer) < 4:
            return 0
        length, head = self.buffer[1] & 127, 2
        if length == 126:
            length, head = int.from_bytes(self.buffer[2:4]), 4
        if len(self.buffer) < head + length:
            return 0
        self.buffer = self.buffer[head + length :]
        return length


class Crowd:
    """Sockets at one address."""

    def __init__(self, host: str, path: str) -> None:
        self.host, self.path = host, path
        self.opened = self.boards = 0
        self.last_at = 0.0
        self.sockets: list[Socket] = []

    async def open(self, size: int) -> None:
        address, port = self.host.split(":")
        loop = asyncio.get_running_loop()
        for start in range(0, size, 100):  # a hundred at a time, as doors are wide
            new = [
                loop.create_connection(lambda: Socket(self), address, int(port))
                for _ in range(min(100, size - start))
            ]
            self.sockets += [protocol for _transport, protocol in await asyncio.gather(*new)]
        await self._until(lambda: self.opened == size)

    async def told(self, wanted: int) -> float:
        """When the last of so many boards came."""
        await self._until(lambda: self.boards >= wanted)
        return self.last_at

    async def _until(self, holds: object, patience: float = 60) -> None:
        assert callable(holds)
        end = time.monotonic() + patience
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"{self.opened} open, {self.boards} boards")
            await asyncio.sleep(0.001)

    def close(self) -> None:
        for socket in self.sockets:
            socket.transport.abort()
