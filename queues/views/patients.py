"""A patient's record: corrected, merged into another, put out of use and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from itertools import product
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from queues.actions import patients
from queues.actions.idempotency import Answer
from queues.actions.openings import Part, opened
from queues.actions.refusals import Invalid, Refused
from queues.forms import OF_AGE, MergeForm, PatientForm, as_typed
from queues.models import Clinic, Patient, User, visible
from queues.rules.rights import Act, Actor
from queues.screens.records import life, who_looked
from queues.views.doors import View, acted, done, private, status_of


@dataclass(frozen=True)
class Record:
    """A patient's record in the hands of somebody who may correct it."""

    patient: Patient
    clinic: Clinic  # in whose ledger a correction is written
    actor: Actor

    def as_typed(self) -> dict[str, Any]:
        """With the age of today, not of the day they were registered."""
        age = None if self.patient.birth_date else self.patient.age(self.clinic.service_day())
        return {**as_typed(self.patient), "age": age}

    def alike(self) -> list[Patient]:
        """Others of our patients who may be the same person."""
        mine = self.patient
        person = {
            "phone": mine.phone,
            "birth_year": mine.birth_year,
            "birth_date": mine.birth_date,
        }
        others = {match.pk for match in patients.matching(person)} - {mine.pk}
        return list(visible.patients(self.actor).filter(pk__in=others))

    def looks(self) -> list[dict[str, Any]]:
        """Who opened it, for those who answer for that."""
        may = self.actor.may_everywhere(Act.EXPORT_RECORDS, self.clinic.pk)
        return who_looked(self.patient) if may else []


def mends_records(view: View) -> View:
    """Lets in whoever may correct this patient's record."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, patient: UUID) -> HttpResponse:
        assert isinstance(request.user, User)
        actor = request.user.as_actor()
        seen = visible.patients(actor).select_related("merged_into", "registered_at")
        found = get_object_or_404(seen, public_id=patient)
        clinic = _clinic(actor, found)
        with timezone.override(clinic.zone):
            return private(view(request, Record(found, clinic, actor)))

    return guarded


def _clinic(actor: Actor, patient: Patient) -> Clinic:
    """Where they were registered, if that is ours."""
    mine = [one for one in visible.clinics(actor) if actor.may(Act.MEND_RECORDS, one.pk)]
    if not mine:
        raise PermissionDenied
    return next((one for one in mine if one == patient.registered_at), mine[0])


@require_safe
@mends_records
def patient(request: HttpRequest, record: Record) -> HttpResponse:
    return _page(request, record)


@require_POST
@mends_records
def correct(request: HttpRequest, record: Record) -> HttpResponse:
    clinic = record.clinic
    form = PatientForm(clinic, request.POST, by_staff=True, initial=record.as_typed())
    if not form.is_valid():
        return _page(request, record, 422, form=form)
    person = form.person()
    if not {"age", "birth_date"} & set(form.changed_data):
        person = {name: value for name, value in person.items() if name not in OF_AGE}

    def act() -> str:
        patients.correct(record.patient, clinic, person, by=record.actor)
        return _("The record is corrected.")

    return _acted(request, record, act, form=form)


@require_POST
@mends_records
def merge(request: HttpRequest, record: Record) -> HttpResponse:
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _page(request, record, 422, merging=form)

    def act() -> str:
        number = form.cleaned_data["into"]
        into = visible.patients(record.actor).filter(number__iexact=number).first()
        if into is None:
            raise Invalid(into=_("There is no such patient here."))
        patients.merge(record.patient, into, record.clinic, by=record.actor)
        return _("The records are one now.")

    return _acted(request, record, act, merging=form)


@require_POST
@mends_records
def set_active(request: HttpRequest, record: Record) -> HttpResponse:
    active = request.POST.get("active") == "yes"

    def act() -> str:
        patients.set_active(record.patient, record.clinic, active, by=record.actor)
        return _("The record is in use again.") if active else _("The record is out of use.")

    return _acted(request, record, act)


def _acted(
    request: HttpRequest, record: Record, act: Callable[[], str], **forms: Any
) -> HttpResponse:
    """Act and show the record again; if refused, with what was typed and what is wrong with it."""
    to = reverse("patient", args=[record.patient.public_id])

    def answer() -> Answer:
        return done(to, act())

    try:
        said = acted(request, f"user:{record.actor.public_id}", answer).body["said"]
    except Invalid as refused:
        for form, (name, sentence) in product(forms.values(), refused.fields.items()):
            form.add_error(name if name in form.fields else None, sentence)
        return _page(request, record, 422, **forms)
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return _page(request, record, status_of(refused), **forms)
    messages.success(request, said)
    return redirect(to)


def _page(request: HttpRequest, record: Record, status: int = 200, **forms: Any) -> HttpResponse:
    clinic = record.clinic
    opened([record.patient], Part.RECORD, clinic, by=record.actor)
    shown = {
        "patient": record.patient,
        "clinic": clinic,
        "age": record.patient.age(clinic.service_day()),
        "form": PatientForm(clinic, by_staff=True, initial=record.as_typed()),
        "merging": MergeForm(),
        "alike": record.alike(),
        "may_book": record.actor.may(Act.BOOK, clinic.pk),
        "may_export": visible.answers_for(record.actor, record.patient, Act.EXPORT_RECORDS),
        "may_anonymise": visible.answers_for(record.actor, record.patient, Act.ANONYMISE),
        "looks": record.looks(),
        **life(
            record.patient,
            visible.appointments(record.actor),
            visible.clinics(record.actor),
            timezone.now(),
        ),
    }
    return render(request, "patients/page.html", {**shown, **forms}, status=status)
