"""A place that comes free goes to whoever waits for it, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from queues import journal
from queues.actions import appointments
from queues.actions.hindrances import Diaries, Engagement
from queues.actions.patients import hold_patients
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken
from queues.actions.vacancies import places_for, slots_around, slots_for, waits_of
from queues.journal import Entry
from queues.models import Appointment, Kind, Slot, WaitlistEntry, statements
from queues.rules.appointments import Stage
from queues.rules.priority import Priority


def settle(seating: Seating, *more: Entry) -> None:
    """Give what is free in the slots that are held, then number, save and write down everything.

    Under the lock of the day's pages it is looked at once more: whoever frees a place and whoever
    begins to wait for it at the same moment meet there, and the second sees the first.
    """
    fill(seating)
    for entry in more:
        seating.write(entry)
    books = seating.open_books()
    lacking = _lacking(seating)
    if lacking or any(Line.before(seating).fitting()):
        raise Overtaken(lacking)
    journal.record(*seating.settle(books), held=books)


def fill(seating: Seating) -> None:
    """To each what comes first in their turn; then it is seen, with the patients held, that nobody
    booked for one of them meanwhile."""
    line = Line.before(seating)
    given = []
    for entry, places in line.fitting():
        _give(seating, entry, places)
        if entry.patient:
            line.diaries.note(Engagement.in_slot(entry.patient, places[0], entry.source))
        given.append((entry, places[0]))
    hold_patients(entry.patient for entry, _first in given)
    _hold_lost(entry.appointment for entry, _first in given)
    now = Diaries.of((entry.patient for entry, _first in given), seating.now)
    for entry, first in given:
        if now.hindrance(entry.patient, first, Priority(entry.source), but=[entry.appointment]):
            raise Overtaken


@dataclass(frozen=True)
class Line:
    """Whoever waits for a place in the slots that are held, and what each of them is booked for:
    read in two queries, however many they are."""

    seating: Seating
    slots: list[Slot]
    waiting: list[WaitlistEntry]
    diaries: Diaries

    @classmethod
    def before(cls, seating: Seating) -> Line:
        held = seating.slots.values()
        free = [slot for slot in held if slot.has_place and slot.starts_at > seating.now]
        free.sort(key=lambda slot: (slot.starts_at, slot.pk))
        known = WaitlistEntry.objects.asking_for(free).select_related("patient", "appointment")
        waiting = [*known, *seating.queued]
        waiting.sort(key=lambda one: (not one.at_head, one.urgency, one.joined_at))
        diaries = Diaries.of((entry.patient for entry in waiting), seating.now)
        diaries.note(*seating.engagements())
        return cls(seating, free, waiting, diaries)

    def fitting(self) -> Iterator[tuple[WaitlistEntry, list[Slot]]]:
        """Who comes next, and where they would sit. Nothing that is given makes room for anybody,
        so each is looked at once for each slot."""
        for slot in self.slots:
            for entry in self.waiting:
                if not slot.has_place:
                    break
                if self.seating.is_answered(entry):
                    continue
                now = self.seating.now
                if places := places_for(entry, slot, self.slots, now, self.diaries):
                    yield entry, places


def _lacking(seating: Seating) -> set[int]:
    """Slots that should be held too: with room for somebody who begins to wait here or is free for
    other times now; and beside a place that came free while a family waits."""
    begins_to_wait = [*seating.queued, *seating.again, *waits_of(seating.let_go)]
    waits = [entry for entry in begins_to_wait if not seating.is_answered(entry)]
    wanted = [slot for entry in waits for slot in slots_for(entry, seating.now, after=seating)]
    wanted += slots_around(seating.with_places_to_give)
    return {slot.pk for slot in wanted} - seating.slots.keys()


def _hold_lost(appointments: Iterable[Appointment | None]) -> None:
    """Those that had lost their place: whoever cancels one at this moment holds it before the page
    of the day, and so do we."""
    for key in sorted(one.pk for one in appointments if one):
        if not statements.read(
            Appointment, {"pk": key, "status": Stage.DISPLACED}, ("pk",), hold=True
        ):
            raise Overtaken


def _give(seating: Seating, entry: WaitlistEntry, places: list[Slot]) -> None:
    """Theirs at once; or, where the clinic asks first, held for them until they answer."""
    first = places[0]
    minutes = first.session.department.clinic.offer_minutes
    asks_first = bool(minutes) and entry.appointment is None
    given = [_seat(seating, entry, slot, asks_first, i) for i, slot in enumerate(places)]
    answer_by = min(seating.now + timedelta(minutes=minutes), first.starts_at)
    ends_at = answer_by if asks_first else None
    seating.answer(entry, given[0], ends_at)


def _seat(
    seating: Seating, entry: WaitlistEntry, slot: Slot, asks_first: bool, place: int
) -> Appointment:
    if entry.appointment:  # it had lost its place
        lost = appointments.fresh(entry.appointment)
        return seating.sit(lost, slot, Kind.PLACE_GIVEN, before=lost.state())
    theirs = appointments.new(
        slot,
        entry.patient if place == 0 else None,
        Priority(entry.source),
        Priority(entry.priority),
        entry.urgency,
        by=seating.by,
        party=entry.public_id if entry.places > 1 else None,
        language=entry.language,
        reason=entry.reason,
    )
    if asks_first:
        return seating.sit(theirs, slot, Kind.PLACE_OFFERED, status=Stage.WAITLISTED)
    return seating.sit(theirs, slot, Kind.PLACE_GIVEN)
