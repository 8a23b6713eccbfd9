"""/api/waitlist: whoever waits until a doctor's time is free."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from queues.actions import waitlists
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid
from queues.actions.wishes import Wish
from queues.api import booking_shapes as shapes
from queues.api.doors import (
    KeyOrLink,
    actor_of,
    answered,
    clinic_of,
    leave,
    must,
    patient_of,
    sent,
)
from queues.api.naming import cleaned, doctor_at, entry_named, entry_seen, slot_at
from queues.forms import WaitForm
from queues.models import Clinic, WaitlistEntry
from queues.rules.rights import Act
from queues.screens.waitlist import strangers_answer, wait_answer

router = Router(tags=["doctors' time"])
ONE = "/waitlist/{entry_id}"
MINE = KeyOrLink()


@router.post("/waitlist", response={201: shapes.WaitOut}, summary="Wait for a place")
def join(request: HttpRequest, body: shapes.WaitIn, clinic: str = "") -> HttpResponse:
    """Where a place that suits is free already, it is theirs at once."""
    actor, at = actor_of(request), clinic_of(request, clinic)
    must(actor, Act.BOOK, at)
    wanted = cleaned(WaitForm(body.dict()))
    if wanted["latest"] and wanted["latest"] < at.calendar_day():
        raise Invalid(latest=_("This day is over."))
    wish, patient = _wish(at, wanted, body.places), patient_of(body.patient_id)

    def act() -> Answer:
        entry = waitlists.join(patient, wish, wanted["source"], by=actor)
        return _one(entry, 201)

    return answered(request, act)


@router.get(ONE, auth=MINE, response=shapes.WaitOut, summary="How it stands")
def show(request: HttpRequest, entry_id: str) -> HttpResponse:
    """Who waits for any clinic is told without who they are, to a clinic that does not know them."""
    entry = entry_seen(request, entry_id)
    return leave(_one(entry)) if entry.is_known else sent(strangers_answer(entry))


@router.delete(ONE, auth=MINE, response=shapes.WaitOut, summary="No longer wait")
def cancel(request: HttpRequest, entry_id: str) -> HttpResponse:
    actor, entry = actor_of(request), entry_named(request, entry_id)
    return answered(request, lambda: _one(waitlists.leave(entry, by=actor)))


@router.post(f"{ONE}/accept", auth=MINE, response=shapes.WaitOut, summary="Take what is offered")
def accept(request: HttpRequest, entry_id: str) -> HttpResponse:
    actor, entry = actor_of(request), entry_named(request, entry_id)

    def act() -> Answer:
        waitlists.accept(entry, by=actor)
        entry.refresh_from_db()
        return _one(entry)

    return answered(request, act)


def _wish(at: Clinic, wanted: dict[str, Any], places: int) -> Wish:
    doctor = doctor_at(at, wanted["doctor_id"]) if wanted["doctor_id"] else None
    return Wish(
        clinic=at,
        doctor=doctor,
        specialty=wanted["specialty"],
        slot=slot_at(at, wanted["slot_id"], doctor) if wanted["slot_id"] else None,
        earliest=wanted["earliest"],
        latest=wanted["latest"],
        times_of_day=wanted["times_of_day"],
        places=places,
        reason=wanted["reason"],
    )


def _one(entry: WaitlistEntry, status: int = 200) -> Answer:
    return Answer(status, wait_answer(entry), entry=entry)
