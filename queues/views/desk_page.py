"""The desk as a page: drawn anew after whatever was done at it, whole or its living part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.utils import timezone

from queues.actions.refusals import Refused
from queues.actions.undoing import TIME_TO_THINK
from queues.models import Department
from queues.rules.rights import Act
from queues.screens import desk as screen
from queues.screens import keys
from queues.views.doors import Here, acted, done

PACKED = GZipMiddleware(lambda request: HttpResponse())


def answered(request: HttpRequest, here: Here, act: Callable[[], str]) -> HttpResponse:
    """Act, and show the desk with a sentence: what was done, or who stood in the way."""
    try:
        said = acted(request, here.owner, lambda: done(here.desk, act())).body["said"]
    except Refused as refused:
        messages.warning(request, refused.sentence)
    else:
        if said:
            messages.success(request, said)
    if not wants_part(request):
        return redirect(_here(request, here))
    here.department.reread()
    return shown(request, here)


def shown(request: HttpRequest, here: Here, **more: Any) -> HttpResponse:
    """The desk as it now is: its living part for a page that has the rest, else the page."""
    now = timezone.now()
    now_is = screen.desk(
        here.department,
        my_counter=my_counter(request, here),
        everybody=bool(request.GET.get("all")),
        now=now,
        just_now=now - TIME_TO_THINK,
    )
    context = {
        **now_is,
        "pass": here.pass_to(here.department),
        "here": _here(request, here),
        "all": "?all=1" if now_is["everybody"] else "",
    }
    if wants_part(request):
        return _drawn(request, "desk/_desk.html", context)
    still = {"may_set_policy": here.may(Act.SET_POLICY), "keys": keys.explained(now_is["key"])}
    return _drawn(request, "desk/page.html", {**context, **still, **more})


def _drawn(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Small on the wire: a long queue says the same in every row. Django pads what it packs, and
    masks the forms' keys anew each time, so that its length gives nothing away."""
    drawn = render(request, template, context)
    PACKED.process_response(request, drawn)
    return drawn


def wants_part(request: HttpRequest) -> bool:
    """Whether a page asks that is here already."""
    return request.headers.get("HX-Request") == "true"


def _here(request: HttpRequest, here: Here) -> str:
    """The address of the desk as it is looked at, all rows or the first."""
    return f"{here.desk}?all=1" if request.GET.get("all") else here.desk


def my_counter(request: HttpRequest, here: Here) -> str:
    """The counter chosen in this browser; empty before one was."""
    return str(request.session.get(place_of(here.department), ""))


def place_of(department: Department) -> str:
    return f"counter.{department.public_id.hex}"
