"""/api/doctor, /api/status, /api/cancel: a doctor's list, and who on it is where."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from queues.actions import doctors_list, rebooking
from queues.actions.doctors_list import ASKS_FOR
from queues.actions.idempotency import Answer
from queues.actions.refusals import NotThere
from queues.api import booking_shapes as shapes
from queues.api.doors import actor_of, answered, clinic_of, must, patient_of, sent
from queues.api.naming import cleaned, day_given, doctor_at, id_in, slot_named
from queues.forms import DoctorsDayForm, ListForm
from queues.models import Appointment, Slot, Token, visible
from queues.rules.appointments import AS_THE_TOKEN, Stage
from queues.rules.rights import Act, Actor
from queues.rules.status import Status
from queues.screens import appointments as screen
from queues.screens import estimates
from queues.screens.queue import token_answer

router = Router(tags=["doctors' time"])
LARGEST = 2**31 - 1  # that a number's column can hold


@router.get("/doctor/{doctor_id}", response=shapes.DoctorsList, summary="The list, in its order")
def show_list(
    request: HttpRequest, doctor_id: str, date: str = "", clinic: str = ""
) -> HttpResponse:
    """Of the day on which the work begins: a night's list goes on past midnight. Without a date, the
    list on which they work now, or next."""
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.BOOK, at)
    day = cleaned(DoctorsDayForm({"date": date}))["date"]
    doctor = doctor_at(at, doctor_id)
    day = day or doctor.sessions.next_day_of_work(at, timezone.now())
    return sent(screen.doctors_list(doctor, day, at))


@router.get(
    "/status/{doctor_id}/{slot_id}", response=shapes.SlotStatus, summary="Who is booked in a slot"
)
def show_slot(
    request: HttpRequest, doctor_id: str, slot_id: str, date: str = "", clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.BOOK, at)
    day = cleaned(DoctorsDayForm({"date": date}))["date"]
    slot = slot_named(doctor_at(at, doctor_id), at, slot_id, day)
    return sent({"slot": screen.slot_answer(slot), "items": screen.of_slot(slot)})


@router.post("/cancel", response=shapes.AppointmentOut, summary="Cancel a booking")
def cancel(
    request: HttpRequest, body: shapes.CancelIn, date: str = "", clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.BOOK, at)
    day = cleaned(DoctorsDayForm({"date": day_given(body.date, date)}))["date"]
    slot = slot_named(doctor_at(at, body.doctor_id), at, body.slot_id, day)
    appointment = _booked_in(slot, actor, body.token_id)
    must(actor, Act.BOOK, at, appointment.department)

    def act() -> Answer:
        cancelled = rebooking.cancel(appointment, by=actor)
        due = estimates.expected(cancelled)
        return Answer(200, screen.appointment_answer(cancelled, due))

    return answered(request, act)


@router.patch(
    "/token/{token_id}/status", response=shapes.StatusOut, summary="Move somebody on the list"
)
def put(request: HttpRequest, token_id: str, body: shapes.StatusIn) -> HttpResponse:
    """`token_id` is a booking's id, or that of a number in the queue."""
    actor = actor_of(request)
    to: Stage = cleaned(ListForm(body.dict()))["status"]
    patient = patient_of(body.patient_id) if body.patient_id else None
    wanted = id_in(token_id)
    if appointment := visible.appointments(actor).filter(public_id=wanted).first():
        booked = appointment
        must(actor, ASKS_FOR[to], booked.department.clinic, booked.department)
        return answered(
            request,
            lambda: _moved(doctors_list.put(booked, to, by=actor, patient=patient)),
        )
    token = _number(actor, wanted)
    must(actor, ASKS_FOR[to], token.department.clinic, token.department)
    return answered(request, lambda: _moved_number(doctors_list.put_number(token, to, by=actor)))


def _booked_in(slot: Slot, actor: Actor, token_id: int | str) -> Appointment:
    """By the id, or by the number that it has in this slot."""
    booked = visible.appointments(actor).filter(slot=slot)
    number = int(token_id) if str(token_id).isascii() and str(token_id).isdigit() else None
    if number is None:
        found = booked.filter(public_id=id_in(str(token_id))).first()
    else:
        found = booked.filter(number=min(number, LARGEST)).first()
    if found is None:
        raise NotThere(_("There is no such booking in this slot."))
    return found


def _number(actor: Actor, public_id: UUID) -> Token:
    numbers = visible.tokens(actor).select_related(
        "visit", "department__clinic", "counter", "doctor", "assigned", "appointment"
    )
    found = numbers.filter(public_id=public_id).first()
    if found is None:
        raise NotThere(_("There is no such token here."))
    return found


def _moved(appointment: Appointment) -> Answer:
    token = Token.objects.filter(appointment=appointment).order_by("-pk")
    theirs = token.select_related("visit", "department__clinic", "counter", "doctor").first()
    return Answer(
        200,
        {
            "id": str(appointment.public_id),
            "status": appointment.status,
            "appointment": screen.appointment_answer(appointment, estimates.expected(appointment)),
            "token": token_answer(theirs) if theirs else None,
        },
        visit=theirs.visit if theirs else None,
    )


def _moved_number(token: Token) -> Answer:
    if token.appointment:
        return _moved(token.appointment)
    return Answer(
        200,
        {
            "id": str(token.public_id),
            "status": AS_THE_TOKEN[Status(token.status)],
            "appointment": None,
            "token": token_answer(token),
        },
        visit=token.visit,
    )
