"""Somebody who has an appointment is here: it becomes a number in the doctor's department."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import booking, issuing, seats
from queues.actions.issuing import Arrival, admit, arriving, as_they_now_are
from queues.actions.rebooking import no_longer
from queues.actions.refusals import (
    DepartmentNotOpen,
    Invalid,
    NoSlots,
    SlotFull,
    TooEarly,
)
from queues.actions.seats import Seating, fresh, hindrance
from queues.actions.transactions import Overtaken, transacted
from queues.models import Appointment, Department, Doctor, Kind, Patient, Slot, Token
from queues.models.slot import SlotQuerySet
from queues.rules.appointments import STARTS_FROM, Stage, Step
from queues.rules.priority import URGENCY, Priority, suggested
from queues.rules.rights import Actor, ActorKind
from queues.screens.estimates import appointed


@transacted
def check_in(
    appointment: Appointment, *, by: Actor, patient: Patient | None = None, language: str = ""
) -> Token:
    """Early ones wait for their time; who is much too late waits like somebody from the door."""
    now = timezone.now()
    appointment = fresh(appointment)
    department = appointment.department
    whoever = _whoever(appointment, patient)
    _refuse_moment(appointment, now, by)
    if appointment.status not in STARTS_FROM[Step.CHECK_IN]:
        raise no_longer(appointment)

    held = as_they_now_are(whoever)
    arrival = arriving(held, department, now, language or appointment.language)
    before = appointment.state()
    due = appointed(appointment)
    priority, ranked_from = _place(appointment, held, due, now)
    books = journal.open_books([department], now)
    department.reread()
    if department.state == Department.State.CLOSED:
        raise DepartmentNotOpen(department)
    token = admit(
        arrival,
        books[department],
        priority,
        appointment.doctor,
        by=by,
        appointment=appointment,
        ranked_from=ranked_from,
    )
    if not appointment.shift(
        STARTS_FROM[Step.CHECK_IN],
        now=now,
        status=Stage.CHECKED_IN,
        patient=held,
        visit=token.visit,
        checked_in_at=now,
    ):
        raise Overtaken
    journal.record(
        seats.told(Kind.CHECKED_IN, appointment, before, by=by),
        journal.moved(Kind.ISSUED, token, {}, by=by),
        held=books,
    )
    return token


@transacted
def walk_in(
    patient: Patient,
    doctor: Doctor,
    department: Department,
    *,
    by: Actor,
    source: Priority = Priority.WALK_IN,
    language: str = "",
) -> Token:
    """From the door to a doctor: the first slot of today with room, and a number at once."""
    now = timezone.now()
    slot = _first_of_today(doctor, department, source, by, now)
    if not slot.has_room_for(booking.urgency_of(patient, source, slot, now)):
        booked = booking.book(patient, slot, source, by=by, language=language)
        return check_in(booked.appointment, by=by, language=language)
    seating = Seating.of([slot], by=by, now=now)
    priority = booking.urgency_of(patient, source, slot, now)
    if not seating.slots[slot.pk].has_room_for(priority):
        raise Overtaken
    held = as_they_now_are(patient)
    if why_not := hindrance(held, slot, source):
        raise why_not
    arrival = arriving(held, department, now, language)
    theirs = seats.new(slot, held, source, priority, URGENCY[priority], by=by, language=language)
    return _seat_and_admit(seating, theirs, slot, arrival, by=by)


def come_in(
    patient: Patient,
    department: Department,
    *,
    by: Actor,
    priority: Priority | None = None,
    doctor: Doctor | None = None,
    language: str = "",
) -> Token:
    """Whoever comes without an appointment: into the department's line; where they want a doctor
    whose time is cut into slots today, into the first with room."""
    if doctor and _today(doctor, department, timezone.now()).exists():
        source = priority or Priority.WALK_IN
        return walk_in(patient, doctor, department, by=by, source=source, language=language)
    return issuing.issue(
        patient, department, by=by, priority=priority, doctor=doctor, language=language
    )


def _seat_and_admit(
    seating: Seating, theirs: Appointment, slot: Slot, arrival: Arrival, *, by: Actor
) -> Token:
    department, now = arrival.department, arrival.now
    seating.sit(theirs, slot, Kind.BOOKED, status=Stage.CHECKED_IN)
    theirs.checked_in_at = now
    books = seating.open_books()
    department.reread()
    if department.state != Department.State.OPEN:
        raise DepartmentNotOpen(department)
    entries = seating.settle(books)
    token = admit(
        arrival,
        books[department],
        Priority(theirs.priority),
        theirs.doctor,
        by=by,
        appointment=theirs,
        ranked_from=max(appointed(theirs), now),
    )
    theirs.shift({Stage.CHECKED_IN}, now=now, visit=token.visit)
    journal.record(*entries, journal.moved(Kind.ISSUED, token, {}, by=by), held=books)
    return token


def _first_of_today(
    doctor: Doctor, department: Department, source: Priority, by: Actor, now: datetime
) -> Slot:
    today = list(
        _today(doctor, department, now)
        .select_related("session__department__clinic", "doctor")
        .soonest_first()
    )
    if not today:
        raise NoSlots(_("This doctor has no times left today."))
    if source is Priority.EMERGENCY:
        return today[0]
    free = next((slot for slot in today if slot.is_free), None)
    if free is None:
        raise SlotFull(
            _("This doctor is fully booked today."),
            alternatives=seats.full(today[0], now).facts["alternatives"],
        )
    return free


def _today(doctor: Doctor, department: Department, now: datetime) -> SlotQuerySet:
    local = now.astimezone(department.clinic.zone).date()
    return Slot.objects.not_over(now).filter(
        doctor=doctor, session__department=department, day=local
    )


def _whoever(appointment: Appointment, patient: Patient | None) -> Patient:
    named = appointment.patient or patient
    if named is None:
        raise Invalid(patient_id=_("Please say who this place was booked for."))
    if appointment.patient and patient and appointment.patient_id != patient.pk:
        raise Invalid(patient_id=_("This appointment is somebody else's."))
    return named


def _refuse_moment(appointment: Appointment, now: datetime, by: Actor) -> None:
    """On its day; from a phone, shortly before its time."""
    clinic = appointment.department.clinic
    if clinic.service_day(appointment.starts_at) != clinic.service_day(now):
        day = date_format(appointment.starts_at.astimezone(clinic.zone), "DATE_FORMAT")
        raise TooEarly(
            _("This appointment is on %(day)s.") % {"day": day},
            starts_at=appointment.starts_at.isoformat(),
        )
    if by.kind is not ActorKind.PATIENT or by.origin != "phone":
        return
    opens = appointment.starts_at - timedelta(minutes=clinic.check_in_minutes)
    if now < opens:
        at = time_format(opens.astimezone(clinic.zone), "TIME_FORMAT")
        raise TooEarly(
            _("You can say that you are here from %(time)s on.") % {"time": at},
            opens_at=opens.isoformat(),
        )


def _place(
    appointment: Appointment, patient: Patient, due: datetime, now: datetime
) -> tuple[Priority, datetime | None]:
    """With which priority they wait, and from when that is reckoned; none: from this moment."""
    clinic = appointment.department.clinic
    delay = appointment.slot.session.delay_minutes if appointment.slot else 0
    last = due + timedelta(minutes=delay + clinic.late_minutes)
    priority = Priority(appointment.priority)
    if now <= last or priority is Priority.EMERGENCY:
        return priority, due
    return suggested(patient.age(clinic.service_day(now)), clinic.elderly_from), None
