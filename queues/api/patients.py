"""/api/patients: registration, search, correction, merging; all that is held, and its end.

Whoever is given a record has opened it, and history tells so.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from queues.actions import patients, privacy
from queues.actions.idempotency import Answer
from queues.actions.openings import Part, opened
from queues.actions.refusals import Invalid, NotAllowed, NotThere
from queues.api import shapes
from queues.api.doors import actor_of, answered, clinic_of, must, sent
from queues.forms import OF_AGE, PatientForm, ReturningForm, as_typed
from queues.models import Clinic, Patient, visible
from queues.rules.people import clean_text
from queues.rules.rights import Act, Actor
from queues.screens.records import patient_answer

router = Router(tags=["patients"])


@router.post("", response={201: shapes.Registered}, summary="Register a patient")
def register(request: HttpRequest, body: shapes.PatientIn, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.REGISTER, at)
    person = _cleaned(at, body.dict(), by_staff=actor.is_staff)

    def act() -> Answer:
        registered = patients.register(at, person, by=actor)
        theirs = [match.pk for match in registered.matches]
        seen = visible.patients(actor) if theirs and actor.is_staff else Patient.objects.none()
        matches = list(seen.filter(pk__in=theirs))
        opened(matches, Part.RECORD, at, by=actor)
        return Answer(
            201,
            {
                **patient_answer(registered.patient, at),
                "matches": [patient_answer(match, at) for match in matches],
            },
        )

    return answered(request, act)


@router.get("", response=shapes.PatientPage, summary="Search by name, phone or number")
def search(
    request: HttpRequest, wanted: Query[shapes.PatientSearch], clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.SEE_PATIENTS, at)
    found = visible.patients(actor).current().select_related("merged_into")
    text = clean_text(wanted.search)
    if text:
        found = found.matching(text)
    pages = Paginator(found.order_by("name", "pk"), wanted.limit)
    shown = list(pages.page(wanted.page)) if wanted.page <= pages.num_pages else []
    opened(shown, Part.RECORD, at, by=actor)
    return sent(
        {
            "items": [patient_answer(patient, at) for patient in shown],
            "total": pages.count,
            "page": wanted.page,
            "pages": pages.num_pages,
        }
    )


@router.post("/lookup", response=shapes.Found, summary="Find a returning patient")
def lookup(request: HttpRequest, body: shapes.LookupIn, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.REGISTER, at)
    form = ReturningForm(at, body.dict())
    if not form.is_valid():
        raise Invalid.of(form)

    def act() -> Answer:
        found = patients.find_returning(form.cleaned_data)
        return Answer(200, {"id": str(found.public_id), "number": found.number})

    return answered(request, act)


@router.patch("/{patient_id}", response=shapes.PatientOut, summary="Correct a record")
def correct(
    request: HttpRequest, patient_id: str, body: shapes.PatientPatch, clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.MEND_RECORDS, at)
    patient = _seen(actor, patient_id)
    given = body.dict(exclude_unset=True)
    active = given.pop("active", None)
    of_age = {"age", "birth_date"} & set(given)
    if of_age:  # one of the two takes the place of both
        given = {"age": None, "birth_date": None, **given}
    person = _cleaned(at, {**as_typed(patient), **given}, by_staff=True) if given else {}
    if not of_age:  # an age as it was registered says nothing about today
        person = {name: value for name, value in person.items() if name not in OF_AGE}
    if active is not None:
        person["is_active"] = active

    def act() -> Answer:
        corrected = patients.correct(patient, at, person, by=actor)
        opened([corrected], Part.RECORD, at, by=actor)  # also where nothing was to be corrected
        return Answer(200, patient_answer(corrected, at))

    return answered(request, act)


@router.post("/{patient_id}/merge", response=shapes.PatientOut, summary="Merge into another")
def merge(
    request: HttpRequest, patient_id: str, body: shapes.MergeIn, clinic: str = ""
) -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.MEND_RECORDS, at)
    duplicate = _seen(actor, patient_id)
    into = _seen(actor, str(body.into))

    def act() -> Answer:
        merged = patients.merge(duplicate, into, at, by=actor)
        opened([merged], Part.RECORD, at, by=actor)
        return Answer(200, patient_answer(merged, at))

    return answered(request, act)


@router.get(
    "/{patient_id}/export", response=shapes.RecordExport, summary="All that is held about them"
)
def export(request: HttpRequest, patient_id: str, clinic: str = "") -> HttpResponse:
    actor, at = actor_of(request), clinic_of(request, clinic)
    patient = _answered_for(actor, at, patient_id, Act.EXPORT_RECORDS)
    return sent(privacy.hand_out(patient, at, by=actor))


@router.post(
    "/{patient_id}/anonymise", response=shapes.PatientOut, summary="Forget who they are, for good"
)
def anonymise(request: HttpRequest, patient_id: str, clinic: str = "") -> HttpResponse:
    """Refused while they wait or are booked. Numbers and history stay, and are nobody's."""
    actor, at = actor_of(request), clinic_of(request, clinic)
    patient = _answered_for(actor, at, patient_id, Act.ANONYMISE)
    return answered(
        request,
        lambda: Answer(200, patient_answer(privacy.anonymise(patient, at, by=actor), at)),
    )


def _cleaned(clinic: Clinic, typed: dict[str, Any], *, by_staff: bool) -> dict[str, Any]:
    form = PatientForm(clinic, typed, by_staff=by_staff)
    if not form.is_valid():
        raise Invalid.of(form)
    return form.person()


def _answered_for(actor: Actor, clinic: Clinic, public_id: str, act: Act) -> Patient:
    must(actor, act, clinic)
    patient = _seen(actor, public_id)
    if not visible.answers_for(actor, patient, act):
        raise NotAllowed(_("This takes the right in every clinic that has to do with the patient."))
    return patient


def _seen(actor: Actor, public_id: str) -> Patient:
    try:
        found = visible.patients(actor).filter(public_id=UUID(public_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotThere(_("There is no such patient here."))
    return found
