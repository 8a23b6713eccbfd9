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
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import Error
from redis import RedisError

from queues import hints
from queues.live import messages, meters
from queues.live.line import Line
from queues.live.messages import Wish
from queues.live.presence import End, Presence
from queues.live.room import Room
from queues.screens.holders import Holder

log = logging.getLogger(__name__)
COMPARED_EVERY = 2.0  # seconds
BEATS_EVERY = 3.0
RENEWED_EVERY = 15.0  # estimates move by themselves
SHORTEST_PAUSE = 0.1  # between two readings of one department
TRIED_AGAIN_AFTER = 2.0
JOINED_AGAIN_AFTER = 3600.0  # the in-memory layer forgets who listens after a day
STUCK_AFTER = 30.0  # a socket that takes nothing for so long is not looked at
Result = TypeVar("Result")


class Hub:
    def __init__(self) -> None:
        self.rooms: dict[UUID, Room] = {}
        self.looks: dict[Line, list[tuple[Room, Wish]]] = {}
        self.presence = Presence(self._in_thread)
        self._duties: list[asyncio.Task[None]] = []
        self._readers: dict[UUID, asyncio.Task[None]] = {}
        # One thread, and so one connection to the database, for everything that is pushed.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="boards")

    # Who looks

    async def admit(self, line: Line, holder: Holder, end: End) -> bool:
        """Whether somebody who can be sent away was not."""
        self._start()
        return await self.presence.admit(line, holder, end)

    def join(self, line: Line, departments: tuple[UUID, ...], wish: Wish) -> None:
        self._start()
        self.looks[line] = []
        for department in departments:
            room = self.rooms.get(department)
            if room is None:
                room = self.rooms[department] = Room(department)
                self._readers[department] = asyncio.create_task(_kept_up(self._read, room))
            room.admit(line, wish)
            self.looks[line].append((room, wish))

    def leave(self, line: Line) -> None:
        self.presence.leave(line)
        for room, wish in self.looks.pop(line, []):
            room.forget(line, wish)
            if not room.lines:
                del self.rooms[room.department]
                self._readers.pop(room.department).cancel()
        if not self.looks and not self.presence:
            self._stop()

    def _start(self) -> None:
        if self._duties:
            return
        presence = (self.presence.compare, self.presence.tell_of_machines)
        for duty in (self._listen, self._compare, self._beat, *presence):
            self._duties.append(asyncio.create_task(_kept_up(duty)))

    def _stop(self) -> None:
        for task in self._duties:
            task.cancel()
        self._duties.clear()
        self._measure(time.monotonic())

    def _measure(self, now: float) -> None:
        ages = [now - room.true_at for room in self.rooms.values() if room.true_at is not None]
        meters.departments.set(len(self.rooms))
        meters.oldest_board.set(max(ages, default=0))

    # What they are told

    async def _read(self, room: Room) -> None:
        """Each time it moves, the department is read once, and told to all its lines."""
        while True:
            await room.moved.wait()
            room.moved.clear()
            began = time.monotonic()
            try:
                told = await self._in_thread(messages.tell, room.department, set(room.lines))
            except Exception:
                room.moved.set()
                raise
            if told:  # else the department is gone, and its screens grow old until they ask anew
                room.tell(told, began)
            await asyncio.sleep(SHORTEST_PAUSE)

    async def _compare(self) -> None:
        """Heals lost hints, and knows how old everything is that is shown."""
        while True:
            await asyncio.sleep(COMPARED_EVERY)
            began = time.monotonic()
            versions = await self._in_thread(messages.versions, list(self.rooms))
            for room in self.rooms.values():
                room.compare(versions.get(room.department), began, RENEWED_EVERY)

    async def _beat(self) -> None:
        """Tells each screen its age: that of the oldest it shows."""
        while True:
            now = time.monotonic()
            for line, rooms in list(self.looks.items()):
                if line.is_dead or (line.waiting_since and now - line.waiting_since > STUCK_AFTER):
                    self.leave(line)  # whoever is there will miss the heartbeat and come again
                else:
                    line.put("beat", messages.beat(_age(line, rooms, now)))
            self._measure(now)
            await asyncio.sleep(BEATS_EVERY)

    # What is heard

    async def _listen(self) -> None:
        """Hints of this and of other processes. Without the layer the comparison is enough."""
        layer: Any = get_channel_layer()
        channel = await layer.new_channel("boards")
        groups = (hints.MOVED, hints.AWAY)
        try:
            for group in groups:
                await layer.group_add(group, channel)
            with suppress(TimeoutError):
                async with asyncio.timeout(JOINED_AGAIN_AFTER):
                    while True:
                        self._hear(await layer.receive(channel))
        finally:
            with suppress(RedisError, OSError):
                for group in groups:
                    await layer.group_discard(group, channel)

    def _hear(self, hint: dict[str, Any]) -> None:
        if hint["type"] == "away":
            self.presence.send_away(UUID(hint["holder"]))
        elif hint["department"] and (room := self.rooms.get(UUID(hint["department"]))):
            room.hear((date.fromisoformat(hint["day"]), hint["seq"]))

    async def _in_thread(self, act: Callable[..., Result], *args: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act, *args)


async def _kept_up(duty: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
    """Begun again whatever stops it: the database or Redis may be away, and come back. Meanwhile
    the screens grow old, and say so."""
    while True:
        try:
            await duty(*args)
        except (Error, RedisError, OSError) as error:
            log.warning("%s: %s, tried again", duty.__name__.strip("_"), type(error).__name__)
        except Exception:
            log.exception("%s failed, and is tried again", duty.__name__.strip("_"))
        await asyncio.sleep(TRIED_AGAIN_AFTER)


def _age(line: Line, rooms: list[tuple[Room, Wish]], now: float) -> float | None:
    """None while it was not told everything that it asked for: nothing it shows is known to be so."""
    since = [room.true_at for room, _wish in rooms if line.knows(room.department)]
    true_at = [moment for moment in since if moment is not None]
    return now - min(true_at) if rooms and len(true_at) == len(rooms) else None


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The one of this server: its sockets, tasks and channel layer live on one loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
