"""A hospital as a child would draw it: lists and dictionaries, no database, no locks.

What it says must come of every action is compared with what did.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

WAITING, CALLED, SERVING, ON_HOLD = "waiting", "called", "serving", "on_hold"
COMPLETED, NO_SHOW, CANCELLED, TRANSFERRED = "completed", "no_show", "cancelled", "transferred"
LIVE = {WAITING, CALLED, SERVING, ON_HOLD}
IN_HAND = {CALLED, SERVING}
URGENCY = ["emergency", "paid", "follow_up", "elderly", "online", "walk_in"]
HEAD_STARTS = {"paid": 45, "follow_up": 30, "elderly": 20, "online": 10, "walk_in": 0}

# From where each move starts, and where it leads; None leaves the status as it is.
MOVES: dict[str, tuple[set[str], str | None]] = {
    "start": ({CALLED}, SERVING),
    "complete": ({CALLED, SERVING}, COMPLETED),
    "no_show": ({CALLED}, NO_SHOW),
    "recall": ({CALLED}, None),
    "put_back": ({CALLED}, WAITING),
    "hold": ({WAITING}, ON_HOLD),
    "resume": ({ON_HOLD}, WAITING),
    "return": ({NO_SHOW}, WAITING),
    "cancel": ({WAITING, CALLED, ON_HOLD}, CANCELLED),
}
CANNOT_BE_UNDONE = {"resume"}
LEAVE_NO_TRACE = {"recall"}  # to an undo


@dataclass
class Wait:
    """A token."""

    person: int
    place: str
    priority: str
    arrived: datetime
    seq: int
    status: str = WAITING
    desk: str | None = None  # where it is in hand
    earlier: tuple[str, str | None, str] | None = None  # what an undo would lead back to
    follower: int | None = None


@dataclass
class Place:
    """A department."""

    prefix: str
    state: str = "open"
    policy: str = "fair"
    last_number: int = 0
    desks: dict[str, bool] = field(default_factory=lambda: {"1": True, "2": True})


@dataclass
class Hospital:
    places: dict[str, Place]
    waits: dict[int, Wait] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)  # by person

    def in_hand(self, person: int) -> bool:
        return any(w.person == person and w.status in IN_HAND for w in self.waits.values())

    def live_at(self, person: int, place: str) -> bool:
        return any(
            (w.person, w.place) == (person, place) and w.status in LIVE for w in self.waits.values()
        )

    def at(self, place: str, desk: str) -> int | None:
        """Who is at a desk."""
        found = [
            key
            for key, w in self.waits.items()
            if (w.place, w.desk) == (place, desk) and w.status in IN_HAND
        ]
        assert len(found) <= 1
        return found[0] if found else None

    def works(self, place: str, desk: str) -> bool:
        return self.places[place].state == "open" and self.places[place].desks[desk]

    def queue(self, place: str) -> list[int]:
        """Everybody who waits there, in the order in which they should be called."""
        waiting = [
            (self._turn(w), key)
            for key, w in self.waits.items()
            if w.place == place and w.status == WAITING
        ]
        return [key for _turn, key in sorted(waiting)]

    def first(self, place: str) -> int | None:
        free = (key for key in self.queue(place) if not self.in_hand(self.waits[key].person))
        return next(free, None)

    def next_label(self, person: int, place: str) -> str:
        if person not in self.labels:
            department = self.places[place]
            department.last_number += 1
            self.labels[person] = f"{department.prefix}-{department.last_number:03d}"
        return self.labels[person]

    def change(self, key: int, status: str, desk: str | None = None) -> None:
        wait = self.waits[key]
        wait.earlier = (wait.status, wait.desk, wait.priority)
        wait.status = status
        if status not in LIVE:
            return  # where somebody was last is still known
        wait.desk = desk or wait.desk if status in IN_HAND else None

    def _turn(self, wait: Wait) -> tuple[int, datetime, int]:
        if self.places[wait.place].policy == "strict":
            return URGENCY.index(wait.priority), wait.arrived, wait.seq
        band = 0 if wait.priority == "emergency" else 1
        ahead = timedelta(minutes=HEAD_STARTS.get(wait.priority, 0))
        return band, wait.arrived - ahead, wait.seq
