"""Who sits in which slot: what every booking, moving and cancelling is made of.

The slots are held first, by id; then the patients; then places are freed and taken. Under the
lock of the day's page numbers are drawn and everything is written down; the waitlist's rows are
changed under it too, so that whoever joins, leaves and is given a place meet in one order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from queues import journal
from queues.actions.appointments import State, drawn, told
from queues.actions.hindrances import Engagement
from queues.actions.transactions import Overtaken, lacked_before
from queues.journal import Books, Entry, Place
from queues.models import (
    Appointment,
    Department,
    Kind,
    Notice,
    Slot,
    WaitlistEntry,
    statements,
)
from queues.models.slot import hold
from queues.rules.appointments import Stage
from queues.rules.rights import Actor


@dataclass
class Seated:
    """Somebody who gets a place: written down at the end, when their number is drawn."""

    appointment: Appointment
    slot: Slot
    status: Stage
    kind: Kind
    before: State
    note: str


@dataclass
class Answered:
    """Somebody of the waitlist who got a place or an offer of one, or who waits no longer."""

    entry: WaitlistEntry
    comes_from: WaitlistEntry.Status
    changes: State


@dataclass
class Seating:
    """One transaction's changes to the slots that it holds."""

    by: Actor
    now: datetime
    slots: dict[int, Slot]
    queued: list[WaitlistEntry] = field(default_factory=list)  # who joins the waitlist
    again: list[WaitlistEntry] = field(default_factory=list)  # whose offer was withdrawn
    let_go: set[int] = field(default_factory=set)  # patients who are free for other times now
    _answers: list[Answered] = field(default_factory=list)
    _answered: set[UUID] = field(default_factory=set)
    _seated: list[Seated] = field(default_factory=list)
    _entries: list[Entry] = field(default_factory=list)
    _notices: list[Notice] = field(default_factory=list)
    _places: set[Place] = field(default_factory=set)
    _changed: set[int] = field(default_factory=set)
    _gained: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, slots: Iterable[Slot], *, by: Actor, now: datetime) -> Seating:
        """Hold these, and what an earlier try of the same action found that it lacked."""
        lacked = lacked_before()
        more = Slot.objects.in_full().filter(pk__in=lacked) if lacked else ()
        try:
            return cls(by, now, hold([*more, *slots]))
        except Slot.DoesNotExist as error:  # it went with a change of the doctor's week
            raise Overtaken from error

    def take_in(self, made: Iterable[Slot]) -> None:
        """Slots that this transaction made: nobody else can see them, so they are held already."""
        for slot in made:
            self.slots[slot.pk] = slot
            self._gained.add(slot.pk)

    def gains(self, slot: Slot) -> None:
        """There may be more places in it than before."""
        self._gained.add(slot.pk)

    @property
    def with_places_to_give(self) -> list[Slot]:
        """Where somebody left or places were made, and one is free."""
        return [self.slots[pk] for pk in sorted(self._gained) if self.slots[pk].has_place]

    def sit(
        self,
        appointment: Appointment,
        slot: Slot,
        kind: Kind,
        *,
        status: Stage = Stage.SCHEDULED,
        before: State | None = None,
        note: str = "",
    ) -> Appointment:
        """Give them a place in a slot that is held; the caller has seen that there is one."""
        held = self.slots[slot.pk]
        held.booked += 1
        self._changed.add(held.pk)
        self._places.add(held.session.department)
        self._seated.append(Seated(appointment, held, status, kind, before or {}, note))
        return appointment

    def rise(self, appointment: Appointment, to: Stage, comes_from: Collection[Stage]) -> State:
        """Free their place; returns how it was. Whoever was changed meanwhile is looked at anew."""
        before, slot = appointment.state(), appointment.slot
        leaves: State = {"slot": None} if to is Stage.DISPLACED else {}
        if not appointment.shift(comes_from, now=self.now, status=to, **leaves):
            raise Overtaken
        if slot:
            self._leave(slot, appointment.patient_id)
        self._places.add(appointment.department)
        return before

    def free(self, appointment: Appointment) -> None:
        """The place of somebody whose number in the queue has ended."""
        assert appointment.slot
        statements.update(Appointment, {"pk": appointment.pk}, holds=None, once=None)
        self._leave(appointment.slot, appointment.patient_id)

    def _leave(self, slot: Slot, patient: int | None) -> None:
        held = self.slots[slot.pk]
        held.booked -= 1
        self.let_go |= {patient} if patient else set()
        self._changed.add(held.pk)
        self._gained.add(held.pk)

    def note(self, kind: Kind, appointment: Appointment, before: State, note: str = "") -> None:
        """What happened to an appointment that keeps its number."""
        self._places.add(appointment.department)
        self._entries.append(told(kind, appointment, before, by=self.by, note=note))

    def write(self, entry: Entry) -> None:
        self._places.add(entry.where)
        self._entries.append(entry)

    def queue(self, entry: WaitlistEntry, departments: Collection[Department]) -> None:
        """Somebody waits for a place from now on."""
        self.queued.append(entry)
        self._places.update(departments)

    def answer(
        self, entry: WaitlistEntry, appointment: Appointment, offer_ends_at: datetime | None
    ) -> None:
        """Somebody on the waitlist gets a place, or an offer of one; they are told."""
        states = WaitlistEntry.Status
        status = states.OFFERED if offer_ends_at else states.BOOKED
        self._change(
            entry,
            states.WAITING,
            status=status,
            appointment=appointment,
            offer_ends_at=offer_ends_at,
        )
        about = Notice.About.OFFERED if offer_ends_at else Notice.About.BOOKED
        until = {"until": offer_ends_at.isoformat()} if offer_ends_at else {}
        self.tell(about, appointment, entry, **until)

    def take_off_the_waitlist(
        self, entry: WaitlistEntry, comes_from: WaitlistEntry.Status, to: WaitlistEntry.Status
    ) -> None:
        """They wait no longer, so nothing that comes free here is given to them."""
        self._change(entry, comes_from, status=to, offer_ends_at=None)

    def is_answered(self, entry: WaitlistEntry) -> bool:
        return entry.public_id in self._answered

    def engagements(self) -> Iterator[Engagement]:
        """Of those who get a place here: no table knows of it yet."""
        for one in self._seated:
            if patient := one.appointment.patient:
                yield Engagement.in_slot(patient, one.slot, one.appointment.source)

    def _change(
        self, entry: WaitlistEntry, comes_from: WaitlistEntry.Status, **changes: Any
    ) -> None:
        self._answers.append(Answered(entry, comes_from, changes))
        self._answered.add(entry.public_id)

    def tell(
        self,
        about: Notice.About,
        appointment: Appointment,
        entry: WaitlistEntry | None = None,
        **facts: Any,
    ) -> None:
        """A notice for its patient, if there is one to be told."""
        if appointment.patient_id is None:
            return
        notice = Notice(about=about, facts=facts, language=appointment.language, made_at=self.now)
        notice.clinic_id, notice.patient_id = appointment.clinic_id, appointment.patient_id
        notice.appointment, notice.entry = appointment, entry
        self._notices.append(notice)

    def open_books(self) -> Books:
        """The pages to write on, held: the last locks of the transaction. All others who write there
        wait for us from now on, so what needs no page is saved before."""
        for pk in self._changed:
            self.slots[pk].keep()
        return journal.open_books(self._places, self.now)

    def record(self) -> None:
        """Draw numbers, save everybody, write it down."""
        books = self.open_books()
        journal.record(*self.settle(books), held=books)

    def settle(self, books: Books) -> list[Entry]:
        """Draw numbers and save everybody, the day's pages being held; returns what to record."""
        queued = [self._save_entry(entry) for entry in self.queued]
        seated = [self._save(one) for one in self._seated]
        for answered in self._answers:
            if not answered.entry.shift(answered.comes_from, **answered.changes):
                raise Overtaken
        for notice in self._notices:
            notice.appointment, notice.entry = notice.appointment, notice.entry  # now with keys
            notice.save(force_insert=True)
        return [*self._entries, *queued, *seated]

    def _save(self, seated: Seated) -> Entry:
        appointment, slot = seated.appointment, seated.slot
        session = slot.session
        place: State = {
            "slot": slot,
            "doctor": slot.doctor,
            "department": session.department,
            "clinic": session.department.clinic,
            "day": slot.day,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "status": seated.status,
        }
        is_new = appointment.pk is None
        on_list = (appointment.doctor_id, appointment.day)
        if is_new or on_list != (slot.doctor_id, slot.day):
            place |= drawn(appointment, slot)
        if is_new:
            for name, value in place.items():
                setattr(appointment, name, value)
            appointment.booked_at = appointment.changed_at = self.now
            appointment.insert()
        elif not appointment.shift({Stage.DISPLACED}, now=self.now, **place):
            raise Overtaken
        return told(seated.kind, appointment, seated.before, by=self.by, note=seated.note)

    def _save_entry(self, entry: WaitlistEntry) -> Entry:
        entry.insert()
        if entry.appointment:
            where = entry.appointment.department
        else:
            places = (place for place in self._places if isinstance(place, Department))
            where = min(places, key=lambda department: department.pk)
        after = {"status": entry.status, "priority": entry.priority, "places": entry.places}
        return Entry(Kind.WAITLIST_JOINED, self.by, where, entry.public_id, after=after)
