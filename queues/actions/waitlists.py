"""Whoever waits for a doctor's time: they join, are given what comes free, answer, and leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import seats
from queues.actions.refusals import Invalid, Moved, StaffOnly
from queues.actions.seats import Seating, fresh_slot, hindrance, hold_patients
from queues.actions.transactions import Overtaken, transacted
from queues.journal import Entry
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Kind,
    Patient,
    Slot,
    WaitlistEntry,
)
from queues.models.slot import SlotQuerySet
from queues.rules.appointments import Stage, priority_of
from queues.rules.priority import ONLY_STAFF_GIVE, URGENCY, Priority
from queues.rules.rights import CLOCK, Act, Actor
from queues.rules.waitlist import Room, suits, together

Status = WaitlistEntry.Status
MOST_PLACES = 10  # of a family


@dataclass(frozen=True)
class Wish:
    """What somebody waits for: one slot, or a doctor, or a specialty; when; and for how many."""

    clinic: Clinic | None = None  # none: any
    doctor: Doctor | None = None
    specialty: str = ""
    slot: Slot | None = None
    earliest: date | None = None
    latest: date | None = None
    times_of_day: list[str] = field(default_factory=list)
    places: int = 1
    reason: str = ""
    language: str = ""


@transacted
def join(patient: Patient, wish: Wish, source: Priority, *, by: Actor) -> WaitlistEntry:
    """Wait for a place; where one is free already, it is theirs at once."""
    now = timezone.now()
    where = _departments(wish, now)
    if not where:
        raise Invalid(doctor_id=_("There is no doctor here whom one could wait for."))
    clinic = wish.clinic or where[0].clinic
    if source in ONLY_STAFF_GIVE and not by.may(Act.GIVE_URGENCY, clinic.pk):
        raise StaffOnly(_("Only staff can give this priority. Please see the reception."))
    priority = priority_of(source, patient.age(clinic.service_day(now)), clinic.elderly_from)
    entry = WaitlistEntry(
        clinic=wish.clinic,
        doctor=wish.doctor,
        specialty=wish.specialty.casefold(),
        slot=wish.slot,
        patient=patient,
        places=wish.places,
        source=source,
        priority=priority,
        urgency=URGENCY[priority],
        earliest=wish.earliest,
        latest=wish.latest,
        times_of_day=wish.times_of_day,
        reason=wish.reason,
        joined_at=now,
        joined_by=by.public_id,
        language=wish.language or patient.language,
    )
    _refuse_twice(entry)
    seating = Seating.of(slots_for(entry, now), by=by, now=now)
    seating.queue(entry, where)
    settle(seating)
    entry.refresh_from_db()
    return entry


@transacted
def leave(entry: WaitlistEntry, *, by: Actor) -> WaitlistEntry:
    """They no longer wait. Declining an offer is leaving too: the place goes to the next."""
    entry = _fresh(entry)
    if entry.status == Status.OFFERED:
        return _give_up_offer(entry, Status.LEFT, by=by)
    if not entry.shift(Status.WAITING, status=Status.LEFT):
        raise _answered(entry)
    _record(Kind.WAITLIST_LEFT, entry, by=by)
    if entry.appointment:  # it had lost its place, and now nobody looks for one
        cancelled = seats.fresh(entry.appointment)
        before = cancelled.state()
        now = timezone.now()
        if cancelled.shift({Stage.DISPLACED}, now=now, status=Stage.CANCELLED):
            journal.record(seats.told(Kind.BOOKING_CANCELLED, cancelled, before, by=by))
    return entry


@transacted
def accept(entry: WaitlistEntry, *, by: Actor) -> list[Appointment]:
    """They take the place that is held for them; of a family, all of them."""
    entry, now = _fresh(entry), timezone.now()
    if entry.status != Status.OFFERED or (entry.offer_ends_at and entry.offer_ends_at <= now):
        raise _answered(entry)
    held = _held_for(entry)
    seating = Seating.of([], by=by, now=now)
    for appointment in held:
        before = appointment.state()
        if not appointment.shift({Stage.WAITLISTED}, now=now, status=Stage.SCHEDULED):
            raise Overtaken
        seating.note(Kind.BOOKED, appointment, before)
    if not entry.shift(Status.OFFERED, status=Status.BOOKED, offer_ends_at=None):
        raise Overtaken
    settle(seating)
    return held


@transacted
def serve(doctor: Doctor, *, by: Actor) -> None:
    """There are new places: whoever waits for this doctor, or for their specialty, gets them."""
    asked = Q(doctor=doctor) | Q(slot__doctor=doctor)
    if doctor.specialty:
        asked |= Q(slot=None, doctor=None, specialty=doctor.specialty.casefold())
    for entry in WaitlistEntry.objects.waiting().filter(asked).in_order():
        while entry.status == Status.WAITING:
            now = timezone.now()
            slots = slots_for(_fresh(entry), now)
            if not slots:
                break
            settle(Seating.of(slots, by=by, now=now))  # somebody of the waitlist got a place
            entry.refresh_from_db(fields=["status"])


def lapse_offers() -> int:
    """Nobody answered in time: the place goes to the next. And who could only come before today
    no longer waits. A duty of the clock, safe in several copies."""
    now = timezone.now()
    ended = WaitlistEntry.objects.filter(status=Status.OFFERED, offer_ends_at__lte=now)
    late = [_lapse_offer(entry) for entry in ended]
    gone = Q(latest__lt=(now - timedelta(days=1)).date()) | Q(slot__starts_at__lte=now)
    over = WaitlistEntry.objects.waiting().filter(gone, appointment=None)
    return sum(late) + sum(_lapse(entry) for entry in over)


@transacted
def _lapse_offer(entry: WaitlistEntry) -> bool:
    entry = _fresh(entry)
    if entry.status != Status.OFFERED:
        return False
    _give_up_offer(entry, Status.LAPSED, by=CLOCK)
    return True


@transacted
def _lapse(entry: WaitlistEntry) -> bool:
    entry = _fresh(entry)
    if not entry.shift(Status.WAITING, status=Status.LAPSED):
        return False
    _record(Kind.WAITLIST_LEFT, entry, by=CLOCK)
    return True


def _give_up_offer(entry: WaitlistEntry, to: str, *, by: Actor) -> WaitlistEntry:
    held = _held_for(entry)
    slots = [slot for one in held if one.slot for slot in slots_around(one.slot)]
    seating = Seating.of(slots, by=by, now=timezone.now())
    for appointment in held:
        before = seating.rise(appointment, Stage.CANCELLED, {Stage.WAITLISTED})
        seating.note(Kind.OFFER_LAPSED, appointment, before)
    if not entry.shift(Status.OFFERED, status=to, offer_ends_at=None):
        raise Overtaken
    settle(seating)
    return entry


# Places that come free.


def settle(seating: Seating, *more: Entry) -> None:
    """Give what is free in the slots that are held, then number, save and write down everything.

    Under the lock of the day's pages it is looked at once more: whoever frees a place and whoever
    begins to wait for it at the same moment meet there, and the second sees the first.
    """
    fill(seating)
    for entry in more:
        seating.write(entry)
    books = seating.open_books()
    if _has_more_to_give(seating):
        raise Overtaken
    journal.record(*seating.settle(books), held=books)


def _has_more_to_give(seating: Seating) -> bool:
    if not (seating.has_freed or seating.queued):
        return False
    if any(_given(seating)):
        return True
    waits = [entry for entry in seating.queued if not _is_served(seating, entry)]
    wanted = [slot for entry in waits for slot in slots_for(entry, seating.now)]
    if seating.has_freed:
        wanted += [slot for held in seating.slots.values() for slot in slots_around(held)]
    return any(slot.pk not in seating.slots for slot in wanted)


def fill(seating: Seating) -> None:
    while found := next(_given(seating), None):
        _give(seating, *found)


def slots_around(slot: Slot) -> list[Slot]:
    """The slot; where a family waits for places together, its whole session."""
    families = WaitlistEntry.objects.asking_for(slot).filter(places__gt=1)
    if not families.exists():
        return [fresh_slot(slot)]
    return list(_known().filter(session=slot.session_id, is_open=True))


def slots_for(entry: WaitlistEntry, now: datetime) -> list[Slot]:
    """Where there is a place that suits whoever waits: what has to be held to give it to them."""
    for slot in _wanted(entry, now):
        rooms = [slot] if entry.places == 1 else list(_known().filter(session=slot.session_id))
        if _places_for(entry, slot, {room.pk: room for room in rooms}, now):
            return rooms
    return []


def _wanted(entry: WaitlistEntry, now: datetime) -> Iterator[Slot]:
    """The free slots that they ask for, the soonest first."""
    found = _known().free(now)
    if entry.slot_id:
        found = found.filter(pk=entry.slot_id)
    elif entry.doctor_id:
        found = found.filter(doctor=entry.doctor_id)
    else:
        found = found.filter(specialty=entry.specialty)
    if entry.clinic_id:
        found = found.filter(clinic=entry.clinic_id)
    if entry.earliest:
        found = found.filter(day__gte=entry.earliest)
    if entry.latest:
        found = found.filter(day__lte=entry.latest)
    return found.soonest_first().iterator(chunk_size=50)


def _given(seating: Seating) -> Iterator[tuple[WaitlistEntry, list[Slot]]]:
    """Who comes next into the slots that are held, and where they would sit."""
    for slot in seating.slots.values():
        if not slot.is_open or slot.booked >= slot.hard_limit or slot.starts_at <= seating.now:
            continue
        waiting = WaitlistEntry.objects.asking_for(slot)
        known = waiting.select_related("patient", "appointment", "clinic", "doctor")
        queued = [entry for entry in seating.queued if entry.pk is None]
        for entry in _in_order([*known, *(one for one in queued if _asks_for(one, slot))]):
            if _is_served(seating, entry):
                continue
            if places := _places_for(entry, slot, seating.slots, seating.now):
                yield entry, [seating.slots[pk] for pk in places]


def _places_for(
    entry: WaitlistEntry, slot: Slot, slots: dict[int, Slot], now: datetime
) -> list[int] | None:
    """The slots of their places, one for each; none where it does not suit them."""
    if not suits(slot.starts_at, slot.session.department.clinic.zone, entry.times_of_day):
        return None
    source = Priority(entry.source)
    if hindrance(entry.patient, slot, source, but=entry.appointment):
        return None
    if entry.places == 1:
        return [slot.pk] if slot.has_room_for(Priority(entry.priority)) else None
    rooms = [
        Room(one.pk, one.starts_at, one.ends_at, max(one.capacity - one.booked, 0))
        for one in slots.values()
        if one.session_id == slot.session_id and one.is_open and one.starts_at > now
    ]
    return together(rooms, slot.pk, entry.places)


def _give(seating: Seating, entry: WaitlistEntry, places: list[Slot]) -> None:
    """Theirs at once; or, where the clinic asks first, held for them until they answer."""
    hold_patients([entry.patient])
    first = places[0]
    if hindrance(entry.patient, first, Priority(entry.source), but=entry.appointment):
        raise Overtaken
    minutes = first.session.department.clinic.offer_minutes
    asks_first = bool(minutes) and entry.appointment is None
    seating.served.add(id(entry) if entry.pk is None else entry.pk)
    given = [_seat(seating, entry, slot, asks_first, i) for i, slot in enumerate(places)]
    ends_at = seating.now + timedelta(minutes=minutes) if asks_first else None
    seating.answer(entry, Status.OFFERED if asks_first else Status.BOOKED, given[0], ends_at)


def _seat(
    seating: Seating, entry: WaitlistEntry, slot: Slot, asks_first: bool, place: int
) -> Appointment:
    if entry.appointment:  # it had lost its place
        lost = seats.fresh(entry.appointment)
        return seating.sit(lost, slot, Kind.PLACE_GIVEN, before=lost.state())
    theirs = seats.new(
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


def _is_served(seating: Seating, entry: WaitlistEntry) -> bool:
    return (id(entry) if entry.pk is None else entry.pk) in seating.served


def _in_order(entries: Iterable[WaitlistEntry]) -> list[WaitlistEntry]:
    return sorted(entries, key=lambda one: (not one.at_head, one.urgency, one.joined_at))


def _asks_for(entry: WaitlistEntry, slot: Slot) -> bool:
    """`asking_for`, of somebody who is not saved yet."""
    if entry.slot_id:
        wanted = entry.slot_id == slot.pk
    elif entry.doctor_id:
        wanted = entry.doctor_id == slot.doctor_id
    else:
        wanted = entry.specialty == slot.specialty
    here = entry.clinic_id in (None, slot.clinic_id)
    in_time = (entry.earliest or slot.day) <= slot.day <= (entry.latest or slot.day)
    return wanted and here and in_time


def _known() -> SlotQuerySet:
    return Slot.objects.select_related("session__department__clinic", "doctor")


def _departments(wish: Wish, now: datetime) -> list[Department]:
    """Whose pages tell of it: all in which a place that suits them can come free."""
    if wish.slot:
        return [wish.slot.session.department]
    theirs = Q(sessions__slots__ends_at__gt=now)
    if wish.doctor:
        theirs &= Q(sessions__doctor=wish.doctor)
    else:
        theirs &= Q(sessions__slots__specialty=wish.specialty.casefold())
    if wish.clinic:
        theirs &= Q(clinic=wish.clinic)
    found = Department.objects.select_related("clinic").filter(theirs).distinct().order_by("pk")
    if wish.doctor and not found:
        works_in = wish.doctor.departments.select_related("clinic").order_by("pk")
        found = works_in.filter(clinic=wish.clinic) if wish.clinic else works_in
    return list(found)


def _refuse_twice(entry: WaitlistEntry) -> None:
    same = WaitlistEntry.objects.filter(
        patient=entry.patient,
        doctor=entry.doctor,
        specialty=entry.specialty,
        slot=entry.slot,
        status__in=(Status.WAITING, Status.OFFERED),
    )
    if same.exists():
        raise Moved(_("They are on this waitlist already."))


def _fresh(entry: WaitlistEntry) -> WaitlistEntry:
    known = WaitlistEntry.objects.select_related(
        "appointment__department__clinic", "doctor", "patient", "clinic"
    )
    return known.get(pk=entry.pk)


def _held_for(entry: WaitlistEntry) -> list[Appointment]:
    """What is held for them until they answer."""
    known = Appointment.objects.select_related(
        "slot__session__department__clinic",
        "slot__doctor",
        "department__clinic",
        "doctor",
        "patient",
    )
    theirs = Q(pk=entry.appointment_id)
    if entry.places > 1:
        theirs |= Q(party=entry.public_id)
    return list(known.filter(theirs, status=Stage.WAITLISTED).order_by("pk"))


def _answered(entry: WaitlistEntry) -> Moved:
    sentences = {
        Status.WAITING: _("No place is free for you yet."),
        Status.OFFERED: _("The time to answer is over."),
        Status.BOOKED: _("The place is booked."),
        Status.LEFT: _("You have left the waitlist."),
        Status.LAPSED: _("The time to answer is over."),
    }
    return Moved(sentences[Status(entry.status)], state=entry.status)


def _record(kind: Kind, entry: WaitlistEntry, *, by: Actor) -> None:
    wish = Wish(entry.clinic, entry.doctor, entry.specialty, entry.slot)
    where = _departments(wish, timezone.now())
    after = {"status": entry.status}
    if where:
        journal.record(Entry(kind, by, where[0], entry.public_id, after=after))
