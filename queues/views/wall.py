"""The wall of a waiting room, and the clips that it speaks with."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from queues.models import Clinic, Device
from queues.screens import clips, passes
from queues.screens import wall as screen
from queues.screens.holders import Holder
from queues.screens.passes import Screen
from queues.views import machines, pairing
from queues.views.doors import clinic_of, private


@require_safe
def display(request: HttpRequest, clinic: str) -> HttpResponse:
    at = clinic_of(clinic)
    machine = machines.machine(request, Device.Kind.WALL)
    language = _language(request, at)
    with translation.override(language), timezone.override(at.zone):
        if machine.may_show(at):
            response = _wall(request, at, machine.at(at), language)
        else:
            response = pairing.shown(request, Device.Kind.WALL, 403)
    machine.goes_on(response)
    response["Content-Language"] = language
    return response


def _wall(
    request: HttpRequest, clinic: Clinic, device: Device | None, language: str
) -> HttpResponse:
    """What is public; of a wall that was let in, its departments."""
    places = (device or clinic).departments.select_related("clinic")
    shown = screen.wall(clinic, places, request.GET.get("departments", "").split(","), language)
    if device and not shown["boards"]:  # it was let in for others than its address says
        shown = screen.wall(clinic, places, [], language)
    if not shown["boards"]:
        raise Http404
    departments = [board.department for board in shown["boards"]]
    holder = Holder.device(device) if device else None
    shown["pass"] = passes.to(Screen.WALL, departments, language=language, holder=holder)
    return private(render(request, "wall/page.html", shown))


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
