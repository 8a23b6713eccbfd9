"""The number: the person and their place in the queue, both or neither, and once."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from queues.actions import patients
from queues.actions.checking_in import come_in
from queues.actions.idempotency import Answer, once
from queues.actions.refusals import AlreadyWaiting
from queues.forms import kiosk as fields
from queues.models import Doctor, Patient, Token, Visit
from queues.rules.limits import Door
from queues.rules.links import hashed
from queues.views.doors import done, form_key
from queues.views.kiosk import ticket
from queues.views.kiosk.door import Kiosk
from queues.views.kiosk.draft import Draft, drop
from queues.views.kiosk.path import Question


def take(kiosk: Kiosk, draft: Draft) -> HttpResponse:
    """Give the number and lead to it; to the one they hold, if they wait there already.

    A second tap is the same tap, also where the finger slid to another button meanwhile; so it is
    the page alone, and not the answer, that a repeated form is compared by.
    """
    kiosk.hold_back(Door.REGISTER)
    form = hashed(kiosk.request.path)
    try:
        visit = once(kiosk.owner, form_key(kiosk.request), form, lambda: _act(kiosk, draft)).visit
        assert visit is not None, "a number belongs to a visit"
        held_already = False
    except AlreadyWaiting as refused:
        visit, held_already = _visit_of(refused), True
    drop(kiosk.request.session)
    ticket.hand_out(kiosk, visit, draft.language, held_already=held_already)
    return kiosk.to("kiosk-ticket")


def _act(kiosk: Kiosk, draft: Draft) -> Answer:
    token = come_in(
        _patient(kiosk, draft),
        get_object_or_404(kiosk.departments, code=draft.answers[Question.NEED]),
        by=kiosk.actor,
        priority=fields.About(draft.answers[Question.ABOUT]).priority,
        doctor=_doctor(draft),
        language=draft.language,
    )
    to = reverse("kiosk-ticket", args=[kiosk.clinic.code])
    return Answer(303, done(to).body, token.visit)


def _patient(kiosk: Kiosk, draft: Draft) -> Patient:
    if draft.patient:
        return Patient.objects.get(public_id=draft.patient)
    person = fields.person(draft.answers, kiosk.clinic, draft.language)
    return patients.register(kiosk.clinic, person, by=kiosk.actor).patient


def _doctor(draft: Draft) -> Doctor | None:
    chosen = draft.answers.get(Question.DOCTOR, "any") if draft.has_doctors else "any"
    return None if chosen == "any" else Doctor.objects.get(public_id=chosen)


def _visit_of(refused: AlreadyWaiting) -> Visit:
    """Only somebody who was found can wait already: whoever is new is a new record."""
    return Token.objects.select_related("visit").get(public_id=refused.facts["token_id"]).visit
