"""What happens to an appointment before anybody comes: confirmed, named, moved, cancelled, missed."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import tokens, waitlists
from queues.actions.appointments import fresh, fresh_slot, told
from queues.actions.displacing import full
from queues.actions.giving import hold_lost, settle
from queues.actions.hindrances import hindrance, refuse_slot
from queues.actions.moments import refuse_before_its_time
from queues.actions.offers import entry_of_offer
from queues.actions.patients import as_they_now_are, hold_patients
from queues.actions.refusals import AlreadyCancelled, Invalid, Moved, NotAllowed
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken, transacted
from queues.actions.vacancies import slots_left_by
from queues.actions.waitlists import left
from queues.journal import Entry
from queues.models import Appointment, Event, Kind, Notice, Patient, Slot, Token, WaitlistEntry
from queues.rules.appointments import AHEAD, STARTS_FROM, Stage, Step
from queues.rules.priority import Priority
from queues.rules.rights import Act, Actor, ActorKind
from queues.screens import words


@transacted
def confirm(appointment: Appointment, *, by: Actor) -> Appointment:
    """They said that they will come."""
    appointment = fresh(appointment)
    before = appointment.state()
    if not appointment.shift(STARTS_FROM[Step.CONFIRM], now=timezone.now(), status=Stage.CONFIRMED):
        raise no_longer(appointment)
    journal.record(told(Kind.CONFIRMED, appointment, before, by=by))
    return appointment


@transacted
def name(appointment: Appointment, patient: Patient, *, by: Actor) -> Appointment:
    """A place that was booked without a name gets its patient."""
    appointment = fresh(appointment)
    if appointment.patient_id:
        raise Invalid(patient_id=_("This appointment has its patient already."))
    slot = appointment.slot
    if slot is None:
        raise no_longer(appointment)
    held = as_they_now_are(patient)
    if why_not := hindrance(held, slot, Priority(appointment.source), but=appointment):
        raise why_not
    before = appointment.state()
    if not appointment.shift({Stage(appointment.status)}, now=timezone.now(), patient=held):
        raise Overtaken
    journal.record(told(Kind.BOOKING_NAMED, appointment, before, by=by))
    return appointment


@transacted
def reschedule(appointment: Appointment, slot: Slot, *, by: Actor) -> Appointment:
    """Into another slot, of this doctor or of another: both places change hands, or neither."""
    now = timezone.now()
    appointment, slot = fresh(appointment), fresh_slot(slot)
    if appointment.status not in STARTS_FROM[Step.RESCHEDULE]:
        raise no_longer(appointment)
    if slot.pk == appointment.slot_id:
        return appointment
    refuse_slot(slot, now, by)
    if appointment.slot and by.kind is ActorKind.PATIENT and appointment.starts_at <= now:
        raise Moved(_("This is no longer possible."))  # it has begun: they ask the staff
    priority = Priority(appointment.priority)
    if not slot.has_room_for(priority):
        raise full(slot, now)
    seating = Seating.of([slot, *slots_left_by(appointment, now)], by=by, now=now)
    hold_patients([appointment.patient])
    held = seating.slots[slot.pk]
    if not held.has_room_for(priority):
        raise full(slot, now)
    if why_not := hindrance(
        appointment.patient, held, Priority(appointment.source), but=appointment
    ):
        raise why_not
    was, department = appointment.starts_at, appointment.department
    if appointment.status == Stage.DISPLACED:
        before = appointment.state()
        _no_longer_waits(appointment, seating)
    else:
        before = seating.rise(appointment, Stage.DISPLACED, AHEAD)
    seating.sit(appointment, held, Kind.RESCHEDULED, before=before)
    if department != held.session.department:  # the one that they leave is told too
        seating.write(Entry(Kind.RESCHEDULED, by, department, appointment.public_id))
    if by.kind is not ActorKind.PATIENT:
        seating.tell(
            Notice.About.MOVED, appointment, was=was.isoformat(), to=slot.starts_at.isoformat()
        )
    settle(seating)
    return appointment


@transacted
def cancel(appointment: Appointment, *, by: Actor, note: str = "") -> Appointment:
    """The place is free, and goes to the waitlist in the same transaction."""
    appointment = fresh(appointment)
    if appointment.status == Stage.CHECKED_IN:
        return _cancel_here(appointment, by=by, note=note)
    if appointment.status == Stage.WAITLISTED:
        waitlists.leave(entry_of_offer(appointment), by=by)
        return fresh(appointment)
    if appointment.status not in STARTS_FROM[Step.CANCEL]:
        raise no_longer(appointment)
    seating = _leave(appointment, Stage.CANCELLED, Kind.BOOKING_CANCELLED, by=by, note=note)
    if by.kind is not ActorKind.PATIENT:
        was = appointment.starts_at.isoformat()
        seating.tell(Notice.About.CANCELLED, appointment, was=was)
    settle(seating)
    return appointment


@transacted
def miss(appointment: Appointment, *, by: Actor, note: str = "") -> Appointment:
    """Nobody came, though their time has begun."""
    appointment = fresh(appointment)
    if not by.may(Act.BOOK, appointment.clinic_id, appointment.department_id):
        raise NotAllowed(_("Only staff can do this."))
    if appointment.status not in STARTS_FROM[Step.NO_SHOW]:
        raise no_longer(appointment)
    refuse_before_its_time(appointment, timezone.now())
    settle(_leave(appointment, Stage.NO_SHOW, Kind.MISSED, by=by, note=note))
    return appointment


def no_longer(appointment: Appointment) -> Moved:
    """Who put the appointment where it now is, in a sentence."""
    appointment.refresh_from_db(fields=["status"])
    last = Event.objects.last_move_of(appointment)
    kind = AlreadyCancelled if appointment.status == Stage.CANCELLED else Moved
    return kind(
        words.appointment_stands(appointment, last),
        appointment_id=str(appointment.public_id),
        state=appointment.status,
        since=appointment.department.clinic.on_its_clock(last.at) if last else None,
        by=words.who(last) if last else None,
    )


def live_token(appointment: Appointment) -> Token | None:
    """Their number in the doctor's queue, while they wait there or are served."""
    theirs = Token.objects.live().filter(appointment=appointment)
    return theirs.select_related("visit", "department__clinic", "counter", "appointment").first()


def _cancel_here(appointment: Appointment, *, by: Actor, note: str) -> Appointment:
    """Somebody who came and goes again: their number ends, and the appointment with it."""
    token = live_token(appointment)
    if token is None:
        raise no_longer(appointment)
    tokens.cancel(token, by=by, note=note)
    return fresh(appointment)


def _leave(appointment: Appointment, to: Stage, kind: Kind, *, by: Actor, note: str) -> Seating:
    now = timezone.now()
    seating = Seating.of(slots_left_by(appointment, now), by=by, now=now)
    hold_patients([appointment.patient])  # whom a notice refers to
    if appointment.status == Stage.DISPLACED:
        _no_longer_waits(appointment, seating)
    before = seating.rise(appointment, to, {Stage(appointment.status)})
    seating.note(kind, appointment, before, note)
    return seating


def _no_longer_waits(appointment: Appointment, seating: Seating) -> None:
    """They had lost their place and stood on the waitlist for another. Held before it is asked where
    they stand: between the two they could get a place and lose it, and would wait there for ever."""
    hold_lost([appointment])
    states = WaitlistEntry.Status
    for entry in WaitlistEntry.objects.waiting().filter(appointment=appointment):
        seating.write(left(entry, states.LEFT, by=seating.by))
        seating.take_off_the_waitlist(entry, states.WAITING, states.LEFT)
