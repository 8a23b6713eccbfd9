"""The waitlist: for a doctor, a specialty or one time, within the days and hours that suit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from queues.forms.portal import WishForm
from queues.screens import days
from queues.views.book.door import all_clinics, in_portal, shown
from queues.views.book.errands import Awaited, JoinTheWaitlist, awaited
from queues.views.book.who import asked_who, checked

WISHES = ("earliest", "latest", "times_of_day", "places")


@require_safe
@in_portal
def wait(request: HttpRequest) -> HttpResponse:
    """What would suit them. `go` is the button."""
    asked = awaited(request.GET)
    form = _form(request, asked)
    goes_on = "go" in request.GET
    if goes_on and form.is_valid():
        return redirect(asked.wished(form).who)
    slot = asked.slot
    context = {
        "form": form,
        "named": asked.named,
        "doctor": slot.doctor if slot else asked.doctor,
        "specialty": asked.specialty,
        "slot": slot,
        "slot_day": days.in_full(slot.date) if slot else "",
        "slot_clock": days.clock_at(slot.starts_at, slot.session.department.clinic.zone)
        if slot
        else "",
    }
    return shown(request, "wait", context, 422 if goes_on else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_portal
def who(request: HttpRequest) -> HttpResponse:
    errand = _errand(request)
    return asked_who(request, errand) if errand else redirect("book")


@require_http_methods(["GET", "HEAD", "POST"])
@in_portal
def check(request: HttpRequest) -> HttpResponse:
    errand = _errand(request)
    return checked(request, errand) if errand else redirect("book")


def _errand(request: HttpRequest) -> JoinTheWaitlist | None:
    asked = awaited(request.GET)
    form = _form(request, asked)
    return asked.wished(form) if form.is_valid() else None


def _form(request: HttpRequest, asked: Awaited) -> WishForm:
    """What the address says, with one place where it says nothing of places."""
    given = request.GET.copy()
    given.setdefault("places", "1")
    clinics = [asked.clinic] if asked.clinic else all_clinics()
    today = min(clinic.calendar_day() for clinic in clinics)
    return WishForm(given, today)
