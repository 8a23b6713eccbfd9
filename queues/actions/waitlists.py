"""Whoever waits for a doctor's time: they join, answer what is offered to them, and leave."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions import wishes
from queues.actions.asking import refuse_source
from queues.actions.giving import settle
from queues.actions.offers import offered_to
from queues.actions.patients import as_they_now_are
from queues.actions.refusals import Invalid, Moved, PatientInactive
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken, transacted
from queues.actions.vacancies import slots_for, slots_left_by
from queues.actions.wishes import Wish
from queues.journal import Entry
from queues.models import (
    Appointment,
    Department,
    Event,
    Kind,
    Patient,
    Slot,
    WaitlistEntry,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import CLOCK, Actor

Status = WaitlistEntry.Status


@transacted
def join(patient: Patient, wish: Wish, source: Priority, *, by: Actor) -> WaitlistEntry:
    """Wait for a place; where one is free already, it is theirs at once."""
    now = timezone.now()
    where = wishes.departments(wish, now)
    if not where:
        raise Invalid(doctor_id=_("There is no doctor here whom one could wait for."))
    clinic = wish.clinic or where[0].clinic
    wishes.refuse(wish, clinic, now)
    doctor = wish.slot.doctor if wish.slot else wish.doctor
    refuse_source(source, patient, doctor, clinic.pk, None, by=by, now=now)
    entry = wishes.entry_of(patient, wish, source, clinic, by=by, now=now)
    seating = Seating.of(_to_hold(entry, now), by=by, now=now)
    entry.patient = patient = as_they_now_are(patient)
    if not patient.is_active:
        raise PatientInactive(_("This record is inactive. Please see the reception."))
    wishes.refuse_twice(entry, clinic.service_day(now))
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


def _to_hold(entry: WaitlistEntry, now: datetime) -> list[Slot]:
    """A slot that is waited for is held too: the row of the waitlist will refer to it."""
    return [*([entry.slot] if entry.slot else []), *slots_for(entry, now)]


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
