"""One question a page: asked, answered, on to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from queues.actions import patients
from queues.actions.refusals import NotThere, Refused
from queues.forms import kiosk as fields
from queues.models import Patient
from queues.rules.limits import Door
from queues.rules.links import secret_in
from queues.screens import kiosk as screen
from queues.views import tries
from queues.views.doors import status_of
from queues.views.kiosk import booked, ticket
from queues.views.kiosk.door import Kiosk, at_kiosk
from queues.views.kiosk.draft import Draft
from queues.views.kiosk.path import By, Question, Who
from queues.views.kiosk.taking import take


@dataclass(frozen=True)
class Asked:
    """What a page needs beyond its words."""

    answer: forms.Field
    shown: dict[str, Any] = field(default_factory=dict)
    may_skip: bool = False  # 'I have none', 'I don't know it'


@require_http_methods(["GET", "HEAD", "POST"])
@at_kiosk
def question(kiosk: Kiosk, asked: str) -> HttpResponse:
    if asked not in set(Question):
        raise Http404
    this = Question(asked)
    if this is Question.WHO and len(kiosk.languages) == 1 and not ticket.is_shown(kiosk):
        kiosk.begin(kiosk.languages[0])  # it may have been shown for hours before the first touch
    draft = kiosk.draft
    if draft is None:  # the end of a visit, and then 'back' or a second tap
        return kiosk.to("kiosk-ticket" if ticket.is_shown(kiosk) else "kiosk")
    way = draft.path()
    if this not in way or way.index(this) > way.index(draft.first_open()):
        return kiosk.ask(draft.first_open())
    draft.keep(kiosk.request.session)
    page, posted = ASKS[this](kiosk, draft), kiosk.request.POST or None
    form = fields.AnswerForm(page.answer, posted, kept=draft.answers.get(this, ""))
    if posted and page.may_skip and "skip" in posted:
        return _answered(kiosk, draft, this, page, form, "")
    if posted and form.is_valid():
        return _answered(kiosk, draft, this, page, form, form.text())
    return _page(kiosk, draft, this, page, form, status=422 if posted is not None else 200)


def _answered(
    kiosk: Kiosk,
    draft: Draft,
    this: Question,
    page: Asked,
    form: fields.AnswerForm,
    text: str,
) -> HttpResponse:
    """Keep the answer and go on; the last one, and the one that finds somebody, act."""
    is_secret = this is Question.CARD and bool(secret_in(text))  # nobody keeps it but its patient
    draft.answer(this, "" if is_secret else text)
    draft.keep(kiosk.request.session)
    try:
        if this is Question.ABOUT:
            return take(kiosk, draft)
        if this is Question.APPOINTMENT:
            return booked.come(kiosk, draft, text)
        if this in (Question.CARD, Question.BIRTH) and not draft.is_new:
            draft.patient = ""
            draft.patient = str(_found(kiosk, draft, text).public_id)
    except Refused as refused:
        return _page(kiosk, draft, this, page, form, refused=refused, status=status_of(refused))
    if this is Question.NEED:
        department = kiosk.departments.get(code=text)
        draft.has_doctors = bool(screen.doctors_of(department))
    draft.keep(kiosk.request.session)
    way = draft.path()
    return kiosk.ask(way[way.index(this) + 1])


def _found(kiosk: Kiosk, draft: Draft, text: str) -> Patient:
    kiosk.hold_back(Door.LOOK_UP)
    if draft.has_appointment:
        return booked.find(kiosk, draft, text)
    if draft.answers[Question.WHO] == Who.CARD:
        return patients.find_by_card(text)
    return tries.find(kiosk.request, fields.known_by(draft.answers, kiosk.clinic))


def _page(
    kiosk: Kiosk,
    draft: Draft,
    this: Question,
    page: Asked,
    form: fields.AnswerForm,
    *,
    refused: Refused | None = None,
    status: int,
) -> HttpResponse:
    way = draft.path()
    place = way.index(this)
    shown = {
        **page.shown,
        "question": this,
        "form": form,
        "kept": draft.answers.get(this),
        "is_new": draft.is_new,
        "has_appointment": draft.has_appointment,
        "may_skip": page.may_skip,
        "refused": refused,
        "not_found": isinstance(refused, NotThere),
        "step": place + 1,
        "steps": len(way),
        "before": way[place - 1] if place else None,
    }
    return kiosk.show(this, shown, status)


# What each page asks.


def _who(kiosk: Kiosk, draft: Draft) -> Asked:
    return Asked(fields.one_of(Who))


def _by(kiosk: Kiosk, draft: Draft) -> Asked:
    return Asked(fields.one_of(By))


def _appointment(kiosk: Kiosk, draft: Draft) -> Asked:
    patient = Patient.objects.get(public_id=draft.patient)
    appointments = booked.of_today(kiosk, patient)
    ids = [str(one.public_id) for one in appointments]
    return Asked(fields.one_of(ids), {"appointments": appointments})


def _name(kiosk: Kiosk, draft: Draft) -> Asked:
    return Asked(fields.name())


def _phone(kiosk: Kiosk, draft: Draft) -> Asked:
    return Asked(fields.phone(kiosk.clinic.country), may_skip=draft.is_new)


def _birth(kiosk: Kiosk, draft: Draft) -> Asked:
    return Asked(fields.birth_year(kiosk.clinic.service_day()), may_skip=draft.is_new)


def _age(kiosk: Kiosk, draft: Draft) -> Asked:
    return Asked(fields.age(), may_skip=True)


def _card(kiosk: Kiosk, draft: Draft) -> Asked:
    return Asked(fields.card())


def _need(kiosk: Kiosk, draft: Draft) -> Asked:
    departments = screen.departments(kiosk.clinic, kiosk.departments, timezone.now())
    codes = [one.code for one in departments if not one.closed]
    return Asked(fields.one_of(codes), {"departments": departments, "any_open": bool(codes)})


def _doctor(kiosk: Kiosk, draft: Draft) -> Asked:
    department = get_object_or_404(kiosk.departments, code=draft.answers[Question.NEED])
    rooms = screen.rooms(department, timezone.now())
    ids = [str(one.doctor.public_id) for one in rooms.doctors]
    return Asked(fields.one_of(["any", *ids]), {"rooms": rooms, "department": department})


def _about(kiosk: Kiosk, draft: Draft) -> Asked:
    return Asked(fields.one_of(fields.About))


ASKS: dict[Question, Callable[[Kiosk, Draft], Asked]] = {
    Question.WHO: _who,
    Question.BY: _by,
    Question.NAME: _name,
    Question.PHONE: _phone,
    Question.BIRTH: _birth,
    Question.AGE: _age,
    Question.CARD: _card,
    Question.APPOINTMENT: _appointment,
    Question.NEED: _need,
    Question.DOCTOR: _doctor,
    Question.ABOUT: _about,
}
