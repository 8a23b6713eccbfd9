"""The kiosk by the door: new or returning, where to, and a number.

Whoever stands there next must not see who stood there before: the number is kept in the kiosk's
own session, under an address that says nothing, until 'next patient' or a while has passed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from queues.actions import issuing, patients
from queues.actions.idempotency import Answer
from queues.actions.refusals import Refused
from queues.forms import KioskForm, PatientForm, ReturningForm
from queues.models import Clinic, Patient, Visit
from queues.rules.people import Gender
from queues.rules.rights import Actor, ActorKind, Grant, Role
from queues.screens import house
from queues.screens import visit as visit_screen
from queues.views.doors import acted, clinic_of, done, private, status_of
from queues.views.tickets import qr

SHOWN_FOR = timedelta(seconds=60)
Typed = PatientForm | ReturningForm


@require_safe
def kiosk(request: HttpRequest, clinic: str) -> HttpResponse:
    """The first page; whoever was here before is gone from it."""
    at = clinic_of(clinic)
    request.session.pop("ticket", None)
    request.session.setdefault("kiosk", uuid4().hex)
    shown = {"clinic": at, "departments": house.departments(at)}
    return private(render(request, "kiosk/page.html", shown))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, clinic: str) -> HttpResponse:
    at = clinic_of(clinic)
    form = PatientForm(at, request.POST or None, by_staff=False, initial={"gender": Gender.UNKNOWN})

    def found() -> Patient:
        return patients.register(at, form.person(), by=_kiosk(at)).patient

    return _asked(request, at, "kiosk/new.html", form, found)


@require_http_methods(["GET", "HEAD", "POST"])
def returning(request: HttpRequest, clinic: str) -> HttpResponse:
    at = clinic_of(clinic)
    form = ReturningForm(at, request.POST or None)

    def found() -> Patient:
        return patients.find_returning(form.cleaned_data)

    return _asked(request, at, "kiosk/returning.html", form, found)


@require_safe
def ticket(request: HttpRequest, clinic: str) -> HttpResponse:
    """The number that was just given out here, and nothing older."""
    at = clinic_of(clinic)
    kept = request.session.get("ticket")
    if kept is None or timezone.now() - datetime.fromisoformat(kept["at"]) > 2 * SHOWN_FOR:
        return redirect("kiosk", at.code)
    visit = Visit.objects.select_related("clinic").get(public_id=kept["visit"])
    shown = {
        **visit_screen.visit(visit),
        "qr": qr(visit.url),
        "shown_for": int(SHOWN_FOR.total_seconds()),
    }
    with timezone.override(at.zone):
        return private(render(request, "kiosk/ticket.html", shown))


def _asked(
    request: HttpRequest, at: Clinic, template: str, form: Typed, found: Callable[[], Patient]
) -> HttpResponse:
    """Ask; once it is answered, give the number and lead to it."""
    if request.method != "POST":
        request.session.pop("ticket", None)
    now = timezone.now()
    open_now = [one for one in at.departments.select_related("clinic") if one.gives_numbers(now)]
    wishes = KioskForm(open_now, request.POST or None)
    page = {"clinic": at, "form": form, "wishes": wishes, "departments": house.departments(at)}
    if request.method != "POST" or not (form.is_valid() & wishes.is_valid()):
        return _page(request, template, page, 422 if request.method == "POST" else 200)

    def act() -> Answer:
        wished = wishes.wishes()
        language = get_language() or ""
        token = issuing.issue(found(), by=_kiosk(at), language=language, **wished)
        to = reverse("kiosk-ticket", args=[at.code])
        return Answer(303, done(to).body, token.visit)

    try:
        answer = acted(request, f"kiosk:{_session(request)}", act)
    except Refused as refused:
        return _page(request, template, {**page, "refused": refused}, status_of(refused))
    assert answer.visit is not None, "a number belongs to a visit"
    shown = {"visit": str(answer.visit.public_id), "at": timezone.now().isoformat()}
    request.session["ticket"] = shown
    return private(redirect(answer.body["to"]))


def _page(request: HttpRequest, template: str, page: dict[str, Any], status: int) -> HttpResponse:
    _session(request)
    return private(render(request, template, page, status=status))


def _session(request: HttpRequest) -> str:
    """Names this machine, so that nobody else replays its answers."""
    return str(request.session.setdefault("kiosk", uuid4().hex))


def _kiosk(clinic: Clinic) -> Actor:
    grant = Grant(clinic.pk, None, Role.KIOSK)
    return Actor(ActorKind.PATIENT, grants=(grant,), origin="kiosk")
