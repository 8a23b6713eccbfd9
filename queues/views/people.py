"""Patients: found by whoever may see them, and registered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from queues.actions.idempotency import Answer
from queues.actions.refusals import Refused
from queues.forms import PatientForm
from queues.models import Patient, visible
from queues.rules.people import Gender, clean_text
from queues.rules.rights import Act
from queues.views.appointment_doors import onward, uuid_of
from queues.views.doors import At, acted, clinic_staff_may, done, status_of
from queues.views.registering import LooksKnown, register

A_PAGE = 25
LONGEST_SEARCH = 100


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.SEE_PATIENTS)
def patients(request: HttpRequest, at: At) -> HttpResponse:
    """The search is sent, not asked for by address: names do not belong into addresses. Before
    anything is sought, whoever was registered last stands first."""
    text = clean_text(request.POST.get("search", ""))[:LONGEST_SEARCH]
    page = _number(request.POST.get("page", ""))
    known = visible.patients(at.actor).current()
    in_order = known.matching(text).order_by("name", "pk") if text else known.order_by(*LATEST)
    first = (page - 1) * A_PAGE
    found = list(in_order[first : first + A_PAGE + 1])  # one more tells whether it goes on
    today = at.clinic.service_day()
    shown = {
        "clinic": at.clinic,
        "search": text,
        "people": [(patient, patient.age(today)) for patient in found[:A_PAGE]],
        "page": page,
        "before": page - 1,
        "after": page + 1 if len(found) > A_PAGE else 0,
        "query": onward(request),
        "may_register": at.actor.may(Act.REGISTER, at.clinic.pk),
        "may_book": at.actor.may(Act.BOOK, at.clinic.pk),
        "departments": list(at.departments(Act.ISSUE).order_by("name", "pk")),
    }
    return render(request, "people/page.html", shown)


LATEST = ("-created_at", "-pk")


@require_http_methods(["GET", "HEAD", "POST"])
@clinic_staff_may(Act.REGISTER)
def new_patient(request: HttpRequest, at: At) -> HttpResponse:
    """A new record, and on to a doctor's time for them."""
    if request.method != "POST":
        return _page(request, at)
    form = PatientForm(at.clinic, request.POST, by_staff=True)
    if not form.is_valid():
        return _page(request, at, 422, form=form)

    def act() -> Answer:
        anyway = bool(request.POST.get("anyway"))
        patient = register(at.clinic, form.person(), anyway=anyway, by=at.actor)
        return done(_onward(request, patient))

    try:
        answer = acted(request, at.owner, act)
    except LooksKnown as refused:
        matches = [(match, _onward(request, match)) for match in refused.matches]
        return _page(request, at, 409, form=form, matches=matches)
    except Refused as refused:
        messages.warning(request, refused.sentence)
        return _page(request, at, status_of(refused), form=form)
    return redirect(answer.body["to"])


def _onward(request: HttpRequest, patient: Patient) -> str:
    """To the record, to the place that waits for its name, or to a doctor's time."""
    if request.POST.get("then") == "record":
        return reverse("patient", args=[patient.public_id])
    query = onward(request, "naming", patient=patient.public_id)
    if booking := uuid_of(request.GET.get("naming", "")):
        return reverse("name-booking", args=[booking]) + query
    return reverse("new-appointment") + query


def _page(request: HttpRequest, at: At, status: int = 200, **page: Any) -> HttpResponse:
    empty = {
        "clinic": at.clinic,
        "form": PatientForm(at.clinic, by_staff=True, initial={"gender": Gender.UNKNOWN}),
        "query": onward(request),
        "is_naming": bool(request.GET.get("naming")),
        "may_book": at.actor.may(Act.BOOK, at.clinic.pk),
    }
    return render(request, "people/new.html", {**empty, **page}, status=status)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and int(text[:6]) > 0 else 1
