"""A place that comes free goes to whoever waits for it, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from heapq import merge
from operator import attrgetter

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
    if lacking or any(Line(seating).fitting()):
        raise Overtaken(lacking)
    journal.record(*seating.settle(books), held=books)


def fill(seating: Seating) -> None:
    """To each what comes first in their turn; then it is seen, with the patients held, that nobody
    booked for one of them meanwhile."""
    line = Line(seating)
    given = []
    for entry, places in line.fitting():
        _give(seating, entry, places)
        if entry.patient:
            line.diaries.note(Engagement.in_slot(entry.patient, places[0], entry.source))
        given.append((entry, places[0]))
    hold_patients(entry.patient for entry, _first in given)
    hold_lost(entry.appointment for entry, _first in given)
    now = Diaries.of((entry.patient for entry, _first in given), seating.now)
    for entry, first in given:
        if now.hindrance(entry.patient, first, Priority(entry.source), but=[entry.appointment]):
            raise Overtaken


class Line:
    """Whoever waits for a place in the slots that are held, and what each of them is booked for.

    Hundreds may wait, and mostly one of the first takes it: so a few are read, and then all others
    at once.
    """

    A_FEW = 25

    def __init__(self, seating: Seating) -> None:
        self.seating = seating
        held = seating.slots.values()
        free = [slot for slot in held if slot.has_place and slot.starts_at > seating.now]
        self.slots = sorted(free, key=lambda slot: (slot.starts_at, slot.pk))
        self.diaries = Diaries(seating.engagements())
        self._read: list[WaitlistEntry] = []
        joining = sorted(seating.queued, key=attrgetter("turn"))
        self._unread = merge(self._known(), joining, key=attrgetter("turn"))

    def fitting(self) -> Iterator[tuple[WaitlistEntry, list[Slot]]]:
        """Who comes next, and where they would sit. Nothing that is given makes room for anybody,
        so each is looked at once for each slot."""
        for slot in self.slots:
            for entry in self._waiting():
                if not slot.has_place:
                    break
                if self.seating.is_answered(entry):
                    continue
                now = self.seating.now
                if places := places_for(entry, slot, self.slots, now, self.diaries):
                    yield entry, places

    def _waiting(self) -> Iterator[WaitlistEntry]:
        """In their turn."""
        yield from self._read
        for entry in self._unread:
            self._read.append(entry)
            yield entry

    def _known(self) -> Iterator[WaitlistEntry]:
        places = sum(slot.capacity - slot.booked for slot in self.slots)
        fit = WaitlistEntry.objects.asking_for(self.slots).filter(places__lte=places)
        known = fit.select_related("patient", "appointment")
        few = list(known[: self.A_FEW])
        self._look_up([*few, *self.seating.queued])
        yield from few
        if len(few) == self.A_FEW:
            others = list(known.exclude(pk__in=[entry.pk for entry in few]))
            self._look_up(others)
            yield from others

    def _look_up(self, entries: Iterable[WaitlistEntry]) -> None:
        self.diaries.read((entry.patient for entry in entries), self.seating.now)


def _lacking(seating: Seating) -> set[int]:
    """Slots that should be held too: with room for somebody who begins to wait here or is free for
    other times now; and beside a place that came free while a family waits."""
    begins_to_wait = [*seating.queued, *seating.again, *waits_of(seating.let_go)]
    waits = [entry for entry in begins_to_wait if not seating.is_answered(entry)]
    wanted = [slot for entry in waits for slot in slots_for(entry, seating.now, after=seating)]
    wanted += slots_around(seating.with_places_to_give)
    return {slot.pk for slot in wanted} - seating.slots.keys()


def hold_lost(appointments: Iterable[Appointment | None]) -> None:
    """Those that had lost their place: whoever cancels or moves one at this moment holds it before
    the page of the day, and so does who gives it another."""
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
