"""Who sits in which slot: what every booking, moving and cancelling is made of.

The slots are held first, by id; then the patients; then places are freed and taken. Under the
lock of the day's page, which is the last, numbers are drawn and everything is written down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import (
    AlreadyBooked,
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
from queues.rules.appointments import MAY_GIVE_WAY, Stage
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
    """Somebody of the waitlist for whom there is a place, or an offer of one."""

    entry: WaitlistEntry
    status: str
    appointment: Appointment
    offer_ends_at: datetime | None


@dataclass
class Seating:
    """One transaction's changes to the slots that it holds."""

    by: Actor
    now: datetime
    slots: dict[int, Slot]
    served: set[int] = field(default_factory=set)  # who of the waitlist got a place
    has_freed: bool = False
    queued: list[WaitlistEntry] = field(default_factory=list)
    _answers: list[Answered] = field(default_factory=list)
    _seated: list[Seated] = field(default_factory=list)
    _entries: list[Entry] = field(default_factory=list)
    _notices: list[Notice] = field(default_factory=list)
    _places: set[Department] = field(default_factory=set)
    _changed: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, slots: Iterable[Slot], *, by: Actor, now: datetime) -> Seating:
        try:
            return cls(by, now, hold(slots))
        except Slot.DoesNotExist as error:  # it went with a change of the doctor's week
            raise Overtaken from error

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
            held = self.slots[slot.pk]
            held.booked -= 1
            self._changed.add(held.pk)
            self.has_freed = True
        self._places.add(appointment.department)
        return before

    def free(self, appointment: Appointment) -> None:
        """The place of somebody whose number in the queue has ended."""
        held = self.slots[appointment.slot_id or 0]
        statements.update(Appointment, {"pk": appointment.pk}, holds=None, once=None)
        held.booked -= 1
        self._changed.add(held.pk)
        self.has_freed = True

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
        self,
        entry: WaitlistEntry,
        status: str,
        appointment: Appointment,
        offer_ends_at: datetime | None,
    ) -> None:
        """What somebody on the waitlist gets; they are told."""
        self._answers.append(Answered(entry, status, appointment, offer_ends_at))
        is_offer = offer_ends_at is not None
        until = {"until": offer_ends_at.isoformat()} if offer_ends_at else {}
        self.tell(Notice.About.OFFERED if is_offer else Notice.About.BOOKED, entry, **until)

    def tell(self, about: Notice.About, of: Appointment | WaitlistEntry, **facts: Any) -> None:
        """A notice for its patient, if there is one to be told."""
        if of.patient_id is None:
            return
        notice = Notice(about=about, facts=facts, language=of.language, made_at=self.now)
        notice.patient_id = of.patient_id
        if isinstance(of, Appointment):
            notice.appointment, notice.clinic_id = of, of.clinic_id
        else:
            notice.entry = of
            notice.clinic_id = of.clinic_id or next(iter(self._places)).clinic_id
        self._notices.append(notice)

    def open_books(self) -> Books:
        return journal.open_books(self._places, self.now)

    def settle(self, books: Books) -> list[Entry]:
        """Draw numbers and save everybody, the day's pages being held; returns what to record."""
        for pk in self._changed:
            self.slots[pk].keep()
        seated = [self._save(one) for one in self._seated]
        queued = [self._save_entry(entry) for entry in self.queued]
        for answered in self._answers:
            self._save_answer(answered)
        for notice in self._notices:
            notice.appointment, notice.entry = notice.appointment, notice.entry  # now with keys
            notice.save(force_insert=True)
        return [*self._entries, *seated, *queued]

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

    def _save_answer(self, answered: Answered) -> None:
        if not answered.entry.shift(
            WaitlistEntry.Status.WAITING,
            status=answered.status,
            appointment=answered.appointment,
            offer_ends_at=answered.offer_ends_at,
        ):
            raise Overtaken

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
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    found = known.filter(pk=slot.pk).first()
    if found is None:
        raise SlotOver(_("This time is no longer offered. Please choose another."))
    return found


def fresh(appointment: Appointment) -> Appointment:
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
    patient: Patient | None, slot: Slot, source: Priority, *, but: Appointment | None = None
) -> Refused | None:
    """What keeps them from this slot, whether it has room or not."""
    if patient is None:
        return None
    if not patient.is_active:
        return PatientInactive(_("This record is inactive. Please see the reception."))
    others = Appointment.objects.filter(patient=patient)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if source != Priority.FOLLOW_UP:
        that_day = others.filter(doctor=slot.doctor_id, day=slot.day, once=True)
        if other := that_day.first():
            return AlreadyBooked(
                _("There is an appointment with this doctor on that day already."),
                appointment_id=str(other.public_id),
                starts_at=other.starts_at.isoformat(),
            )
    if other := others.overlapping(slot.starts_at, slot.ends_at).first():
        return Overlaps(
            _("There is another appointment at that time."),
            appointment_id=str(other.public_id),
            starts_at=other.starts_at.isoformat(),
        )
    return None


def refuse_past(slot: Slot, now: datetime, by: Actor) -> None:
    """Never in the past; a slot that has begun is for those who are here."""
    begun_is_over = by.kind is ActorKind.PATIENT
    if (slot.starts_at if begun_is_over else slot.ends_at) <= now:
        raise SlotOver(_("This time is over. Please choose another."))


def refuge_for(leaving: Appointment, slot: Slot, now: datetime) -> Slot | None:
    """The same doctor's next free slot that suits whoever has to give way; if there is none, an
    earlier one."""
    free = Slot.objects.free(now).filter(doctor=slot.doctor_id, clinic=slot.clinic_id)
    known = free.select_related("session__department__clinic", "doctor").soonest_first()
    later = known.filter(starts_at__gt=slot.starts_at)
    earlier = known.filter(starts_at__lt=slot.starts_at)
    return next(_suiting(leaving, chain(later, earlier)), None)


def _suiting(leaving: Appointment, slots: Iterable[Slot]) -> Iterator[Slot]:
    for slot in slots:
        if not hindrance(leaving.patient, slot, Priority(leaving.source), but=leaving):
            yield slot


def gives_way(slot: Slot, priority: Priority) -> Appointment | None:
    """Who has to go for somebody as urgent as that."""
    seated = Appointment.objects.filter(slot=slot, holds=True).select_related(
        "patient", "department__clinic", "slot"
    )
    return seated.giving_way_to(priority).first()


def full(slot: Slot, now: datetime) -> SlotFull:
    return SlotFull(
        _("This time is fully booked. Please choose another."),
        alternatives=next_free(slot.doctor, now),
    )


def displace(
    seating: Seating, leaving: Appointment, refuge: Slot | None, *, by_whom: Appointment
) -> None:
    """They are never just dropped: they get the doctor's next free place, or the head of the
    waitlist, they are told, and their history says by whom and why."""
    if leaving.status == Stage.WAITLISTED:
        withdraw_offer(seating, leaving)
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


def withdraw_offer(seating: Seating, leaving: Appointment) -> None:
    """Nobody had answered it yet: whoever it was for keeps their place on the waitlist."""
    before = seating.rise(leaving, Stage.CANCELLED, {Stage.WAITLISTED})
    seating.note(Kind.OFFER_LAPSED, leaving, before)
    entry = WaitlistEntry.objects.get(appointment=leaving, status=WaitlistEntry.Status.OFFERED)
    states = WaitlistEntry.Status
    if not entry.shift(states.OFFERED, status=states.WAITING, appointment=None, offer_ends_at=None):
        raise Overtaken


def wait_at_head(seating: Seating, leaving: Appointment, was: Slot | None) -> None:
    """Before all others, for the same doctor."""
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
