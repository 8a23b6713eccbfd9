"""Who may set doctors' weeks; and the question about bookings, which comes before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from queues.actions.idempotency import Answer
from queues.actions.refusals import HasBookings, Invalid, Refused
from queues.forms import FateForm
from queues.models import Doctor
from queues.rules.bookings import Fate
from queues.rules.rights import Act
from queues.views.doors import NOT_TYPED, AnyView, At, acted, clinic_staff_may, status_of

ASKED = "bookings"


def sets_weeks(view: AnyView) -> AnyView:
    """Lets in whoever may set them in all of the clinic: a week is no matter of one department."""

    def guarded(request: HttpRequest, at: At, **more: object) -> HttpResponseBase:
        if not at.actor.may_everywhere(Act.SET_SCHEDULE, at.clinic.pk):
            raise PermissionDenied
        return view(request, at, **more)

    return clinic_staff_may(Act.SET_SCHEDULE)(guarded)


def address(at: At, name: str, *args: object, **query: str) -> str:
    """Of a page; it names the clinic where somebody works at several."""
    if len(at.clinics) > 1:
        query = {"clinic": at.clinic.code, **query}
    return reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")


def shown(at: At, **more: Any) -> dict[str, Any]:
    """What every page of these knows."""
    of_clinic = f"?{urlencode({'clinic': at.clinic.code})}" if len(at.clinics) > 1 else ""
    return {"clinic": at.clinic, "clinics": at.clinics, "of_clinic": of_clinic, **more}


def doctor_of(at: At, public_id: UUID) -> Doctor:
    """Somebody who sees patients here, or did."""
    here = Q(departments__clinic=at.clinic) | Q(sessions__clinic=at.clinic)
    known = Doctor.objects.filter(here).select_related("user").prefetch_related("departments")
    return get_object_or_404(known.distinct(), public_id=public_id)


def decided(
    request: HttpRequest,
    at: At,
    act: Callable[[Fate | None], Answer],
    again: Callable[[int], HttpResponse],
    *,
    back: str,
    form: forms.Form | None = None,
) -> HttpResponse:
    """Act; where somebody is booked, ask first what is to become of them. Refused for anything
    else, the page is shown `again` with what was typed."""
    fate = FateForm(request.POST)
    chosen: Fate | None = fate.cleaned_data[ASKED] if fate.is_valid() else None
    try:
        answer = acted(request, at.owner, lambda: act(chosen))
    except HasBookings as asked:
        return _question(request, at, asked, back)
    except Refused as refused:
        _say(request, refused, form)
        return again(status_of(refused))
    messages.success(request, answer.body["said"])
    return redirect(answer.body["to"])


def _say(request: HttpRequest, refused: Refused, form: forms.Form | None) -> None:
    if not isinstance(refused, Invalid) or form is None:
        messages.warning(request, refused.sentence)
        return
    for name, sentence in refused.fields.items():
        form.add_error(name if name in form.fields else None, sentence)


def _question(request: HttpRequest, at: At, asked: HasBookings, back: str) -> HttpResponse:
    typed = [
        (name, text)
        for name, texts in request.POST.lists()
        if name not in {*NOT_TYPED, ASKED}
        for text in texts
    ]
    context = shown(at, asked=asked, typed=typed, back=back, action=request.get_full_path())
    return render(request, "schedule/question.html", context, status=409)
