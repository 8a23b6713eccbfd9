"""Thousands of connections open at once, each posting one request."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Answers:
    """By status; 0 stands for a connection that was refused, reset or never answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    opening: float = 0.0
    seconds: float = 0.0

    @property
    def failures(self) -> int:
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 500)


async def post_all(host: str, path: str, key: str, bodies: Sequence[object]) -> Answers:
    """First all connections are open, then all ask at once."""
    answers = Answers()
    address, port = host.split(":")
    began = time.monotonic()
    opening = [_opened(address, int(port)) for _body in bodies]
    streams = [found for found in await asyncio.gather(*opening) if found]
    answers.opening = time.monotonic() - began
    answers.statuses[0] = len(bodies) - len(streams)
    began = time.monotonic()
    texts = [_request(host, path, key, body) for body in bodies]
    asking = [_ask(*stream, text) for stream, text in zip(streams, texts, strict=False)]
    answers.statuses.update(await asyncio.gather(*asking))
    answers.seconds = time.monotonic() - began
    return answers


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _opened(address: str, port: int) -> Stream | None:
    try:
        return await asyncio.open_connection(address, port)
    except OSError:
        return None


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, text: bytes) -> int:
    try:
        writer.write(text)
        line = await reader.readline()
        await reader.read()
        return int(line.split()[1])
    except (OSError, IndexError):
        return 0
    finally:
        writer.close()


def _request(host: str, path: str, key: str, body: object) -> bytes:
    text = json.dumps(body)
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(text)}",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", text]).encode()
