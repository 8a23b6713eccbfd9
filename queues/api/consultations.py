"""/api/consultations, what a doctor writes, and /api/doctor/…/delay, how late they are.

An answer is made anew each time it leaves: what is kept for an `Idempotency-Key` is only which
consultation it was, never a word of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from pydantic import WithJsonSchema

from queues.actions import consultations, delays
from queues.actions.idempotency import Answer
from queues.actions.openings import Part, opened
from queues.actions.refusals import Invalid, NoSlots, NotThere
from queues.api.doors import acted, actor_of, answered, clinic_of, leave, must, sent
from queues.api.naming import doctor_at, id_in
from queues.api.shapes import Strict
from queues.forms import AddendumForm, ConsultationForm
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    Doctor,
    Patient,
    Session,
    Token,
    visible,
)
from queues.models.session import now_or_next
from queues.rules.prescription import LONGEST, MOST_DAYS, MOST_LINES
from queues.rules.rights import Act, Actor
from queues.screens import sessions
from queues.screens.consultations import consultation_answer, follow_up, sought, whole

router = Router(tags=["consultations"])

_LINE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["medicine"],
    "properties": {
        **{name: {"type": "string", "maxLength": most} for name, most in LONGEST.items()},
        "medicine": {"type": "string", "minLength": 1, "maxLength": LONGEST["medicine"]},
        "days": {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_DAYS},
    },
}
# As they were typed: the form of the page checks them, all in one go and in the caller's language.
TextIn = Annotated[Any, WithJsonSchema({"type": ["string", "null"], "maxLength": 4000})]
NotesIn = Annotated[Any, WithJsonSchema({"type": ["string", "null"], "maxLength": 20000})]
LinesIn = Annotated[
    Any, WithJsonSchema({"type": ["array", "null"], "items": _LINE, "maxItems": MOST_LINES})
]
DaysIn = Annotated[Any, WithJsonSchema({"type": ["integer", "null"], "minimum": 1, "maximum": 730})]


class Start(Strict):
    """One of the two."""

    appointment_id: UUID | None = None
    token_id: UUID | None = None


class Parts(Strict):
    """What is left out stays."""

    complaint: TextIn = None
    notes: NotesIn = None
    diagnosis: TextIn = None
    advice: TextIn = None
    prescription: LinesIn = Field(
        None,
        examples=[[{"medicine": "Omeprazole", "dose": "20 mg", "when": "morning", "days": 14}]],
    )
    follow_up_days: DaysIn = Field(None, examples=[14])


class AddendumIn(Strict):
    text: Annotated[Any, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 4000})]


class LineOut(Schema):
    medicine: str
    dose: str
    when: str
    days: int | None


class AddendumOut(Schema):
    text: str
    by: str
    written_at: str


class FreeOut(Schema):
    slot_id: UUID
    starts_at: str


class FollowUpOut(Schema):
    due: date
    appointment_id: UUID | None = Field(description="what is booked for it already")
    free: list[FreeOut] = Field(description="else times about then, to be booked as follow_up")


class ConsultationOut(Schema):
    id: UUID
    status: Literal["draft", "completed"]
    doctor_id: UUID
    patient_id: UUID
    department: str
    appointment_id: UUID | None
    token_id: UUID | None
    complaint: str
    notes: str
    diagnosis: str
    advice: str
    prescription: list[LineOut]
    follow_up_days: int | None
    started_at: str
    changed_at: str
    completed_at: str | None
    addenda: list[AddendumOut]
    follow_up: FollowUpOut | None = Field(
        None, description="of a completed one, asked for by its id"
    )


class ConsultationSearch(Schema):
    patient_id: UUID | None = None
    status: Literal["", "draft", "completed"] = ""
    page: int = Field(1, ge=1, le=1_000_000)
    limit: int = Field(50, ge=1, le=200)


class ConsultationPage(Schema):
    items: list[ConsultationOut]
    total: int
    page: int
    pages: int


class DelayIn(Strict):
    minutes: int = Field(ge=0, le=delays.LONGEST, description="0: on time again")
    session_id: UUID | None = Field(None, description="else the one that goes on, or today's next")


class DelayOut(Schema):
    session_id: UUID
    doctor_id: UUID
    department: str
    starts_at: str
    ends_at: str
    delay: int
    told: int = Field(description="how many patients are told")


@router.post("/consultations", response={201: ConsultationOut}, summary="Begin a consultation")
def start(request: HttpRequest, body: Start, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.CONSULT, at)
    what = _what(actor, body)
    return _written(request, lambda: consultations.start(what, by=actor), 201)


@router.get("/consultations", response=ConsultationPage, summary="Consultations, newest first")
def search(
    request: HttpRequest, wanted: Query[ConsultationSearch], clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.SEE_CONSULTATIONS, at)
    patient = _patient(actor, wanted.patient_id) if wanted.patient_id else None
    found = sought(visible.consultations(actor), patient=patient, status=wanted.status)
    pages = Paginator(whole(found), wanted.limit)
    shown = list(pages.page(wanted.page)) if wanted.page <= pages.num_pages else []
    opened([one.patient for one in shown], Part.CONSULTATIONS, at, by=actor)
    return sent(
        {
            "items": [consultation_answer(one) for one in shown],
            "total": pages.count,
            "page": wanted.page,
            "pages": pages.num_pages,
        }
    )


@router.get(
    "/consultations/{consultation_id}", response=ConsultationOut, summary="One consultation"
)
def show(request: HttpRequest, consultation_id: str, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.SEE_CONSULTATIONS, at)
    shown = _seen(actor, consultation_id)
    opened([shown.patient], Part.CONSULTATIONS, at, by=actor)
    return sent(_with_follow_up(shown))


@router.patch(
    "/consultations/{consultation_id}", response=ConsultationOut, summary="Write into a draft"
)
def write(
    request: HttpRequest, consultation_id: str, body: Parts, clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.CONSULT, at)
    draft, parts = _seen(actor, consultation_id), _parts(body)
    return _written(request, lambda: consultations.write(draft, parts, by=actor))


@router.post(
    "/consultations/{consultation_id}/complete",
    response=ConsultationOut,
    summary="Complete it, the appointment and the number",
)
def complete(
    request: HttpRequest, consultation_id: str, body: Parts | None = None, clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.CONSULT, at)
    draft, parts = _seen(actor, consultation_id), _parts(body)
    return _written(request, lambda: consultations.complete(draft, parts, by=actor))


@router.post(
    "/consultations/{consultation_id}/addendum",
    response={201: ConsultationOut},
    summary="Add to a completed one",
)
def add(
    request: HttpRequest, consultation_id: str, body: AddendumIn, clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.CONSULT, at)
    completed = _seen(actor, consultation_id)
    form = AddendumForm({"text": body.text})
    if not form.is_valid():
        raise Invalid.of(form)

    def act() -> Consultation:
        return consultations.add(completed, form.cleaned_data["text"], by=actor).consultation

    return _written(request, act, 201)


@router.post("/doctor/{doctor_id}/delay", response=DelayOut, summary="A doctor runs late")
def run_late(request: HttpRequest, doctor_id: str, body: DelayIn, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.RUN_LATE, at)
    session = _session(at, doctor_at(at, doctor_id), body.session_id)
    must(actor, Act.RUN_LATE, at, session.department)

    def act() -> Answer:
        late = delays.run_late(session, body.minutes, by=actor)
        return Answer(200, sessions.delay_answer(late, timezone.now()))

    return answered(request, act)


def _written(
    request: HttpRequest, act: Callable[[], Consultation], status: int = 200
) -> HttpResponse:
    answer = acted(request, lambda: Answer(status, {"id": str(act().public_id)}))
    consultation = whole(Consultation.objects.select_related(*_PARTIES)).get(
        public_id=answer.body["id"]
    )
    return leave(Answer(answer.status, _with_follow_up(consultation)))


def _with_follow_up(consultation: Consultation) -> dict[str, Any]:
    told = {**consultation_answer(consultation), "follow_up": None}
    if wanted := follow_up(consultation, timezone.now()):
        zone, booked = consultation.department.clinic.zone, wanted["booked"]
        told["follow_up"] = {
            "due": wanted["due"].isoformat(),
            "appointment_id": str(booked.public_id) if booked else None,
            "free": [
                {
                    "slot_id": str(slot.public_id),
                    "starts_at": slot.starts_at.astimezone(zone).isoformat(),
                }
                for slot in wanted["free"]
            ],
        }
    return told


_PARTIES = ("doctor", "patient", "department")


def _parts(body: Parts | None) -> dict[str, Any]:
    given = body.dict(exclude_unset=True) if body else {}
    lines = given.get("prescription")
    if not isinstance(lines, list | None):  # anything else would say that nothing is prescribed
        raise Invalid(prescription=_("Please send a list of lines."))
    form = ConsultationForm(given, lines=lines, only=given)
    if not form.is_valid():
        raise Invalid.of(form)
    return form.written()


def _what(actor: Actor, body: Start) -> Appointment | Token:
    if (body.appointment_id is None) == (body.token_id is None):
        raise Invalid(appointment_id=_("Please send an appointment_id or a token_id."))
    found: Appointment | Token | None = None
    if body.appointment_id:
        found = visible.appointments(actor).filter(public_id=body.appointment_id).first()
    elif body.token_id:
        tokens = visible.tokens(actor).select_related("appointment", "visit__patient")
        found = tokens.filter(public_id=body.token_id).first()
    if found is None:
        raise NotThere(_("There is nothing like this here."))
    return found


def _seen(actor: Actor, public_id: str) -> Consultation:
    found = whole(visible.consultations(actor)).filter(public_id=id_in(public_id)).first()
    if found is None:
        raise NotThere(_("There is no such consultation here."))
    return found


def _patient(actor: Actor, public_id: UUID) -> Patient:
    found = visible.patients(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotThere(_("There is no such patient here."))
    return found


def _session(at: Clinic, doctor: Doctor, wanted: UUID | None) -> Session:
    if wanted:
        known = Session.objects.select_related("department__clinic", "doctor")
        found = known.filter(clinic=at, doctor=doctor, public_id=wanted).first()
        if found is None:
            raise NotThere(_("There is nothing like this here."))
        return found
    now = timezone.now()
    going_on = now_or_next(doctor.sessions.today(at, now), now)
    if going_on is None:
        raise NoSlots(_("This doctor has no hours left today."))
    going_on.doctor = doctor
    return going_on
