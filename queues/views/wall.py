"""The wall of a waiting room."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from queues.screens import wall as screen
from queues.views.doors import clinic_of, private


@require_safe
def display(request: HttpRequest, clinic: str) -> HttpResponse:
    at = clinic_of(clinic)
    shown = screen.wall(at, request.GET.get("departments", "").split(","))
    if not shown["departments"]:
        raise Http404
    with timezone.override(at.zone):
        return private(render(request, "wall/page.html", shown))
