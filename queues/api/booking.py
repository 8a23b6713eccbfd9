"""/api/book and what goes with it: a place in a doctor's time, for whoever has the right."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from queues.actions import booking
from queues.actions.booking import Booking
from queues.actions.idempotency import Answer
from queues.api import booking_shapes as shapes
from queues.api.doors import actor_of, answered, clinic_of, must, patient_of
from queues.api.naming import cleaned, day_given, doctor_at, slot_of
from queues.forms import BookingForm
from queues.rules.rights import Act
from queues.screens.appointments import booking_answer

router = Router(tags=["doctors' time"])


@router.post("/book", response={201: shapes.BookingOut}, summary="Book a slot")
def book(
    request: HttpRequest, body: shapes.BookIn, date: str = "", clinic: str = ""
) -> HttpResponse:
    """Into a full slot the more urgent displace the least urgent, who are told where they now are.
    Nobody less urgent: 409 `slot_full`, with the doctor's next free slots as `alternatives`."""
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.BOOK, at)
    wanted = cleaned(BookingForm({**body.dict(), "date": day_given(body.date, date)}))
    slot = slot_of(at, body.doctor_id, body.slot_id, wanted["date"])
    must(actor, Act.BOOK, at, slot.session.department)
    patient = patient_of(body.patient_id) if body.patient_id else None

    def act() -> Answer:
        return booked(
            booking.book(patient, slot, wanted["source"], by=actor, reason=wanted["reason"])
        )

    return answered(request, act)


@router.post(
    "/token/book", response={201: shapes.BookingOut}, summary="Book the first slot that fits"
)
def book_first(request: HttpRequest, body: shapes.TokenBookIn, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.BOOK, at)
    wanted = cleaned(BookingForm(body.dict()))
    doctor, patient = doctor_at(at, body.doctor_id), patient_of(body.patient_id)

    def act() -> Answer:
        made = booking.book_first(
            patient,
            doctor,
            at,
            wanted["source"],
            by=actor,
            day=wanted["date"],
            reason=wanted["reason"],
        )
        return booked(made)

    return answered(request, act)


def booked(made: Booking) -> Answer:
    theirs = made.appointment
    return Answer(201, booking_answer(theirs, made.displaced), appointment=theirs)
