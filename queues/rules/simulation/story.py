"""What became of everybody on that day: written down while it happens, read by figures and picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from queues.rules.simulation.plan import Person, Plan


class Why(StrEnum):
    """How somebody came to the place that they have."""

    BOOKED = "booked"
    DISPLACED = "displaced"  # somebody more urgent got theirs
    MOVED = "moved"  # by their own wish
    GIVEN = "given"  # from the waitlist


class Outcome(StrEnum):
    SEEN = "seen"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    WAITLISTED = "waitlisted"  # to the end of the day


@dataclass(frozen=True)
class Seat:
    """A place in a slot, from then on; without a slot, a place on the waitlist."""

    at: int
    slot: int | None
    due: int  # when they were told to come
    why: Why


@dataclass
class Tale:
    """One person's day."""

    person: Person
    doctor: int  # whom they see, or would have
    seats: list[Seat] = field(default_factory=list)
    refusal: str = ""  # the code that the hospital answered with
    waited_for_a_place: bool = False
    arrived: int | None = None
    called: int | None = None
    started: int | None = None
    ended: int | None = None
    outcome: Outcome | None = None

    @property
    def seat(self) -> Seat | None:
        return self.seats[-1] if self.seats else None

    @property
    def has_asked(self) -> bool:
        """For a place; a day that was broken off has people who had not yet."""
        return bool(self.seats or self.refusal)

    @property
    def is_here(self) -> bool:
        return self.arrived is not None and self.outcome is None

    @property
    def waited(self) -> int | None:
        """From the door to the call."""
        if self.arrived is None or self.called is None:
            return None
        return self.called - self.arrived

    def count(self, why: Why) -> int:
        return sum(seat.why is why for seat in self.seats)


@dataclass
class RoomsTale:
    """One doctor's day: since when how late, as was entered for all to see."""

    came: list[int] = field(default_factory=list)  # for each session
    delays: list[tuple[int, int]] = field(default_factory=list)  # moment, minutes


@dataclass
class Story:
    plan: Plan
    tales: list[Tale]
    rooms: list[RoomsTale]
    until: int = 0  # so far it has been lived
    is_whole: bool = False  # and not broken off there

    @classmethod
    def begin(cls, plan: Plan) -> Story:
        return cls(
            plan,
            [Tale(one, one.doctor) for one in plan.people],
            [RoomsTale() for _ in plan.doctors],
        )

    def of_doctor(self, doctor: int) -> list[Tale]:
        """Whom they saw, in the order of their calls."""
        theirs = [t for t in self.tales if t.doctor == doctor and t.called is not None]
        return sorted(theirs, key=lambda tale: tale.called or 0)
