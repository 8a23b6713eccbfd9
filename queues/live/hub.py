"""All sockets of this process: who looks at which department, and what they are told when it moves.

A hint on the channel layer marks a department as moved; one task reads it once for all its lines,
at once, then at most ten times a second. A hint may be lost, and Redis may be away: every two
seconds one query compares all departments that are looked at with the database. The time since
that comparison is the age of what the screens show, and the heartbeat carries it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import DatabaseError
from redis import RedisError

from queues import hints
from queues.live import messages
from queues.live.line import Line
from queues.live.messages import Told, Wish
from queues.screens.boards import Version

log = logging.getLogger(__name__)
COMPARED_EVERY = 2.0  # seconds
BEATS_EVERY = 3.0
RENEWED_EVERY = 15.0  # estimates move by themselves
SHORTEST_PAUSE = 0.1  # between two readings of one department
TRIED_AGAIN_AFTER = 2.0
JOINED_AGAIN_AFTER = 3600.0  # the in-memory layer forgets who listens after a day
STUCK_AFTER = 30.0  # a socket that takes nothing for so long is not looked at
Result = TypeVar("Result")


class Room:
    """A department that is looked at."""

    def __init__(self, department: UUID) -> None:
        self.department = department
        self.lines: defaultdict[Wish, set[Line]] = defaultdict(set)
        self.moved = asyncio.Event()
        self.version: Version | None = None
        self.told_at = 0.0

    def forget(self, line: Line) -> None:
        for wish in [wish for wish, lines in self.lines.items() if line in lines]:
            self.lines[wish].discard(line)
            if not self.lines[wish]:
                del self.lines[wish]

    def everybody(self) -> set[Line]:
        return set().union(*self.lines.values())

    def tell(self, told: Told) -> None:
        self.version, self.told_at = told.version, time.monotonic()
        for wish, lines in self.lines.items():
            if wish not in told.texts:
                self.moved.set()  # it came while we were reading
                continue
            text = told.texts[wish]
            for line in lines:
                line.put_if_new(self.department, text)


class Hub:
    def __init__(self) -> None:
        self.rooms: dict[UUID, Room] = {}
        self.compared_at = time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()
        self._readers: dict[UUID, asyncio.Task[None]] = {}
        # One thread, and so one connection to the database, for everything that is pushed.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="boards")

    # Who looks

    def join(self, line: Line, departments: tuple[UUID, ...], wish: Wish) -> None:
        if not self.rooms:
            self._start()
        for department in departments:
            room = self.rooms.get(department)
            if room is None:
                room = self.rooms[department] = Room(department)
                self._readers[department] = asyncio.create_task(self._read(room))
            room.lines[wish].add(line)
            room.moved.set()

    def leave(self, line: Line) -> None:
        for room in list(self.rooms.values()):
            room.forget(line)
            if not room.lines:
                del self.rooms[room.department]
                self._readers.pop(room.department).cancel()
        if not self.rooms:
            self._stop()

    def _start(self) -> None:
        self.compared_at = time.monotonic()
        for duty in (self._listen(), self._compare(), self._beat()):
            self._tasks.add(asyncio.create_task(duty))

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()

    # What they are told

    async def _read(self, room: Room) -> None:
        """Each time it moves, the department is read once, and told to all its lines."""
        while True:
            await room.moved.wait()
            room.moved.clear()
            try:
                told = await self._in_thread(messages.tell, room.department, set(room.lines))
            except DatabaseError as error:
                log.warning("a board could not be read: %s", type(error).__name__)
                room.moved.set()
                await asyncio.sleep(TRIED_AGAIN_AFTER)
                continue
            if told is None:
                return  # the department is gone: its screens will ask for their pages
            room.tell(told)
            await asyncio.sleep(SHORTEST_PAUSE)

    async def _compare(self) -> None:
        """Heals lost hints, and knows how old everything is that is shown."""
        while True:
            await asyncio.sleep(COMPARED_EVERY)
            began = time.monotonic()
            try:
                versions = await self._in_thread(messages.versions, list(self.rooms))
            except DatabaseError as error:
                log.warning("the boards could not be compared: %s", type(error).__name__)
                continue
            self.compared_at = began
            for room in self.rooms.values():
                now_is = versions.get(room.department)
                has_moved = now_is is not None and now_is != room.version
                if has_moved or began - room.told_at > RENEWED_EVERY:
                    room.moved.set()

    async def _beat(self) -> None:
        while True:
            now = time.monotonic()
            text = messages.beat(now - self.compared_at)
            for line in set().union(*(room.everybody() for room in self.rooms.values())):
                if line.waiting_since and now - line.waiting_since > STUCK_AFTER:
                    self.leave(line)  # whoever is there will miss the heartbeat and come again
                else:
                    line.put("beat", text)
            await asyncio.sleep(BEATS_EVERY)

    # What is heard

    async def _listen(self) -> None:
        """Hints of this and of other processes. Without the layer the comparison is enough."""
        while True:
            try:
                await self._follow_hints()
            except (RedisError, OSError) as error:
                log.warning("no hints are heard just now: %s", type(error).__name__)
            await asyncio.sleep(TRIED_AGAIN_AFTER)

    async def _follow_hints(self) -> None:
        layer: Any = get_channel_layer()
        channel = await layer.new_channel("boards")
        joined: set[UUID] = set()
        since = time.monotonic()
        hint = asyncio.ensure_future(layer.receive(channel))
        try:
            while time.monotonic() - since < JOINED_AGAIN_AFTER:
                for department in set(self.rooms) - joined:
                    await layer.group_add(hints.group(department), channel)
                    joined.add(department)
                for department in joined - set(self.rooms):
                    await layer.group_discard(hints.group(department), channel)
                    joined.discard(department)
                done, _pending = await asyncio.wait({hint}, timeout=0.5)
                if done:
                    if room := self.rooms.get(UUID(hint.result()["department"])):
                        room.moved.set()
                    hint = asyncio.ensure_future(layer.receive(channel))
        finally:
            hint.cancel()

    async def _in_thread(self, act: Callable[..., Result], *args: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act, *args)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The one of this server: its sockets, tasks and channel layer live on one loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
