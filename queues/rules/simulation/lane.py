"""One doctor's day as a lane: who had to give way, the slots, the delay, the visits, the waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from queues.rules.priority import Priority
from queues.rules.simulation.palette import LETTERS
from queues.rules.simulation.plan import MINUTE, Slot
from queues.rules.simulation.story import Outcome, Story, Tale, Why
from queues.rules.simulation.strokes import box, element, hint, line, path, words
from queues.rules.simulation.tally import clock, spoken

ARCS, SLOTS, DELAY, VISITS, WAIT = 34, 20, 18, 28, 4.0  # heights
GAP = 6
LEGIBLE = 13.0  # the width that a letter needs
SAID_IN = 120.0  # and the words of an emergency


@dataclass(frozen=True)
class Scale:
    """Where a moment of the day is."""

    left: float
    begins: int
    a_minute: float

    def x(self, moment: float) -> float:
        return round(self.left + (moment - self.begins) / MINUTE * self.a_minute, 1)


@dataclass(frozen=True)
class Lane:
    """The rows of a lane from its top down, each knowing its height."""

    story: Story
    doctor: int
    scale: Scale
    top: float

    @property
    def slots_at(self) -> float:
        return self.top + ARCS

    @property
    def delay_at(self) -> float:
        return self.slots_at + SLOTS + GAP

    @property
    def visits_at(self) -> float:
        return self.delay_at + DELAY + GAP

    @property
    def waits_at(self) -> float:
        return self.visits_at + VISITS + GAP

    @property
    def height(self) -> float:
        return self.waits_at + max(len(self._piled()), 3) * WAIT + 2 * GAP - self.top

    def draw(self) -> Iterator[str]:
        yield from self._labels()
        yield from self._slots()
        yield from self._delays()
        yield from self._waits()
        yield from self._visits()
        yield from self._emergencies()
        yield from self._displaced()

    def _labels(self) -> Iterator[str]:
        x = self.scale.left - 10
        yield words(x, self.slots_at + 15, "places", "row")
        yield words(x, self.delay_at + 13, "delay told", "row")
        yield words(x, self.visits_at + 19, "with the doctor", "row")
        yield words(x, self.waits_at + 10, "waiting", "row")

    # The slots, with a mark for each place

    def _slots(self) -> Iterator[str]:
        for number, slot in enumerate(self.story.plan.timetable.slots):
            x, end = self.scale.x(slot.starts), self.scale.x(slot.ends)
            here = [t for t in self.story.tales if self._sits(t, number)]
            missed = sum(tale.outcome is Outcome.NO_SHOW for tale in here)
            told = _slot_told(slot, len(here), missed, self.story.plan.timetable.capacity)
            yield box(x + 1, self.slots_at, end - x - 2, SLOTS, "slot", hint(told))
            yield from self._places(x, end - x, len(here), missed)

    def _places(self, x: float, width: float, taken: int, missed: int) -> Iterator[str]:
        capacity = self.story.plan.timetable.capacity
        marks = max(capacity, taken)
        step = min(18.0, (width - 8) / marks)
        size = min(9.0, step - 3)
        first = x + (width - step * marks) / 2 + (step - size) / 2
        y = self.slots_at + (SLOTS - size) / 2
        for place in range(marks):
            at = round(first + place * step, 1)
            if place >= taken:
                yield box(at, y, size, size, "free")
            elif place >= taken - missed:
                yield path(
                    f"M{at:.1f} {y:.1f}l{size:.1f} {size:.1f}m0 -{size:.1f}l-{size:.1f} {size:.1f}",
                    "missed",
                )
            else:
                yield box(at, y, size, size, "extra" if place >= capacity else "taken")

    def _sits(self, tale: Tale, slot: int) -> bool:
        keeps = tale.outcome in (Outcome.SEEN, Outcome.NO_SHOW)
        return bool(keeps and tale.doctor == self.doctor and tale.seat and tale.seat.slot == slot)

    # How late they are

    def _delays(self) -> Iterator[str]:
        room, timetable = self.story.rooms[self.doctor], self.story.plan.timetable
        for (starts, _ends), came in zip(timetable.sessions, room.came, strict=False):
            if came > starts:
                late = f"comes {_minutes(came - starts)} late"
                x = self.scale.x(starts)
                yield box(x, self.visits_at, self.scale.x(came) - x, VISITS, "late", hint(late))
        last = timetable.closes if self.story.is_whole else self.story.until
        changes = [*room.delays, (last, 0)]
        for (since, minutes), (until, _next) in pairwise(changes):
            session = timetable.session_of(since)
            ends = min(until, timetable.sessions[session][1]) if session is not None else until
            if minutes:
                yield from self._delay(since, ends, minutes)

    def _delay(self, since: int, until: int, minutes: int) -> Iterator[str]:
        x, end = self.scale.x(since), self.scale.x(until)
        told = f"from {clock(since)} patients are told of {minutes} minutes"
        yield box(x, self.delay_at, end - x, DELAY, "said", hint(told))
        yield words(x + 5, self.delay_at + 13, f"+{minutes}", "delay")

    # Who is seen

    def _visits(self) -> Iterator[str]:
        for tale in self.story.of_doctor(self.doctor):
            if tale.started is None or tale.ended is None:
                continue
            source = tale.person.source
            x, end = self.scale.x(tale.started), self.scale.x(tale.ended)
            yield box(x, self.visits_at, end - x, VISITS, f"visit v-{source}", hint(_visit(tale)))
            if end - x >= LEGIBLE:
                letter = LETTERS[source]
                middle = round((x + end) / 2, 1)
                yield words(middle, self.visits_at + 18.5, letter, f"letter l-{source}")

    def _waits(self) -> Iterator[str]:
        for row, tales in enumerate(self._piled()):
            y = self.waits_at + row * WAIT
            for tale in tales:
                x, end = self.scale.x(tale.arrived or 0), self.scale.x(tale.called or 0)
                urgent = tale.person.source is Priority.EMERGENCY
                yield box(x, y, max(end - x, 1.0), WAIT - 1.2, "urgent" if urgent else "wait")

    def _piled(self) -> list[list[Tale]]:
        """Those who wait at one time lie on one another: a high pile is a full waiting room."""
        rows: list[list[Tale]] = []
        waiting = (tale for tale in self.story.of_doctor(self.doctor) if tale.waited)
        for tale in sorted(waiting, key=lambda one: one.arrived or 0):
            free = (row for row in rows if (row[-1].called or 0) <= (tale.arrived or 0))
            row = next(free, None)
            if row is None:
                rows.append([tale])
            else:
                row.append(tale)
        return rows

    # What broke the order

    def _emergencies(self) -> Iterator[str]:
        urgent = [
            tale
            for tale in self.story.of_doctor(self.doctor)
            if tale.person.source is Priority.EMERGENCY and tale.arrived is not None
        ]
        for tale in urgent:
            x, top = self.scale.x(tale.arrived or 0), self.top + 14
            followed = any(0 < self.scale.x(one.arrived or 0) - x < SAID_IN for one in urgent)
            yield line(x, top, x, self.waits_at, "alarm")
            yield path(f"M{x:.1f} {top:.1f}l-6 -9h12z", "alarm-head", hint(_visit(tale)))
            said = f"emergency {clock(tale.arrived or 0)}"
            if followed:
                yield words(x - 9, top - 1, said, "alarm-text before")
            else:
                yield words(x + 9, top - 1, said, "alarm-text")

    def _displaced(self) -> Iterator[str]:
        """Words last, so that no bow is drawn across them."""
        ways = [
            (tale, before.slot, after.slot)
            for tale in self.story.tales
            for before, after in pairwise(tale.seats)
            if after.why is Why.DISPLACED and tale.doctor == self.doctor
        ]
        for tale, left, found in sorted(ways, key=lambda way: way[2] is None):
            if left is not None:
                yield from self._arrow(tale, left, found)

    def _arrow(self, tale: Tale, left: int, found: int | None) -> Iterator[str]:
        slots = self.story.plan.timetable.slots
        start, y = self._middle(slots[left]), self.slots_at - 1
        to = f"to {clock(slots[found].starts)}" if found is not None else "to the waitlist"
        told = f"{spoken(tale.person.source)} of {clock(slots[left].starts)} gives way, {to}"
        if found is None:
            away = f"M{start + 9:.1f} {y:.1f}v-16"
            yield path(away, "arrow away", hint(told), marker_end="url(#tip)")
            yield words(start + 18, y - 12, "waitlist", "small")
            return
        end = self._middle(slots[found]) + (6 if found < left else -6)
        rise = min(24.0, 12 + abs(end - start) / 16)
        bow = f"M{start:.1f} {y:.1f}C{start:.1f} {y - rise:.1f} {end:.1f} {y - rise:.1f} {end:.1f} {y - 3:.1f}"
        yield path(bow, "arrow", hint(told), marker_end="url(#tip)")
        yield element("circle", cx=start, cy=y, r=2.6, class_="arrow-head")

    def _middle(self, slot: Slot) -> float:
        return self.scale.x((slot.starts + slot.ends) / 2)


def _minutes(seconds: int) -> str:
    count = round(seconds / MINUTE)
    return "1 minute" if count == 1 else f"{count} minutes"


def _visit(tale: Tale) -> str:
    came, called, ended = tale.arrived or 0, tale.called or 0, tale.ended or 0
    return (
        f"{spoken(tale.person.source)}: came {clock(came)}, called {clock(called)} "
        f"after {_minutes(called - came)}, left {clock(ended)}"
    )


def _slot_told(slot: Slot, taken: int, missed: int, capacity: int) -> str:
    told = f"{clock(slot.starts)} to {clock(slot.ends)}: {taken} of {capacity} places taken"
    return f"{told}, {missed} did not come" if missed else told
