"""/api/appointments: booked, moved, confirmed, cancelled; by staff, or by the patient's own link."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from queues.actions import booking, checking_in, rebooking
from queues.actions.appointments import fresh
from queues.actions.idempotency import Answer
from queues.actions.openings import Part, opened
from queues.actions.refusals import Invalid, NotAllowed, NotThere
from queues.api import booking_shapes as shapes
from queues.api.booking import booked
from queues.api.doors import (
    KeyOrLink,
    actor_of,
    answered,
    clinic_of,
    doctor_named,
    leave,
    must,
    patient_of,
    sent,
)
from queues.api.naming import (
    appointment_named,
    cleaned,
    day_given,
    discreet,
    doctor_at,
    id_in,
    slot_at,
    slot_named,
)
from queues.forms import BookingForm, DoctorsDayForm
from queues.models import Appointment, Patient, WaitlistEntry, visible
from queues.rules.rights import Act, Actor, ActorKind
from queues.screens import appointments as screen
from queues.screens import estimates
from queues.screens.queue import token_answer

router = Router(tags=["doctors' time"])
ONE = "/appointments/{appointment_id}"
MINE = KeyOrLink()  # staff by their key, patients by the secret of their link


@router.post("/appointments", auth=MINE, response={201: shapes.BookingOut}, summary="Book")
def create(request: HttpRequest, body: shapes.AppointmentIn, clinic: str = "") -> HttpResponse:
    """Staff for whomever they name; a patient, by a link of theirs, one more for themselves."""
    at, patient = clinic_of(request, clinic), _whoever_asks(request)
    actor = _as_patient(patient) if patient else actor_of(request)
    if patient is None:
        must(actor, Act.BOOK, at)
    elif body.patient_id and body.patient_id != patient.public_id:
        raise NotAllowed(_("With this link you can book for yourself alone."))
    wanted = cleaned(BookingForm(body.dict()))
    source, reason, day = wanted["source"], wanted["reason"], wanted["date"]
    if not (body.slot_id or body.doctor_id):
        raise Invalid(slot_id=_("Please name a time or a doctor."))
    doctor = doctor_at(at, body.doctor_id) if body.doctor_id else None
    slot = slot_at(at, body.slot_id, doctor, day) if body.slot_id else None
    if patient is None:
        if slot:
            must(actor, Act.BOOK, at, slot.session.department)
        patient = patient_of(body.patient_id) if body.patient_id else None

    def act() -> Answer:
        if slot:
            return booked(booking.book(patient, slot, source, by=actor, reason=reason))
        assert doctor, "a doctor or a slot is named"
        return booked(
            booking.book_first(patient, doctor, at, source, by=actor, day=day, reason=reason)
        )

    return answered(request, act)


def _as_patient(patient: Patient) -> Actor:
    return Actor(ActorKind.PATIENT, patient.public_id, origin="portal")


def _whoever_asks(request: HttpRequest) -> Patient | None:
    """The patient behind a link; none, where staff ask."""
    linked: Appointment | WaitlistEntry | None = getattr(request, "linked", None)
    if linked is None:
        return None
    if linked.patient is None:
        raise NotAllowed(_("This place was booked without a name. Please see the reception."))
    return linked.patient.merged_into or linked.patient


@router.get(ONE, auth=MINE, response=shapes.LinkedOut, summary="One appointment")
def show(request: HttpRequest, appointment_id: str) -> HttpResponse:
    return leave(_one(appointment_named(request, appointment_id, Act.BOOK)))


@router.patch(ONE, auth=MINE, response=shapes.LinkedOut, summary="Move it to another slot")
def move(
    request: HttpRequest, appointment_id: str, body: shapes.MoveIn, date: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    appointment = appointment_named(request, appointment_id, Act.BOOK)
    day = cleaned(DoctorsDayForm({"date": day_given(body.date, date)}))["date"]
    clinic = appointment.department.clinic
    doctor = doctor_named(body.doctor_id) if body.doctor_id else None
    if doctor is None and id_in(body.slot_id).int:
        slot = slot_at(clinic, body.slot_id)
    else:
        slot = slot_named(doctor or appointment.doctor, clinic, body.slot_id, day)

    def act() -> Answer:
        return _one(fresh(rebooking.reschedule(appointment, slot, by=actor)))

    return answered(request, discreet(actor, act))


@router.delete(ONE, auth=MINE, response=shapes.LinkedOut, summary="Cancel it")
def cancel(request: HttpRequest, appointment_id: str) -> HttpResponse:
    actor = actor_of(request)
    appointment = appointment_named(request, appointment_id, Act.BOOK)
    act = discreet(actor, lambda: _one(rebooking.cancel(appointment, by=actor)))
    return answered(request, act)


@router.post(f"{ONE}/confirm", auth=MINE, response=shapes.LinkedOut, summary="They will come")
def confirm(request: HttpRequest, appointment_id: str) -> HttpResponse:
    actor = actor_of(request)
    appointment = appointment_named(request, appointment_id, Act.BOOK)
    act = discreet(actor, lambda: _one(rebooking.confirm(appointment, by=actor)))
    return answered(request, act)


@router.post(f"{ONE}/check_in", response={201: shapes.CheckedIn}, summary="They are here")
def check_in(
    request: HttpRequest, appointment_id: str, body: shapes.CheckInIn | None = None
) -> HttpResponse:
    actor = actor_of(request)
    appointment = appointment_named(request, appointment_id, Act.CHECK_IN)
    named = body.patient_id if body else None
    patient = patient_of(named) if named else None

    def act() -> Answer:
        token = checking_in.check_in(appointment, by=actor, patient=patient)
        theirs = fresh(appointment)
        told = screen.appointment_answer(theirs, estimates.expected(theirs))
        return Answer(201, {"token": token_answer(token), "appointment": told}, token.visit)

    return answered(request, act)


@router.get(
    "/patients/{patient_id}/appointments",
    response=shapes.AppointmentPage,
    summary="A patient's appointments here, the latest first",
)
def of_patient(
    request: HttpRequest, patient_id: str, wanted: Query[shapes.Paged], clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.BOOK, at)
    patient = _seen(actor, patient_id)
    theirs = visible.appointments(actor).filter(patient=patient)
    pages = Paginator(theirs.order_by("-starts_at", "-pk"), wanted.limit)
    shown = pages.page(wanted.page) if wanted.page <= pages.num_pages else []
    opened([patient], Part.APPOINTMENTS, at, by=actor)
    return sent(
        {
            "items": screen.answers(list(shown)),
            "total": pages.count,
            "page": wanted.page,
            "pages": pages.num_pages,
        }
    )


def _one(appointment: Appointment) -> Answer:
    told = screen.appointment_answer(appointment, estimates.expected(appointment))
    return Answer(200, {**told, "status_url": None}, appointment=appointment)


def _seen(actor: Actor, public_id: str) -> Patient:
    """Known here, or booked here."""
    wanted = id_in(public_id)
    found = visible.patients(actor).filter(public_id=wanted).first()
    if found is None:
        booked_here = visible.appointments(actor).filter(patient__public_id=wanted).first()
        found = booked_here.patient if booked_here else None
    if found is None:
        raise NotThere(_("There is no such patient here."))
    return found
