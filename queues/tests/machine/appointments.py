"""A doctor's day as a child would draw it: places, whoever sits in them, whoever waits for one.

Plain lists, no database, no locks. What it says must come of every action is compared with what did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from queues.tests.machine.model import URGENCY

SCHEDULED, CONFIRMED, WAITLISTED, DISPLACED = "scheduled", "confirmed", "waitlisted", "displaced"
CHECKED_IN, CANCELLED, NO_SHOW = "checked_in", "cancelled", "no_show"
SITS = {SCHEDULED, CONFIRMED, WAITLISTED, CHECKED_IN}
AHEAD = {SCHEDULED, CONFIRMED}
NOW = 0  # the slot that has begun


@dataclass
class Booking:
    """An appointment; `order` tells who came first, and a bigger urgency is a lesser one."""

    person: int | None
    source: str
    slot: int | None
    order: int
    state: str = SCHEDULED
    lost: int = 0  # the slot of whoever has none: they are given nothing before it

    @property
    def urgency(self) -> int:
        return URGENCY.index(self.source)


@dataclass
class Wait:
    """An entry of the waitlist; without a slot, for whatever the doctor has."""

    person: int | None
    source: str
    slot: int | None
    order: int
    at_head: bool = False
    state: str = "waiting"
    booking: Booking | None = None  # the one that lost its place, or that is held for them

    def turn(self) -> tuple[bool, int, int]:
        return not self.at_head, URGENCY.index(self.source), self.order


@dataclass
class Day:
    """Slots in the order of their time: how many each takes, and how many at the very most. Of
    these the first goes on now, with the time of all who are booked in it begun."""

    slots: list[tuple[int, int]]
    asks_first: bool = False
    bookings: dict[int, Booking] = field(default_factory=dict)
    waits: dict[int, Wait] = field(default_factory=dict)
    clock: int = 0
    new: list[Booking | Wait] = field(default_factory=list)  # what the actions made, unseen yet

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def everybody(self) -> list[Booking]:
        return [*self.bookings.values(), *(one for one in self.new if isinstance(one, Booking))]

    def sitting(self, slot: int) -> list[Booking]:
        return [one for one in self.everybody() if one.slot == slot and one.state in SITS]

    def is_free(self, slot: int) -> bool:
        return len(self.sitting(slot)) < self.slots[slot][0]

    def is_given(self, slot: int) -> bool:
        """Nobody on their way would be in time for what has begun."""
        return slot != NOW and self.is_free(slot)

    def has_room(self, slot: int, source: str) -> bool:
        return len(self.sitting(slot)) < self.slots[slot][source == "emergency"]

    def gives_way(self, slot: int, source: str) -> Booking | None:
        lower = [
            one
            for one in self.sitting(slot)
            if one.urgency > URGENCY.index(source) and one.state in AHEAD | {WAITLISTED}
        ]
        return max(lower, key=lambda one: (one.urgency, one.order), default=None)

    def hinders(
        self, person: int | None, slot: int, source: str, but: Booking | None = None
    ) -> bool:
        """Once a day, unless they come again; and never twice at one time."""
        theirs = [
            one
            for one in self.everybody()
            if one.person == person and one is not but and one.state in SITS
        ]
        if person is None:
            return False
        once = source != "follow_up" and any(one.source != "follow_up" for one in theirs)
        return once or any(one.slot == slot for one in theirs)

    def may_book(self, person: int | None, slot: int, source: str) -> bool:
        room = self.has_room(slot, source) or self.gives_way(slot, source)
        return bool(room) and not self.hinders(person, slot, source)

    def book(self, person: int | None, slot: int, source: str) -> Booking:
        leaving = None if self.has_room(slot, source) else self.gives_way(slot, source)
        mine = Booking(person, source, slot, self.tick())
        if leaving:
            self._displace(leaving, slot)
        self.new.append(mine)
        self.give_what_is_free()
        return mine

    def _displace(self, leaving: Booking, slot: int) -> None:
        if leaving.state == WAITLISTED:
            leaving.state = CANCELLED
            entry = self.wait_of(leaving)
            entry.state, entry.booking = "waiting", None
            return
        refuges = (
            one
            for one in range(slot + 1, len(self.slots))
            if self.is_given(one) and not self.hinders(leaving.person, one, leaving.source, leaving)
        )
        leaving.lost, leaving.slot = slot, next(refuges, None)
        leaving.state = DISPLACED if leaving.slot is None else SCHEDULED
        if leaving.slot is None:
            entry = Wait(leaving.person, leaving.source, None, self.tick(), at_head=True)
            entry.booking = leaving
            self.new.append(entry)

    def may_check_in(self, booking: Booking) -> bool:
        """Once; whoever was missed needs their place again."""
        if booking.person is None or any(
            one.person == booking.person and one.state == CHECKED_IN for one in self.everybody()
        ):
            return False
        if booking.state != NO_SHOW:
            return booking.state in AHEAD
        assert booking.slot is not None
        return self.has_room(booking.slot, booking.source) and not self.hinders(
            booking.person, booking.slot, booking.source, booking
        )

    def may_miss(self, booking: Booking) -> bool:
        return booking.state in AHEAD and booking.slot == NOW

    def wait_of(self, booking: Booking) -> Wait:
        open_ones = (one for one in self.lines() if one.state in {"waiting", "offered"})
        return next(one for one in open_ones if one.booking is booking)

    def lines(self) -> list[Wait]:
        return [*self.waits.values(), *(one for one in self.new if isinstance(one, Wait))]

    def join(self, person: int, slot: int | None, source: str) -> Wait:
        entry = Wait(person, source, slot, self.tick())
        self.new.append(entry)
        self.give_what_is_free()
        return entry

    def may_join(self, person: int, slot: int | None) -> bool:
        return slot != NOW and not any(
            (one.person, one.slot) == (person, slot)
            and not one.at_head
            and one.state in {"waiting", "offered"}
            for one in self.lines()
        )

    def leave(self, booking: Booking, state: str) -> None:
        """Cancelled, or nobody came."""
        if booking.state == DISPLACED:
            self.wait_of(booking).state = "left"
        booking.state = state
        self.give_what_is_free()

    def stop_waiting(self, entry: Wait, state: str) -> None:
        if entry.booking:
            entry.booking.state = CANCELLED
        entry.state = state
        self.give_what_is_free()

    def move(self, booking: Booking, slot: int) -> None:
        if booking.state == DISPLACED:
            self.wait_of(booking).state = "left"
        booking.slot, booking.state = slot, SCHEDULED
        self.give_what_is_free()

    def fitting(self) -> Iterator[tuple[int, Wait]]:
        """Free places, and whoever of the waitlist comes first to each."""
        waiting = sorted((one for one in self.lines() if one.state == "waiting"), key=Wait.turn)
        for slot in range(len(self.slots)):
            if not self.is_given(slot):
                continue
            for entry in waiting:
                wanted = entry.slot in (None, slot)
                wanted &= entry.booking is None or slot >= entry.booking.lost
                if wanted and not self.hinders(entry.person, slot, entry.source, entry.booking):
                    yield slot, entry

    def give_what_is_free(self) -> None:
        while found := next(self.fitting(), None):
            slot, entry = found
            if entry.booking:
                entry.booking.slot, entry.booking.state, entry.state = slot, SCHEDULED, "booked"
                continue
            entry.booking = Booking(entry.person, entry.source, slot, self.tick())
            entry.booking.state = WAITLISTED if self.asks_first else SCHEDULED
            entry.state = "offered" if self.asks_first else "booked"
            self.new.append(entry.booking)
