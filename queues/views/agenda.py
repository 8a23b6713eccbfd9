"""The appointments of the day at the desk: who comes, who is here, who did not come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from queues.actions import checking_in, rebooking, waitlists
from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, Refused
from queues.forms import CancelForm, DoctorsDayForm
from queues.models import Appointment, visible
from queues.rules.appointments import Step
from queues.rules.rights import Act
from queues.rules.weeks import DAY
from queues.screens import agenda as screen
from queues.screens import keys
from queues.screens.agenda import SHOWS, Look
from queues.screens.queue import token_answer
from queues.views.appointment_doors import appointment_of, doctors_of, uuid_of
from queues.views.doors import At, acted, clinic_staff_may
from queues.views.tickets import qr

PACKED = GZipMiddleware(lambda request: HttpResponse())
LOOKS = ("clinic", "day", "department", "doctor", "show")  # what the address narrows


@require_safe
@clinic_staff_may(Act.BOOK)
def agenda(request: HttpRequest, at: At) -> HttpResponse:
    return shown(request, at)


@require_POST
@clinic_staff_may(Act.BOOK)
def work(request: HttpRequest, at: At, appointment: UUID) -> HttpResponse:
    """Check in, confirm, not come, cancel: whatever the pressed button says."""
    theirs = appointment_of(at, appointment)
    step = request.POST.get("step", "")
    if step not in STEPS:
        raise BadRequest("an appointment has no such button")
    return answered(request, at, lambda: STEPS[Step(step)](request, at, theirs))


@require_POST
@clinic_staff_may(Act.BOOK)
def work_waitlist(request: HttpRequest, at: At, entry: UUID) -> HttpResponse:
    """Answer an offer for somebody, or take them off the list."""
    waits = get_object_or_404(visible.waitlist(at.actor), public_id=entry)
    do = request.POST.get("do", "")
    if do not in ("accept", "leave"):
        raise BadRequest("the waitlist has no such button")

    def act() -> dict[str, str]:
        if do == "accept":
            waitlists.accept(waits, by=at.actor)
            return {"said": _("The place is theirs.")}
        waitlists.leave(waits, by=at.actor)
        return {"said": _("They no longer wait for a place.")}

    return answered(request, at, act)


# What the buttons do.


def _check_in(request: HttpRequest, at: At, theirs: Appointment) -> dict[str, str]:
    token = checking_in.check_in(theirs, by=at.actor)
    said = _("%(label)s: checked in.") % {"label": token.visit.label}
    return {"said": said, "ticket": str(token.public_id)}


def _confirm(request: HttpRequest, at: At, theirs: Appointment) -> dict[str, str]:
    rebooking.confirm(theirs, by=at.actor)
    return {"said": _("The appointment at %(time)s is confirmed.") % _at(theirs)}


def _miss(request: HttpRequest, at: At, theirs: Appointment) -> dict[str, str]:
    rebooking.miss(theirs, by=at.actor)
    return {"said": _("The appointment at %(time)s: nobody came.") % _at(theirs)}


def _cancel(request: HttpRequest, at: At, theirs: Appointment) -> dict[str, str]:
    form = CancelForm(request.POST)
    if not form.is_valid():
        raise Invalid.of(form)
    rebooking.cancel(theirs, by=at.actor, note=form.cleaned_data["reason"])
    return {"said": _("The appointment at %(time)s is cancelled.") % _at(theirs)}


def _at(theirs: Appointment) -> dict[str, str]:
    return {"time": time_format(timezone.localtime(theirs.starts_at), "H:i")}


STEPS: dict[Step, Callable[[HttpRequest, At, Appointment], dict[str, str]]] = {
    Step.CHECK_IN: _check_in,
    Step.CONFIRM: _confirm,
    Step.NO_SHOW: _miss,
    Step.CANCEL: _cancel,
}


# The page.


def answered(request: HttpRequest, at: At, act: Callable[[], dict[str, str]]) -> HttpResponse:
    """Act, and show the day with a sentence: what was done, or who stood in the way."""
    ticket = ""
    try:
        body = acted(request, at.owner, lambda: Answer(303, act())).body
    except Refused as refused:
        fields = refused.fields.values() if isinstance(refused, Invalid) else ()
        messages.warning(request, " ".join(fields) or refused.sentence)
    else:
        ticket = body.get("ticket", "")
        if body["said"]:
            messages.success(request, body["said"])
    if wants_part(request):
        return shown(request, at, ticket=ticket)
    return redirect(address(request, ticket=ticket) + ("#ticket" if ticket else ""))


def shown(request: HttpRequest, at: At, *, ticket: str = "") -> HttpResponse:
    """The day as it now is: its living part for a page that has the rest, else the page."""
    look, now = _look(request, at), timezone.now()
    seen, waits = visible.appointments(at.actor), visible.line(at.actor)
    ticket = ticket or request.GET.get("ticket", "")
    bare = address(request, without=("show",))
    context = {
        **screen.agenda(seen, waits, look, now),
        "pass": at.pass_to(*look.departments),
        "here": address(request, ticket=ticket),
        "query": address(request).removeprefix(reverse("appointments")),
        "bare": bare + ("&" if "?" in bare else "?"),
        "close": address(request),
        "ticket": _ticket(at, ticket),
        "clinics": at.clinics,
        "yesterday": look.day - DAY,
        "tomorrow": look.day + DAY,
    }
    if wants_part(request):
        return _drawn(request, "appointments/_agenda.html", context)
    key = keys.letters()
    still = {
        "doctors_known": doctors_of(look.departments),
        "key": key,
        "keys": keys.explained_at_reception(key),
    }
    return _drawn(request, "appointments/today.html", {**context, **still})


def address(request: HttpRequest, *, ticket: str = "", without: tuple[str, ...] = ()) -> str:
    """This page as it is narrowed now."""
    query = QueryDict(mutable=True)
    for name in LOOKS:
        if name not in without and (text := request.GET.get(name)):
            query[name] = text
    if ticket:
        query["ticket"] = ticket
    return reverse("appointments") + (f"?{query.urlencode()}" if query else "")


def wants_part(request: HttpRequest) -> bool:
    """Whether a page asks that is here already."""
    return request.headers.get("HX-Request") == "true"


def _look(request: HttpRequest, at: At) -> Look:
    """What makes no sense in the address is left out: it may have been typed by hand."""
    departments = list(at.departments(Act.BOOK).order_by("name", "pk"))
    code = request.GET.get("department", "").lower()
    return Look(
        at.clinic,
        departments,
        _day(request) or at.clinic.service_day(),
        next((one for one in departments if one.code.lower() == code), None),
        uuid_of(request.GET.get("doctor", "")),
        show if (show := request.GET.get("show", "")) in {*SHOWS, "all"} else "open",
    )


def _day(request: HttpRequest) -> date | None:
    form = DoctorsDayForm({"date": request.GET.get("day", "")})
    return form.cleaned_data["date"] if form.is_valid() else None


def _ticket(at: At, public_id: str) -> dict[str, Any] | None:
    """The number just given, with its link for the patient's phone."""
    token_id = uuid_of(public_id)
    if token_id is None:
        return None
    token = visible.token(at.actor, token_id)
    if token is None or not at.actor.may(Act.BOOK, at.clinic.pk, token.department_id):
        return None
    url = token.visit.url
    return {"token": token, "place": token_answer(token), "url": url, "qr": qr(url)}


def _drawn(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Small on the wire, as a desk's page is."""
    drawn = render(request, template, context)
    PACKED.process_response(request, drawn)
    return drawn
