"""The wall of a waiting room, and the clips that it speaks with."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from queues.models import Clinic
from queues.screens import clips, passes
from queues.screens import wall as screen
from queues.screens.passes import Screen
from queues.views.doors import clinic_of, private


@require_safe
def display(request: HttpRequest, clinic: str) -> HttpResponse:
    at = clinic_of(clinic)
    language = _language(request, at)
    with translation.override(language), timezone.override(at.zone):
        shown = screen.wall(at, request.GET.get("departments", "").split(","), language)
        if not shown["boards"]:
            raise Http404
        departments = [board.department for board in shown["boards"]]
        shown["pass"] = passes.to(Screen.WALL, departments, language=language)
        response = private(render(request, "wall/page.html", shown))
    response["Content-Language"] = language
    return response


def _language(request: HttpRequest, clinic: Clinic) -> str:
    """A wall stands in a room, not before one person: its language is the clinic's, or chosen."""
    asked = request.GET.get("language", "")
    return asked if asked in clinic.languages else str(clinic.languages[0])


@require_safe
def clip(request: HttpRequest, version: str, language: str, name: str) -> HttpResponse:
    path = clips.path_of(version, language, name)
    if path is None:
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type="audio/wav")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
