"""What a simulated day asks of a hospital, whether it stands before it as actions or as a server.

People are known by their key in the plan, doctors and slots by their place in it, and moments are
seconds of the simulated day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from queues.rules.simulation.plan import Person


class Full(Exception):
    """There is no place for them, and nobody who would have to give way."""


@dataclass(frozen=True)
class Place:
    """Where somebody stands: in a slot and when they are due, or (no slot) on the waitlist."""

    slot: int | None
    due: int


class House(Protocol):
    def book(self, person: Person, slot: int) -> Place: ...

    def come_as_emergency(self, person: Person) -> Place:
        """The first place there is, full or not, and at once into the queue."""

    def come_in(self, person: Person, doctor: int) -> Place:
        """From the street: the doctor's first free place of today, and at once into the queue."""

    def wait_for_place(self, person: Person) -> None:
        """On the doctor's waitlist, for today."""

    def move(self, person: Person, slot: int) -> Place: ...

    def cancel(self, person: Person) -> None: ...

    def miss(self, person: Person) -> bool:
        """Nobody came; not while the doctor is so late that they may still be in time."""

    def check_in(self, person: Person) -> None: ...

    def free_slots(self, doctor: int, *, begun: bool = False) -> list[int]:
        """The soonest first; also the one that has begun, for whoever is here."""

    def news(self) -> dict[int, Place]:
        """Who stands elsewhere than a moment ago, without having asked for it."""

    def run_late(self, doctor: int, session: int, minutes: int) -> None: ...

    def call_next(self, doctor: int) -> int | None:
        """The key of whoever is called to the doctor's room."""

    def start(self, person: Person) -> None: ...

    def complete(self, person: Person) -> None: ...
