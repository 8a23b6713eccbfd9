"""Who holds sockets here and can be sent away: people, and machines that were let in.

They are told to leave at once. Should that word be lost, the database is compared every two seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from uuid import UUID

from queues.actions import devices
from queues.live.line import Line
from queues.rules.rights import ActorKind
from queues.screens.holders import Holder, still_here

COMPARED_EVERY = 2.0  # seconds
End = Callable[[], None]


class Presence:
    def __init__(self, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self._in_thread = in_thread  # where the database is asked
        self._lines: dict[Line, tuple[Holder, End]] = {}

    def __bool__(self) -> bool:
        return bool(self._lines)

    async def admit(self, line: Line, holder: Holder, end: End) -> bool:
        """Whether they were not sent away. They are listened for before the database is asked, so
        that whoever is sent away at this moment does not stay. `end` closes the socket."""
        self._lines[line] = (holder, end)
        return holder in await self._in_thread(still_here, [holder])

    def leave(self, line: Line) -> None:
        self._lines.pop(line, None)

    def send_away(self, public_id: UUID) -> None:
        self._end(lambda holder: holder.public_id == public_id)

    async def compare(self) -> None:
        while True:
            await asyncio.sleep(COMPARED_EVERY)
            if asked := self._holders():
                self._keep(await self._in_thread(still_here, asked), asked)

    async def tell_of_machines(self) -> None:
        """Whoever has a socket here is alive."""
        while True:
            await asyncio.sleep(devices.HEARD_OF_EVERY.total_seconds())
            holders = self._holders()
            machines = {one.public_id for one in holders if one.kind is ActorKind.DEVICE}
            if machines:
                await self._in_thread(devices.heard_of, machines)

    def _holders(self) -> set[Holder]:
        return {holder for holder, _end in self._lines.values()}

    def _keep(self, still_here: Collection[Holder], asked: Collection[Holder]) -> None:
        """Of those who were asked about; others have come meanwhile."""
        self._end(lambda holder: holder in asked and holder not in still_here)

    def _end(self, is_to_go: Callable[[Holder], bool]) -> None:
        for holder, end in list(self._lines.values()):
            if is_to_go(holder):
                end()
