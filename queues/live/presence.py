"""Who holds sockets here and can be sent away: people, and machines that were let in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from queues.live.line import Line
from queues.rules.rights import ActorKind
from queues.screens.holders import Holder

End = Callable[[], None]


class Presence:
    def __init__(self) -> None:
        self._lines: dict[Line, tuple[Holder, End]] = {}

    def enter(self, line: Line, holder: Holder, end: End) -> None:
        """`end` closes the socket, and may be called more than once."""
        self._lines[line] = (holder, end)

    def leave(self, line: Line) -> None:
        self._lines.pop(line, None)

    @property
    def holders(self) -> set[Holder]:
        return {holder for holder, _end in self._lines.values()}

    @property
    def machines(self) -> set[UUID]:
        return {one.public_id for one in self.holders if one.kind is ActorKind.DEVICE}

    def send_away(self, public_id: UUID) -> None:
        self._end(lambda holder: holder.public_id == public_id)

    def keep(self, still_here: Collection[Holder], asked: Collection[Holder]) -> None:
        """Of those who were asked about; others have come meanwhile."""
        self._end(lambda holder: holder in asked and holder not in still_here)

    def _end(self, is_to_go: Callable[[Holder], bool]) -> None:
        for holder, end in list(self._lines.values()):
            if is_to_go(holder):
                end()
