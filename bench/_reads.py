"""A few connections that stay open, each asking again as soon as it has its answer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from bench._answers import END, whole


@dataclass
class Load:
    seconds: float = 0.0
    answered: int = 0
    refused: int = 0
    took: list[float] = field(default_factory=list)


class Asker(asyncio.Protocol):
    def __init__(self, text: bytes, load: Load, until: float) -> None:
        self.text, self.load, self.until = text, load, until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.began = time.perf_counter()
        self.transport.write(self.text)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        answer = whole(self.heard)
        if answer is None:
            return
        now = time.perf_counter()
        self.load.took.append(now - self.began)
        self.load.answered += 1
        self.load.refused += not answer[0].startswith(b"HTTP/1.1 200")
        self.heard = b""
        if now < self.until:
            self._ask()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def read_for(host: str, path: str, connections: int, seconds: float) -> Load:
    address, port = host.split(":")
    text = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    load, began = Load(), time.perf_counter()
    loop = asyncio.get_running_loop()
    askers = [
        (
            await loop.create_connection(
                lambda: Asker(text, load, began + seconds), address, int(port)
            )
        )[1]
        for _connection in range(connections)
    ]
    await asyncio.gather(*(asker.done for asker in askers))
    load.seconds = time.perf_counter() - began
    return load


async def one(host: str, path: str) -> bytes:
    address, port = host.split(":")
    reader, writer = await asyncio.open_connection(address, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.partition(END)[2]
