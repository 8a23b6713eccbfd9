"""Who sits in which slot: what every booking, moving and cancelling is made of.

The slots are held first, by id; then the patients; then places are freed and taken. Under the
lock of the day's page numbers are drawn and everything is written down; the waitlist's rows are
changed under it too, so that whoever joins, leaves and is given a place meet in one order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import (
    AlreadyBooked,
    Invalid,
    Overlaps,
    PatientInactive,
    Refused,
    SlotFull,
    SlotOver,
)
from queues.actions.transactions import Overtaken
from queues.journal import Books, Entry
from queues.models import (
    Appointment,
    Department,
    Kind,
    Notice,
    Patient,
    Session,
    Slot,
    WaitlistEntry,
    statements,
)
from queues.models.slot import hold
from queues.rules.appointments import ACTIVE, MAY_GIVE_WAY, Stage
from queues.rules.priority import Priority
from queues.rules.rights import Actor, ActorKind
from queues.rules.sequence import next_sequence
from queues.screens.alternatives import next_free

State = dict[str, Any]


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
    _seated: list[Seated] = field(default_factory=list)
    _entries: list[Entry] = field(default_factory=list)
    _notices: list[Notice] = field(default_factory=list)
    _places: set[Department] = field(default_factory=set)
    _changed: set[int] = field(default_factory=set)
    _freed: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, slots: Iterable[Slot], *, by: Actor, now: datetime) -> Seating:
        try:
            return cls(by, now, hold(slots))
        except Slot.DoesNotExist as error:  # it went with a change of the doctor's week
            raise Overtaken from error

    @property
    def with_places_to_give(self) -> list[Slot]:
        """Where somebody left and a place is free; all with room, where slots were made."""
        only_made = not (self._freed or self.queued)
        return [
            slot
            for slot in self.slots.values()
            if slot.has_place and (only_made or slot.pk in self._freed)
        ]

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
        self._freed.add(held.pk)

    def note(self, kind: Kind, appointment: Appointment, before: State, note: str = "") -> None:
        """What happened to an appointment that keeps its number."""
        self._places.add(appointment.department)
        self._entries.append(told(kind, appointment, before, by=self.by, note=note))

    def write(self, entry: Entry) -> None:
        if isinstance(entry.where, Department):
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
        return any(answered.entry == entry for answered in self._answers)

    def hinders(self, patient: Patient | None, slot: Slot, source: Priority) -> bool:
        """Whether a place that they get here keeps them from this one: no table knows of it yet."""
        theirs = [one for one in self._seated if patient and one.appointment.patient == patient]
        return any(
            (one.slot.starts_at < slot.ends_at and slot.starts_at < one.slot.ends_at)
            or (
                source != Priority.FOLLOW_UP
                and one.appointment.source != Priority.FOLLOW_UP
                and (one.slot.doctor_id, one.slot.day) == (slot.doctor_id, slot.day)
            )
            for one in theirs
        )

    def _change(
        self, entry: WaitlistEntry, comes_from: WaitlistEntry.Status, **changes: Any
    ) -> None:
        self._answers.append(Answered(entry, comes_from, changes))

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
        """The pages to write on, held: the last locks of the transaction."""
        return journal.open_books(self._places, self.now)

    def record(self) -> None:
        """Draw numbers, save everybody, write it down."""
        books = self.open_books()
        journal.record(*self.settle(books), held=books)

    def settle(self, books: Books) -> list[Entry]:
        """Draw numbers and save everybody, the day's pages being held; returns what to record."""
        for pk in self._changed:
            self.slots[pk].keep()
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
            place |= _drawn(appointment, slot)
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
        where = min(self._places, key=lambda department: department.pk)
        if entry.appointment:
            where = entry.appointment.department
        after = {"status": entry.status, "priority": entry.priority, "places": entry.places}
        return Entry(Kind.WAITLIST_JOINED, self.by, where, entry.public_id, after=after)


def _drawn(appointment: Appointment, slot: Slot) -> State:
    """The next number and the next sequence of the doctor's list of that day."""
    theirs, priority = Appointment.objects, Priority(appointment.priority)
    last = theirs.last_sequence(slot.doctor, slot.day, priority)
    return {
        "number": theirs.last_number(slot.doctor, slot.day) + 1,
        "sequence": next_sequence(priority, last),
    }


def told(
    kind: Kind, appointment: Appointment, before: State, *, by: Actor, note: str = ""
) -> Entry:
    """The entry of an appointment: what differs from before, and nothing else."""
    after = appointment.state()
    changed = [name for name, value in after.items() if value != before.get(name)]
    return Entry(
        kind,
        by,
        appointment.department,
        appointment.public_id,
        before={name: before.get(name) for name in changed},
        after={name: after[name] for name in changed},
        note=note,
    )


def new(
    slot: Slot,
    patient: Patient | None,
    source: Priority,
    priority: Priority,
    urgency: int,
    *,
    by: Actor,
    **more: Any,
) -> Appointment:
    """An appointment to be, without a place yet."""
    session: Session = slot.session
    if patient and not more.get("language"):
        more["language"] = patient.language
    return Appointment(
        clinic=session.department.clinic,
        department=session.department,
        doctor=slot.doctor,
        patient=patient,
        source=source,
        priority=priority,
        urgency=urgency,
        booked_by=by.public_id,
        **more,
    )


def fresh_slot(slot: Slot) -> Slot:
    """The row as it now is, with all that a booking looks at."""
    found = Slot.known(pk=slot.pk)
    if found is None:
        raise SlotOver(_("This time is no longer offered. Please choose another."))
    return found


def fresh(appointment: Appointment) -> Appointment:
    """The same of an appointment."""
    known = Appointment.objects.select_related(
        "slot__session__department__clinic",
        "slot__doctor",
        "department__clinic",
        "doctor",
        "patient",
    )
    return known.get(pk=appointment.pk)


def hold_patients(patients: Iterable[Patient | None]) -> None:
    """Whoever books for one of them meanwhile waits."""
    for pk in sorted({patient.pk for patient in patients if patient}):
        statements.held(Patient, {"pk": pk})


def hindrance(
    patient: Patient | None,
    slot: Slot,
    source: Priority,
    *,
    but: Appointment | None = None,
    leaving: Appointment | None = None,
) -> Refused | None:
    """What keeps them from this slot, whether it has room or not; not the appointment that it is
    for, nor one that they are about to lose."""
    if patient is None:
        return None
    if not patient.is_active:
        return PatientInactive(_("This record is inactive. Please see the reception."))
    spared = [one.pk for one in (but, leaving) if one]
    theirs = Appointment.objects.filter(patient=patient).exclude(pk__in=spared)
    that_day = Q(doctor=slot.doctor_id, day=slot.day, once=True)
    then = Q(status__in=ACTIVE, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    asked = then if source == Priority.FOLLOW_UP else that_day | then
    other = theirs.filter(asked).first()
    if other is None:
        return None
    begins = slot.session.department.clinic.on_its_clock(other.starts_at)
    facts = {"appointment_id": str(other.public_id), "starts_at": begins}
    if source != Priority.FOLLOW_UP and other.once and other.doctor_id == slot.doctor_id:
        sentence = _("There is an appointment with this doctor on that day already.")
        return AlreadyBooked(sentence, **facts)
    return Overlaps(_("There is another appointment at that time."), **facts)


def refuse_slot(slot: Slot, now: datetime, by: Actor) -> None:
    """Never in the past; a slot that has begun is not for those who book from afar."""
    if not slot.doctor.is_active:
        raise Invalid(doctor_id=_("This doctor does not see patients here."))
    begun_is_over = by.kind is ActorKind.PATIENT
    if (slot.starts_at if begun_is_over else slot.ends_at) <= now:
        raise SlotOver(_("This time is over. Please choose another."))


def refuge_for(leaving: Appointment, slot: Slot, now: datetime) -> Slot | None:
    """The same doctor's next free slot that suits whoever has to give way; never a time before
    the one that they planned with."""
    free = Slot.objects.free(now).filter(doctor=slot.doctor_id, clinic=slot.clinic_id)
    known = free.select_related("session__department__clinic", "doctor").soonest_first()
    later = known.filter(starts_at__gt=slot.starts_at).in_pages()
    source = Priority(leaving.source)
    suiting = (free for free in later if not hindrance(leaving.patient, free, source, but=leaving))
    return next(suiting, None)


def gives_way(slot: Slot, priority: Priority) -> Appointment | None:
    """Who has to go for somebody as urgent as that; nobody, where nothing new is booked."""
    if not slot.is_open:
        return None
    seated = Appointment.objects.filter(slot=slot, holds=True).select_related(
        "patient", "department__clinic", "slot__doctor"
    )
    return seated.giving_way_to(priority).first()


def full(slot: Slot, now: datetime) -> SlotFull:
    return SlotFull(
        _("This time is fully booked. Please choose another."),
        alternatives=next_free(slot, now),
    )


def displace(
    seating: Seating, leaving: Appointment, refuge: Slot | None, *, by_whom: Appointment
) -> None:
    """They are never just dropped: they get the doctor's next free place, or the head of the
    waitlist, they are told, and their history says by whom and why."""
    if leaving.status == Stage.WAITLISTED:
        _withdraw_offer(seating, leaving)
        return
    was = leaving.slot
    before = seating.rise(leaving, Stage.DISPLACED, MAY_GIVE_WAY)
    why = f"{by_whom.priority} {by_whom.public_id}"
    if refuge:
        seating.sit(leaving, refuge, Kind.DISPLACED, before=before, note=why)
        seating.tell(
            Notice.About.DISPLACED,
            leaving,
            was=leaving.starts_at.isoformat(),
            to=refuge.starts_at.isoformat(),
        )
    else:
        seating.note(Kind.DISPLACED, leaving, before, why)
        wait_at_head(seating, leaving, was)
        seating.tell(Notice.About.ON_WAITLIST, leaving, was=leaving.starts_at.isoformat())


def _withdraw_offer(seating: Seating, leaving: Appointment) -> None:
    """Nobody had answered it yet: whoever it was for keeps their turn on the waitlist."""
    entry = entry_of_offer(leaving)
    for offered in offered_to(entry):  # of a family, all
        if offered.slot_id not in seating.slots:
            raise Overtaken
        before = seating.rise(offered, Stage.CANCELLED, {Stage.WAITLISTED})
        seating.note(Kind.OFFER_LAPSED, offered, before)
    leaving.refresh_from_db(fields=["status"])
    states = WaitlistEntry.Status
    if not entry.shift(states.OFFERED, status=states.WAITING, appointment=None, offer_ends_at=None):
        raise Overtaken
    seating.again.append(entry)


def entry_of_offer(appointment: Appointment) -> WaitlistEntry:
    """Who is asked about the place that is held; of a family, whoever answers for it."""
    asked = Q(appointment=appointment)
    if appointment.party:
        asked |= Q(public_id=appointment.party)
    entry = WaitlistEntry.objects.filter(asked, status=WaitlistEntry.Status.OFFERED).first()
    if entry is None:
        raise Overtaken  # answered a moment ago
    return entry


def offered_to(entry: WaitlistEntry) -> list[Appointment]:
    """What is held for them until they answer."""
    theirs = Q(pk=entry.appointment_id)
    if entry.places > 1:
        theirs |= Q(party=entry.public_id)
    known = Appointment.objects.select_related(
        "slot__session__department__clinic",
        "slot__doctor",
        "department__clinic",
        "doctor",
        "patient",
    )
    return list(known.filter(theirs, status=Stage.WAITLISTED).order_by("pk"))


def wait_at_head(seating: Seating, leaving: Appointment, was: Slot | None) -> None:
    """Before all others, for the same doctor, from the lost time on."""
    entry = WaitlistEntry(
        clinic=leaving.clinic,
        doctor=leaving.doctor,
        patient=leaving.patient,
        appointment=leaving,
        source=leaving.source,
        priority=leaving.priority,
        urgency=leaving.urgency,
        at_head=True,
        joined_at=seating.now,
        joined_by=seating.by.public_id,
        language=leaving.language,
    )
    departments = {leaving.department, *([was.session.department] if was else [])}
    seating.queue(entry, departments)
