"""Which place suits whoever waits for one, and which places a family can share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from queues.rules.slots import time_of_day


class Turn(NamedTuple):
    """Whoever was displaced first; then by priority, then by arrival: the smallest is next."""

    after_the_displaced: bool
    urgency: int
    joined_at: datetime


@dataclass(frozen=True)
class Room:
    """What is left of a slot."""

    key: int
    starts: datetime
    ends: datetime
    places: int


def suits(starts: datetime, zone: ZoneInfo, times_of_day: Collection[str]) -> bool:
    return not times_of_day or time_of_day(starts, zone) in times_of_day


def together(rooms: Sequence[Room], around: int, places: int) -> list[list[int]]:
    """Keys of slots, one for each place: as many as are asked for, one slot after the other
    without a gap, the slot `around` among them. One way for each slot that they can begin with,
    the earliest first; none where there is no room for all."""
    follow = stretch(sorted(rooms, key=lambda room: room.starts), around)
    keys = [room.key for room in follow for _place in range(room.places)]
    ways: dict[int, list[int]] = {}
    for first in range(len(keys) - places + 1):
        way = keys[first : first + places]
        if around in way:
            ways.setdefault(way[0], way)
    return list(ways.values())


def stretch(rooms: Sequence[Room], around: int) -> list[Room]:
    """The slots with room that follow on one another, up to the one and on from it."""
    at = next((i for i, room in enumerate(rooms) if room.key == around), None)
    if at is None or rooms[at].places < 1:
        return []
    first = last = at
    while first and _goes_on(rooms[first - 1], rooms[first]):
        first -= 1
    while last + 1 < len(rooms) and _goes_on(rooms[last], rooms[last + 1]):
        last += 1
    return list(rooms[first : last + 1])


def _goes_on(one: Room, other: Room) -> bool:
    return one.places > 0 and other.places > 0 and one.ends == other.starts
