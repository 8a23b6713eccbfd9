"""The wall of a waiting room."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from queues.screens import passes
from queues.screens import wall as screen
from queues.screens.passes import Screen
from queues.views.doors import clinic_of, private


@require_safe
def display(request: HttpRequest, clinic: str) -> HttpResponse:
    at = clinic_of(clinic)
    codes = request.GET.get("departments", "").split(",")
    shown = screen.wall(at, codes, get_language() or "en")
    if not shown["boards"]:
        raise Http404
    shown["pass"] = passes.to(
        Screen.WALL,
        [board.department for board in shown["boards"]],
        language=get_language() or "en",
    )
    with timezone.override(at.zone):
        return private(render(request, "wall/page.html", shown))
