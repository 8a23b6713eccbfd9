"""Requests at their intended times, whether or not those before them were answered.

A client that waits for an answer before it asks again slows down with the server, and so hides what
people would have waited for (coordinated omission). Here the clock asks: what has no free connection
waits in line, and its wait counts.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bench._answers import whole

STEP = 0.002  # seconds; what is due within one is asked together
PATIENCE = 10.0  # seconds that we wait for the last answers


@dataclass(frozen=True)
class Asked:
    kind: str
    text: bytes
    allowed: frozenset[int]  # statuses that are an answer
    then: Callable[[bytes], None] | None = None  # what is done with the body


@dataclass
class Load:
    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: int = 0
    seconds: float = 0.0

    @property
    def answered(self) -> int:
        return sum(map(len, self.took.values()))

    @property
    def lost(self) -> int:
        return self.asked - self.answered


class Line(asyncio.Protocol):
    """One connection, which stays open; one question on it at a time."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard = b""
        self.now: tuple[Asked, float] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, what: Asked, due: float) -> None:
        self.now = what, due
        self.transport.write(what.text)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        answer = whole(self.heard)
        if answer is None:
            return
        head, body = answer
        self.heard = b""
        assert self.now
        (what, due), self.now = self.now, None
        self.client.hear(self, what, due, int(head[9:12]), body)

    def connection_lost(self, error: Exception | None) -> None:
        self.client.lose(self)


class Client:
    def __init__(self, host: str, connections: int) -> None:
        address, port = host.split(":")
        self.address, self.port, self.connections = address, int(port), connections
        self.load = Load()
        self.free: deque[Line] = deque()
        self.waiting: deque[tuple[Asked, float]] = deque()
        self.out = 0
        self.is_over = False
        self.dialling: set[asyncio.Task[None]] = set()

    async def run(self, rate: float, seconds: float, draw: Callable[[], Asked]) -> Load:
        await asyncio.gather(*(self._dial() for _line in range(self.connections)))
        began, due_so_far = time.perf_counter(), 0
        total = int(rate * seconds)
        while due_so_far < total:
            due = min(int((time.perf_counter() - began) * rate) + 1, total)  # the first at once
            for number in range(due_so_far, due):
                self._ask(draw(), began + number / rate)
            due_so_far = due
            await asyncio.sleep(STEP)
        until = time.perf_counter() + PATIENCE
        while (self.out or self.waiting) and time.perf_counter() < until:
            await asyncio.sleep(0.01)
        self.load.seconds = time.perf_counter() - began
        self.is_over = True
        for line in self.free:
            line.transport.abort()
        return self.load

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        _transport, line = await loop.create_connection(lambda: Line(self), self.address, self.port)
        self.free.append(line)

    def _ask(self, what: Asked, due: float) -> None:
        self.load.asked += 1
        if self.free:
            self.out += 1
            self.free.pop().ask(what, due)
        else:
            self.waiting.append((what, due))

    def hear(self, line: Line, what: Asked, due: float, status: int, body: bytes) -> None:
        self.load.took[what.kind].append(time.perf_counter() - due)
        if status not in what.allowed:
            self.load.faults[f"{what.kind} {status}"] += 1
        elif what.then:
            what.then(body)
        if self.waiting:
            line.ask(*self.waiting.popleft())
        else:
            self.out -= 1
            self.free.append(line)

    def lose(self, line: Line) -> None:
        """The server hangs up on who is silent for a while; what was asked meanwhile is lost."""
        if self.is_over:
            return
        if line.now:
            self.out -= 1
            self.load.faults[f"{line.now[0].kind} hung up"] += 1
        elif line in self.free:
            self.free.remove(line)
        anew = asyncio.ensure_future(self._dial())
        self.dialling.add(anew)
        anew.add_done_callback(self.dialling.discard)
