"""Whoever waits for a doctor's time: they join, are given what comes free, answer, and leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import seats
from queues.actions.asking import refuse_source
from queues.actions.patients import as_they_now_are
from queues.actions.refusals import Invalid, Moved, PatientInactive
from queues.actions.seats import Seating, hindrance, hold_patients, offered_to
from queues.actions.transactions import Overtaken, transacted
from queues.journal import Entry
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Event,
    Kind,
    Patient,
    Slot,
    WaitlistEntry,
)
from queues.models.slot import SlotQuerySet
from queues.rules.appointments import Stage, priority_of
from queues.rules.priority import URGENCY, Priority
from queues.rules.rights import CLOCK, Actor
from queues.rules.slots import TimeOfDay
from queues.rules.waitlist import Room, suits, together
from queues.rules.weeks import DAY

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
    _refuse_wish(wish, clinic, now)
    doctor = wish.slot.doctor if wish.slot else wish.doctor
    refuse_source(source, patient, doctor, clinic.pk, None, by=by, now=now)
    entry = _entry(patient, wish, source, clinic, by=by, now=now)
    seating = Seating.of(_to_hold(entry, now), by=by, now=now)
    entry.patient = patient = as_they_now_are(patient)
    if not patient.is_active:
        raise PatientInactive(_("This record is inactive. Please see the reception."))
    _refuse_twice(entry)
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
    return _leave(entry, Status.LEFT, by=by)


@transacted
def accept(entry: WaitlistEntry, *, by: Actor) -> list[Appointment]:
    """They take the place that is held for them; of a family, all of them."""
    entry, now = _fresh(entry), timezone.now()
    if entry.status != Status.OFFERED or (entry.offer_ends_at and entry.offer_ends_at <= now):
        raise _answered(entry)
    held = offered_to(entry)
    seating = Seating.of([], by=by, now=now)
    for appointment in held:
        before = appointment.state()
        if not appointment.shift({Stage.WAITLISTED}, now=now, status=Stage.SCHEDULED):
            raise Overtaken
        seating.note(Kind.BOOKED, appointment, before)
    seating.take_off_the_waitlist(entry, Status.OFFERED, Status.BOOKED)
    seating.record()
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
            held = [near for slot in slots for near in slots_around(slot)]
            settle(Seating.of(held, by=by, now=now))  # somebody of the waitlist got a place
            entry.refresh_from_db(fields=["status"])


def lapse_offers() -> int:
    """Nobody answered in time: the place goes to the next. And who could only come before today
    no longer waits. A duty of the clock, safe in several copies."""
    now = timezone.now()
    ended = WaitlistEntry.objects.filter(status=Status.OFFERED, offer_ends_at__lte=now)
    gone = Q(latest__lt=(now - timedelta(days=1)).date()) | Q(slot__starts_at__lte=now)
    over = WaitlistEntry.objects.waiting().filter(gone, appointment=None)
    return sum(map(_lapse_offer, list(ended))) + sum(map(_lapse, list(over)))


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
    if entry.status != Status.WAITING:
        return False
    _leave(entry, Status.LAPSED, by=CLOCK)
    return True


def _leave(entry: WaitlistEntry, to: Status, *, by: Actor) -> WaitlistEntry:
    """An appointment that had lost its place is cancelled: nobody looks for another any more."""
    if entry.status != Status.WAITING:
        raise _answered(entry)
    seating = Seating.of([], by=by, now=timezone.now())
    if lost := entry.appointment:
        before = seating.rise(lost, Stage.CANCELLED, {Stage.DISPLACED})
        seating.note(Kind.BOOKING_CANCELLED, lost, before)
    seating.write(left(entry, to, by=by))
    seating.take_off_the_waitlist(entry, Status.WAITING, to)
    seating.record()
    return entry


def _give_up_offer(entry: WaitlistEntry, to: Status, *, by: Actor) -> WaitlistEntry:
    held = offered_to(entry)
    now = timezone.now()
    slots = [slot for one in held for slot in slots_left_by(one, now)]
    seating = Seating.of(slots, by=by, now=now)
    for appointment in held:
        before = seating.rise(appointment, Stage.CANCELLED, {Stage.WAITLISTED})
        seating.note(Kind.OFFER_LAPSED, appointment, before)
    seating.write(left(entry, to, by=by))
    seating.take_off_the_waitlist(entry, Status.OFFERED, to)
    settle(seating)
    return entry


def left(entry: WaitlistEntry, to: Status, *, by: Actor) -> Entry:
    before, after = {"status": entry.status}, {"status": to}
    return Entry(
        Kind.WAITLIST_LEFT, by, _ledger_of(entry), entry.public_id, before=before, after=after
    )


def _ledger_of(entry: WaitlistEntry) -> Department:
    """Where its story began; the doctors whom they wait for may have moved since."""
    joined = Event.objects.filter(subject=entry.public_id, kind=Kind.WAITLIST_JOINED)
    where = joined.select_related("daybook__department__clinic").get().daybook.department
    assert where
    return where


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
    """Somebody who could be given a place in these slots, or somewhere that is not held."""
    if any(_given(seating)):
        return True
    begins_to_wait = [*seating.queued, *seating.again, *_waits_of(seating.let_go)]
    waits = [entry for entry in begins_to_wait if not seating.is_answered(entry)]
    wanted = [slot for entry in waits for slot in slots_for(entry, seating.now)]
    wanted += [near for slot in seating.with_places_to_give for near in slots_around(slot)]
    return any(slot.pk not in seating.slots for slot in wanted)


def fill(seating: Seating) -> None:
    while found := next(_given(seating), None):
        _give(seating, *found)


def slots_around(slot: Slot) -> list[Slot]:
    """What has to be held to give a place of this slot away: the slot; where a family waits for
    places together, its whole session."""
    families = WaitlistEntry.objects.asking_for(slot).filter(places__gt=1)
    if not families.exists():
        return [slot]
    return list(_known().filter(Q(pk=slot.pk) | Q(session=slot.session_id, is_open=True)))


def slots_left_by(appointment: Appointment, now: datetime) -> list[Slot]:
    """What has to be held when somebody gives up a place: what is around it; and, should they wait
    for another time that this one kept them from, where there is room for them then."""
    around = slots_around(appointment.slot) if appointment.slot else []
    theirs = _waits_of({appointment.patient_id} - {None})
    elsewhere = [room for one in theirs for room in slots_for(one, now, leaving=appointment)]
    return [*around, *elsewhere]


def slots_of_offer(offered: Appointment, now: datetime) -> list[Slot]:
    """What has to be held when somebody's offer is withdrawn, and they wait for another; a family
    loses all of its places, and may get others of that session."""
    entry = seats.entry_of_offer(offered)
    rooms = [*slots_left_by(offered, now), *slots_for(entry, now)]
    if entry.places > 1:
        rooms += _known().filter(session__slots=offered.slot_id)
    return rooms


def _waits_of(patients: Collection[int | None]) -> Iterable[WaitlistEntry]:
    if not patients:
        return ()
    waiting = WaitlistEntry.objects.waiting().filter(patient__in=patients)
    return waiting.select_related("patient", "appointment", "clinic", "doctor")


def slots_for(
    entry: WaitlistEntry, now: datetime, *, leaving: Appointment | None = None
) -> list[Slot]:
    """Where there is a place that suits whoever waits: what has to be held to give it to them."""
    for slot in _wanted(entry, now):
        rooms = [slot] if entry.places == 1 else list(_known().filter(session=slot.session_id))
        if _places_for(entry, slot, {room.pk: room for room in rooms}, now, leaving):
            return rooms
    return []


def _to_hold(entry: WaitlistEntry, now: datetime) -> list[Slot]:
    """A slot that is waited for is held too: the row of the waitlist will refer to it."""
    return [*([entry.slot] if entry.slot else []), *slots_for(entry, now)]


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
        found = found.filter(day__gte=entry.earliest - DAY)  # a night's work reaches into the next
    if entry.latest:
        found = found.filter(day__lte=entry.latest)
    if entry.not_before:
        found = found.filter(starts_at__gte=entry.not_before)
    return found.soonest_first().in_pages()


def _given(seating: Seating) -> Iterator[tuple[WaitlistEntry, list[Slot]]]:
    """Who comes next into the slots that are held, and where they would sit."""
    for slot in seating.slots.values():
        if not slot.has_place or slot.starts_at <= seating.now:
            continue
        waiting = WaitlistEntry.objects.asking_for(slot)
        known = waiting.select_related("patient", "appointment", "clinic", "doctor")
        joining = (entry for entry in seating.queued if _asks_for(entry, slot))
        for entry in _in_order([*known, *joining]):
            if seating.is_answered(entry):
                continue
            places = _places_for(entry, slot, seating.slots, seating.now)
            if places and not seating.hinders(
                entry.patient, seating.slots[places[0]], Priority(entry.source)
            ):
                yield entry, [seating.slots[pk] for pk in places]


def _places_for(
    entry: WaitlistEntry,
    slot: Slot,
    slots: dict[int, Slot],
    now: datetime,
    leaving: Appointment | None = None,
) -> list[int] | None:
    """The slots of their places, one for each; none where it does not suit them. The buffer is
    for those who are booked as an emergency, not for those who can wait."""
    if not _suits(entry, slot):
        return None
    rooms = [
        Room(one.pk, one.starts_at, one.ends_at, one.capacity - one.booked)
        for one in slots.values()
        if one.session_id == slot.session_id
        and one.has_place
        and one.starts_at > now
        and _suits(entry, one)
    ]
    places = together(rooms, slot.pk, entry.places)
    if places is None:
        return None
    source = Priority(entry.source)
    first = slots[places[0]]
    hindered = hindrance(entry.patient, first, source, but=entry.appointment, leaving=leaving)
    return None if hindered else places


def _suits(entry: WaitlistEntry, slot: Slot) -> bool:
    """Whether they could come then, by the clock and the calendar there."""
    clinic = slot.session.department.clinic
    date = clinic.calendar_day(slot.starts_at)
    in_time = (entry.earliest or date) <= date <= (entry.latest or date)
    return in_time and suits(slot.starts_at, clinic.zone, entry.times_of_day)


def _give(seating: Seating, entry: WaitlistEntry, places: list[Slot]) -> None:
    """Theirs at once; or, where the clinic asks first, held for them until they answer."""
    hold_patients([entry.patient])
    first = places[0]
    if hindrance(entry.patient, first, Priority(entry.source), but=entry.appointment):
        raise Overtaken
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


def _in_order(entries: Iterable[WaitlistEntry]) -> list[WaitlistEntry]:
    return sorted(entries, key=lambda one: (not one.at_head, one.urgency, one.joined_at))


def _asks_for(entry: WaitlistEntry, slot: Slot) -> bool:
    """`asking_for`, of somebody who is not saved yet; when they could come is looked at later."""
    if entry.slot_id:
        wanted = entry.slot_id == slot.pk
    elif entry.doctor_id:
        wanted = entry.doctor_id == slot.doctor_id
    else:
        wanted = entry.specialty == slot.specialty
    here = entry.clinic_id in (None, slot.clinic_id)
    return wanted and here and (entry.not_before or slot.starts_at) <= slot.starts_at


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


def _entry(
    patient: Patient, wish: Wish, source: Priority, clinic: Clinic, *, by: Actor, now: datetime
) -> WaitlistEntry:
    priority = priority_of(source, patient.age(clinic.service_day(now)), clinic.elderly_from)
    return WaitlistEntry(
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


def _refuse_wish(wish: Wish, clinic: Clinic, now: datetime) -> None:
    today = clinic.calendar_day(now)
    if wish.earliest and wish.latest and wish.latest < wish.earliest:
        raise Invalid(latest=_("The last day comes before the first."))
    if wish.latest and wish.latest < today:
        raise Invalid(latest=_("This day is over."))
    if wish.slot and wish.slot.starts_at <= now:
        raise Invalid(slot_id=_("This time is over. Please choose another."))
    if not 1 <= wish.places <= MOST_PLACES:
        raise Invalid(places=_("Please ask for 1 to %(most)s places.") % {"most": MOST_PLACES})
    if unknown := set(wish.times_of_day) - set(TimeOfDay):
        raise Invalid(times_of_day=_("%(time)s is no time of day.") % {"time": min(unknown)})


def _refuse_twice(entry: WaitlistEntry) -> None:
    same = WaitlistEntry.objects.filter(
        patient=entry.patient,
        doctor=entry.doctor,
        specialty=entry.specialty,
        slot=entry.slot,
        at_head=False,
        status__in=(Status.WAITING, Status.OFFERED),
    )
    if same.exists():
        raise Moved(_("They are on this waitlist already."))


def _fresh(entry: WaitlistEntry) -> WaitlistEntry:
    known = WaitlistEntry.objects.select_related("appointment__department__clinic")
    return known.get(pk=entry.pk)


def _answered(entry: WaitlistEntry) -> Moved:
    sentences = {
        Status.WAITING: _("No place is free for you yet."),
        Status.OFFERED: _("The time to answer is over."),
        Status.BOOKED: _("The place is booked."),
        Status.LEFT: _("You have left the waitlist."),
        Status.LAPSED: _("The time to answer is over."),
    }
    return Moved(sentences[Status(entry.status)], state=entry.status)
