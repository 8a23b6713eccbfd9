"""Who may keep house, what every page of it knows, and how one of its forms acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from queues.actions.idempotency import Answer
from queues.actions.refusals import Invalid, Refused
from queues.rules.rights import Act
from queues.views.doors import AnyView, At, acted, clinic_staff_may, done, status_of

# What is found in the house: the page's name in addresses, and what it asks for.
ROOMS: tuple[tuple[str, Act], ...] = (
    ("house", Act.SET_HOUSE),
    ("staff-list", Act.SET_STAFF),
    ("devices", Act.SET_DEVICES),
)
OF_ALL_DEPARTMENTS = (("keys", Act.SET_KEYS),)
ROOM_OF = {"staff": "staff", "somebody": "staff", "keys": "keys"}  # the others are of the house


def keeps_all_of(act: Act) -> Callable[[AnyView], AnyView]:
    """Lets in whoever may do this in all of the clinic: what is set is no department's alone."""

    def guard(view: AnyView) -> AnyView:
        def guarded(request: HttpRequest, at: At, **more: object) -> HttpResponseBase:
            if not at.actor.may_everywhere(act, at.clinic.pk):
                raise PermissionDenied
            return view(request, at, **more)

        return clinic_staff_may(act)(guarded)

    return guard


def address(at: At, name: str, *args: object) -> str:
    """Of a page; it names the clinic where somebody works at several."""
    query = f"?{urlencode({'clinic': at.clinic.code})}" if len(at.clinics) > 1 else ""
    return reverse(name, args=args) + query


def shown(
    request: HttpRequest, at: At, template: str, status: int = 200, **more: Any
) -> HttpResponse:
    page = {
        "clinic": at.clinic,
        "clinics": at.clinics,
        "of_clinic": address(at, "house").partition("house/")[2],
        "room": ROOM_OF.get(template, "house"),
        "rooms": _rooms(at),
        **more,
    }
    return render(request, f"house/{template}.html", page, status=status)


def _rooms(at: At) -> set[str]:
    """Those that open for them."""
    by, clinic = at.actor, at.clinic.pk
    some = {name for name, act in ROOMS if by.may(act, clinic)}
    return some | {name for name, act in OF_ALL_DEPARTMENTS if by.may_everywhere(act, clinic)}


def sent(
    request: HttpRequest,
    at: At,
    act: Callable[[], str],
    again: Callable[[int], HttpResponse],
    *,
    to: str,
    form: forms.Form | None = None,
) -> HttpResponse:
    """Act once, say what was done and go on; refused, the page is shown again as it was typed."""

    def whole() -> Answer:
        return done(to, act())

    try:
        answer = acted(request, at.owner, whole)
    except Refused as refused:
        say(request, refused, form)
        return again(status_of(refused))
    messages.success(request, answer.body["said"])
    return redirect(answer.body["to"])


def say(request: HttpRequest, refused: Refused, form: forms.Form | None) -> None:
    if not isinstance(refused, Invalid) or form is None:
        messages.warning(request, refused.sentence)
        return
    for name, sentence in refused.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
