"""The reception of a department: find somebody or register them, and give them a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from queues.actions.checking_in import come_in
from queues.actions.idempotency import Answer
from queues.actions.refusals import NoSlots, Refused, SlotFull
from queues.forms import PatientForm, TicketForm
from queues.models import Patient, Token, visible
from queues.rules.people import Gender, clean_text
from queues.rules.rights import Act
from queues.screens.queue import token_answer
from queues.views.appointment_doors import uuid_of
from queues.views.doors import Here, acted, done, staff_may, status_of, token_of
from queues.views.registering import LooksKnown
from queues.views.registering import register as new_record
from queues.views.tickets import qr

FOUND_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(Act.ISSUE)
def reception(request: HttpRequest, here: Here) -> HttpResponse:
    """The search is sent, not asked for by address: names do not belong into addresses."""
    text = clean_text(request.POST.get("search", ""))
    return _page(
        request,
        here,
        search=text,
        found=_found(here, text) if text else _named(request, here),
        ticket=_ticket(here, request.GET.get("ticket", "")),
    )


@require_POST
@staff_may(Act.REGISTER)
def register(request: HttpRequest, here: Here) -> HttpResponse:
    """A new record and a number for it, both or neither."""
    form = PatientForm(here.clinic, request.POST, by_staff=True)
    wishes = TicketForm(here.department, request.POST)
    if not (form.is_valid() and wishes.is_valid()):
        return _page(request, here, 422, form=form, wishes=wishes)

    def act() -> Answer:
        anyway = bool(request.POST.get("anyway"))
        patient = new_record(here.clinic, form.person(), anyway=anyway, by=here.actor)
        return _given(come_in(patient, here.department, by=here.actor, **wishes.wishes()))

    return _to_ticket(request, here, act, form=form, wishes=wishes)


@require_POST
@staff_may(Act.ISSUE)
def issue(request: HttpRequest, here: Here, patient: UUID) -> HttpResponse:
    """A number for somebody who is known."""
    mine = visible.patients(here.actor).select_related("merged_into")
    holder = get_object_or_404(mine, public_id=patient)
    wishes = TicketForm(here.department, request.POST)
    if not wishes.is_valid():
        return _page(request, here, 422, found=[holder])

    def act() -> Answer:
        return _given(come_in(holder, here.department, by=here.actor, **wishes.wishes()))

    return _to_ticket(request, here, act, found=[holder])


def _given(token: Token) -> Answer:
    """Where the number is shown: by the token's public id, which only its staff may follow."""
    path = [token.department.clinic.code, token.department.code]
    return done(f"{reverse('reception', args=path)}?ticket={token.public_id}")


def _to_ticket(
    request: HttpRequest, here: Here, act: Callable[[], Answer], **page: Any
) -> HttpResponse:
    """On to the number; if refused, the page again with all that was typed."""
    try:
        answer = acted(request, here.owner, act)
    except LooksKnown as refused:
        return _page(request, here, 409, **{**page, "matches": refused.matches})
    except Refused as refused:
        messages.warning(request, refused.sentence)
        no_time = isinstance(refused, NoSlots | SlotFull)
        return _page(request, here, status_of(refused), no_time=no_time, **page)
    return redirect(answer.body["to"])


def _page(request: HttpRequest, here: Here, status: int = 200, **page: Any) -> HttpResponse:
    empty = {
        "department": here.department,
        "clinic": here.clinic,
        "form": PatientForm(here.clinic, by_staff=True, initial={"gender": Gender.UNKNOWN}),
        "wishes": TicketForm(here.department),
    }
    return render(request, "reception/page.html", {**empty, **page}, status=status)


def _found(here: Here, text: str) -> list[Patient]:
    seen = visible.patients(here.actor).current().matching(text)
    return list(seen.order_by("name", "pk")[:FOUND_SHOWN])


def _named(request: HttpRequest, here: Here) -> list[Patient] | None:
    """Whom another page sends here for a number."""
    wanted = uuid_of(request.GET.get("patient", ""))
    if wanted is None:
        return None
    return list(visible.patients(here.actor).current().filter(public_id=wanted))


def _ticket(here: Here, public_id: str) -> dict[str, Any] | None:
    """The number just given, with its link for the patient's phone."""
    try:
        token = token_of(here, UUID(public_id)) if public_id else None
    except ValueError:
        return None  # an address typed by hand
    if token is None:
        return None
    url = token.visit.url
    return {"token": token, "place": token_answer(token), "url": url, "qr": qr(url)}
