"""Somebody who has an appointment is here: it becomes a number in the doctor's department."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import appointments, booking, displacing, issuing, places
from queues.actions.appointments import fresh
from queues.actions.asking import refuse_source
from queues.actions.hindrances import Diaries, hindrance
from queues.actions.issuing import Arrival, admit, arriving
from queues.actions.patients import as_they_now_are, in_use
from queues.actions.rebooking import no_longer
from queues.actions.refusals import (
    DepartmentNotOpen,
    Invalid,
    NoSlots,
    SlotFull,
    TooEarly,
)
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken, transacted
from queues.models import Appointment, Department, Doctor, Kind, Patient, Slot, Token
from queues.rules.appointments import Stage
from queues.rules.priority import URGENCY, Priority, suggested
from queues.rules.rights import Actor, ActorKind
from queues.screens.estimates import appointed, delay_of


@transacted
def check_in(
    appointment: Appointment, *, by: Actor, patient: Patient | None = None, language: str = ""
) -> Token:
    """Early ones wait for their time; who is much too late waits like somebody from the door. Who
    was noted as missed and comes after all has their place again, while nobody else got it."""
    now = timezone.now()
    appointment = fresh(appointment)
    department = appointment.department
    if not appointment.may_come:
        raise no_longer(appointment)
    _refuse_moment(appointment, now, by)
    if not appointment.holds:
        places.take_again(appointment)
    whoever = in_use(_whoever(appointment, patient))
    _refuse_name(appointment, whoever)
    arrival = arriving(whoever, department, now, language or appointment.language)
    before = appointment.state()
    priority, ranked_from = _place(appointment, whoever, now)
    if not appointment.shift(
        {Stage(appointment.status)},
        now=now,
        status=Stage.CHECKED_IN,
        patient=whoever,
        checked_in_at=now,
    ):
        raise Overtaken
    books = journal.open_books([department], now)
    department.reread()
    if department.state == Department.State.CLOSED:  # in a pause they come and wait
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
    appointment.shift({Stage.CHECKED_IN}, now=now, visit=token.visit)
    journal.record(
        journal.moved(Kind.ISSUED, token, {}, by=by),
        appointments.told(Kind.CHECKED_IN, appointment, before, by=by),
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
    where = department.clinic_id, department.pk
    refuse_source(source, patient, doctor, *where, by=by, now=now)
    slot = _first_of_today(patient, doctor, department, source, now)
    priority = booking.urgency_of(patient, source, slot, now)
    if not slot.has_room_for(priority):  # an emergency: somebody has to give way
        booked = booking.book(patient, slot, source, by=by, language=language)
        return check_in(booked.appointment, by=by, language=language)
    seating = Seating.of([slot], by=by, now=now)
    if not seating.slots[slot.pk].has_room_for(priority):
        raise Overtaken
    held = as_they_now_are(patient)
    if why_not := hindrance(held, slot, source):
        raise why_not
    arrival = arriving(held, department, now, language)
    theirs = appointments.new(
        slot, held, source, priority, URGENCY[priority], by=by, language=language
    )
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
    if doctor and _today(doctor, department, timezone.now()):
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
    journal.record(journal.moved(Kind.ISSUED, token, {}, by=by), *entries, held=books)
    return token


def _first_of_today(
    patient: Patient, doctor: Doctor, department: Department, source: Priority, now: datetime
) -> Slot:
    """The first with room that they can come to; an emergency also one where somebody has to give
    way."""
    today = _today(doctor, department, now)
    if not today:
        raise NoSlots(_("This doctor has no times left today."))
    urgent = source is Priority.EMERGENCY
    with_room = [
        slot
        for slot in today
        if slot.is_free
        or (urgent and (slot.has_room_for(source) or displacing.gives_way(slot, source)))
    ]
    if not with_room:
        others = displacing.full(today[0], now).facts
        raise SlotFull(_("This doctor is fully booked today."), **others)
    diaries = Diaries.of([patient], with_room[0].starts_at)
    hindrances = [diaries.hindrance(patient, slot, source) for slot in with_room]
    fitting = [slot for slot, why_not in zip(with_room, hindrances, strict=True) if not why_not]
    if why_not := hindrances[0] if not fitting else None:
        raise why_not
    return fitting[0]


def _today(doctor: Doctor, department: Department, now: datetime) -> list[Slot]:
    """What is left of the doctor's day here; a night's work goes on past midnight."""
    clinic = department.clinic
    _begins, ends = clinic.span_of(clinic.service_day(now))
    left = Slot.objects.not_over(now).filter(
        doctor=doctor,
        doctor__is_active=True,
        session__department=department,
        session__starts_at__lt=ends,
    )
    return list(left.select_related("session__department__clinic", "doctor").soonest_first())


def _whoever(appointment: Appointment, patient: Patient | None) -> Patient:
    named = appointment.patient or patient
    if named is None:
        raise Invalid(patient_id=_("Please say who this place was booked for."))
    if appointment.patient and patient and appointment.patient_id != patient.pk:
        raise Invalid(patient_id=_("This appointment is somebody else's."))
    return named


def _refuse_name(appointment: Appointment, patient: Patient) -> None:
    """Somebody new to this appointment must be able to have it."""
    if appointment.patient_id == patient.pk or appointment.slot is None:
        return
    source = Priority(appointment.source)
    if why_not := hindrance(patient, appointment.slot, source, but=appointment):
        raise why_not


def _refuse_moment(appointment: Appointment, now: datetime, by: Actor) -> None:
    """On its day; from a phone, shortly before its time."""
    clinic = appointment.department.clinic
    if not appointment.is_its_day(now):
        day = date_format(appointment.starts_at.astimezone(clinic.zone), "DATE_FORMAT")
        raise TooEarly(
            _("This appointment is on %(day)s.") % {"day": day},
            starts_at=clinic.on_its_clock(appointment.starts_at),
        )
    if by.kind is not ActorKind.PATIENT or by.origin != "phone":
        return
    opens = appointment.starts_at - timedelta(minutes=clinic.check_in_minutes)
    if now < opens:
        at = time_format(opens.astimezone(clinic.zone), "TIME_FORMAT")
        raise TooEarly(
            _("You can say that you are here from %(time)s on.") % {"time": at},
            opens_at=clinic.on_its_clock(opens),
        )


def _place(
    appointment: Appointment, patient: Patient, now: datetime
) -> tuple[Priority, datetime | None]:
    """With which priority they wait, and from when that is reckoned; none: from this moment."""
    clinic, due = appointment.department.clinic, appointed(appointment)
    last = due + timedelta(minutes=delay_of(appointment) + clinic.late_minutes)
    priority = Priority(appointment.priority)
    if now <= last or priority is Priority.EMERGENCY:
        return priority, due
    return suggested(patient.age(clinic.service_day(now)), clinic.elderly_from), None
