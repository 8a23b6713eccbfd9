"""A number is given out, and a patient is sent on under the number they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import tokens
from queues.actions.balancing import counter_for
from queues.actions.patients import as_they_now_are
from queues.actions.refusals import (
    DepartmentNotOpen,
    Invalid,
    LimitReached,
    NotThere,
    OutsideHours,
    PatientInactive,
    StaffOnly,
    refuse_second_wait,
)
from queues.actions.transactions import transacted
from queues.models import (
    Appointment,
    Clinic,
    DayBook,
    Department,
    Doctor,
    Kind,
    Patient,
    Token,
    Visit,
    statements,
)
from queues.rules.labels import label, next_number
from queues.rules.links import hashed, link_secret, nonce
from queues.rules.priority import ONLY_STAFF_GIVE, Priority, suggested
from queues.rules.rights import Act, Actor
from queues.rules.status import Move, Status


@transacted
def issue(
    patient: Patient,
    department: Department,
    *,
    by: Actor,
    priority: Priority | None = None,
    doctor: Doctor | None = None,
    language: str = "",
) -> Token:
    """Give the patient a place in the department's queue, and a number if they hold none today."""
    now = timezone.now()
    patient = as_they_now_are(patient)
    priority = fitting(priority, patient, department, by=by, now=now)
    _refuse_doctor(doctor, department)
    arrival = arriving(patient, department, now, language)
    books = journal.open_books([department], now)
    department.reread()
    _refuse_if_closed(department)
    is_urgent = priority is Priority.EMERGENCY
    if not (is_urgent and by.may(Act.GIVE_URGENCY, department.clinic_id, department.pk)):
        _refuse_late_or_full(department, books[department], now)
    token = admit(arrival, books[department], priority, doctor, by=by)
    journal.record(journal.moved(Kind.ISSUED, token, {}, by=by), held=books)
    return token


@transacted
def transfer(
    token: Token, department: Department, *, by: Actor, doctor: Doctor | None = None, note: str = ""
) -> Token:
    """Send the patient on to another department; returns the token that waits for them there."""
    now = timezone.now()
    if department.clinic_id != token.department.clinic_id:
        raise NotThere(_("There is no such department here."))
    if department == token.department:
        raise Invalid(department=_("The patient is in this department already."))
    _refuse_doctor(doctor, department)
    Visit.objects.select_for_update().get(pk=token.visit_id)
    before = tokens.held(token, Move.TRANSFER)
    sent_on = tokens.moved(
        token, Move.TRANSFER, before, by, note, status=Status.TRANSFERRED, ended_at=now
    )

    books = journal.open_books([token.department, department], now)
    department.reread()
    _refuse_if_closed(department)
    refuse_second_wait(token.visit, department)
    arrived_at = books[department].arrive(now)
    ranked_from, doctor, appointment = _back_to_same_doctor(token, department, doctor, arrived_at)
    follower = _place(
        token.visit,
        department,
        books[department],
        arrived_at,
        ranked_from,
        Priority(token.priority),
        doctor,
        by,
        previous=token,
        appointment=appointment,
    )
    journal.record(
        sent_on,
        journal.moved(Kind.ARRIVED, follower, {}, by=by),
        held=books,
    )
    return follower


# How a person gets in line, whoever gave the number: the computer or a sheet of paper.


def fitting(
    priority: Priority | None, patient: Patient, department: Department, *, by: Actor, now: datetime
) -> Priority:
    """The priority they wait with; what their age suggests where none is given."""
    clinic = department.clinic
    if priority is None:
        priority = suggested(patient.age(clinic.service_day(now)), clinic.elderly_from)
    _refuse_person(patient, priority, department, by)
    return priority


@dataclass(frozen=True)
class Arrival:
    """Somebody at the door of a department: their record is held, and their visit if it has begun."""

    patient: Patient
    department: Department
    visit: Visit | None
    now: datetime
    language: str


def arriving(
    patient: Patient, department: Department, now: datetime, language: str = ""
) -> Arrival:
    """They come; two numbers taken at once then wait for each other."""
    clinic = department.clinic
    visit = Visit.objects.of_now(patient, clinic, clinic.service_day(now))
    held = Visit.objects.select_for_update().get(pk=visit.pk) if visit else None
    return Arrival(patient, department, held, now, language)


def admit(
    arrival: Arrival,
    book: DayBook,
    priority: Priority,
    doctor: Doctor | None = None,
    *,
    by: Actor,
    appointment: Appointment | None = None,
    ranked_from: datetime | None = None,
) -> Token:
    """A place in line, and a number if they hold none today, the day's page being held."""
    department, visit = arrival.department, arrival.visit
    if visit is None:
        book.last_number = next_number(book.last_number, department.prefix, book.still_held)
        its_label = label(department.prefix, book.last_number)
        clinic = department.clinic
        visit = open_visit(arrival.patient, clinic, book.day, its_label, arrival.language)
    else:
        refuse_second_wait(visit, department)
    return give_place(
        visit,
        department,
        book,
        book.arrive(arrival.now),
        priority,
        doctor,
        by=by,
        appointment=appointment,
        ranked_from=ranked_from,
    )


def open_visit(patient: Patient, clinic: Clinic, day: date, label: str, language: str) -> Visit:
    """A visit under this label. Had someone opened it meanwhile, a unique key says so and the
    next try finds it."""
    its_nonce = nonce()
    visit = Visit(
        clinic=clinic,
        patient=patient,
        day=day,
        label=label,
        nonce=its_nonce,
        link_hash=hashed(link_secret(settings.LINK_KEY, its_nonce)),
        language=language or patient.language,
    )
    statements.insert(visit)
    return visit


def give_place(
    visit: Visit,
    department: Department,
    book: DayBook,
    arrived_at: datetime,
    priority: Priority,
    doctor: Doctor | None = None,
    *,
    by: Actor,
    appointment: Appointment | None = None,
    ranked_from: datetime | None = None,
) -> Token:
    """A place in line from that moment on, counted among those that this day gave."""
    book.issued += 1
    return _place(
        visit,
        department,
        book,
        arrived_at,
        ranked_from or arrived_at,
        priority,
        doctor,
        by,
        appointment=appointment,
    )


def _place(
    visit: Visit,
    department: Department,
    book: DayBook,
    arrived_at: datetime,
    ranked_from: datetime,
    priority: Priority,
    doctor: Doctor | None,
    by: Actor,
    previous: Token | None = None,
    appointment: Appointment | None = None,
) -> Token:
    now = timezone.now()
    token = Token(
        visit=visit,
        department=department,
        daybook=book,
        doctor=doctor,
        previous=previous,
        appointment=appointment,
        issued_by=by.public_id,
        issued_seq=book.seq + 1,
        priority=priority,
        arrived_at=arrived_at,
        changed_at=now,
        **department.place(priority, ranked_from),
    )
    if department.assigns_at_issue:
        token.assigned = counter_for(token, now)
    statements.insert(token)
    return token


def _back_to_same_doctor(
    token: Token, department: Department, doctor: Doctor | None, arrived_at: datetime
) -> tuple[datetime, Doctor | None, Appointment | None]:
    """Whoever comes back from the Lab to their doctor keeps the place of their first arrival, and
    their appointment goes on."""
    seen = (
        Token.objects.filter(
            visit=token.visit_id, department=department, status__in=_SEEN_OR_SENT_ON
        )
        .select_related("doctor", "counter__doctor", "appointment")
        .order_by("arrived_at")
    )
    for stop in seen:
        theirs = stop.doctor or (stop.counter.doctor if stop.counter else None)
        if theirs and doctor in (None, theirs) and _works_in(theirs, department):
            goes_on = stop.appointment if stop.status == Status.TRANSFERRED else None
            first = stop.ranked_from if stop.appointment else stop.arrived_at
            return first, theirs, goes_on
    return arrived_at, doctor, None


_SEEN_OR_SENT_ON = (Status.COMPLETED, Status.TRANSFERRED)


def _works_in(doctor: Doctor, department: Department) -> bool:
    return doctor.is_active and department.doctors.filter(pk=doctor.pk).exists()


def _refuse_person(patient: Patient, priority: Priority, department: Department, by: Actor) -> None:
    if not patient.is_active:
        raise PatientInactive(_("This record is inactive. Please see the reception."))
    if priority in ONLY_STAFF_GIVE and not by.may(
        Act.GIVE_URGENCY, department.clinic_id, department.pk
    ):
        raise StaffOnly(_("Only staff can give this priority. Please see the reception."))


def _refuse_doctor(doctor: Doctor | None, department: Department) -> None:
    if doctor and not _works_in(doctor, department):
        raise Invalid(doctor_id=_("This doctor does not see patients here."))


def _refuse_if_closed(department: Department) -> None:
    if department.state != Department.State.OPEN:
        raise DepartmentNotOpen(department)


def _refuse_late_or_full(department: Department, book: DayBook, now: datetime) -> None:
    facts = {"department": department.code}
    if not department.within_hours(now):
        raise OutsideHours(_("This department gives out no numbers at this hour."), **facts)
    if department.is_past_last_issue(now):
        raise OutsideHours(_("The last number of today has been given out."), **facts)
    if department.daily_limit is not None and book.issued >= department.daily_limit:
        raise LimitReached(_("All numbers of today have been given out."), **facts)
