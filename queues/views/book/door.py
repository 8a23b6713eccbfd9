"""The portal's pages: in the reader's language, which this browser remembers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from queues.models import Clinic
from queues.models.public_id import NOBODY
from queues.rules.rights import Actor, ActorKind
from queues.views.doors import private

LANGUAGE = "portal-language"
PORTAL = Actor(ActorKind.PATIENT, origin="portal")  # somebody, before it is known who


def in_portal(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`?language=` chooses one; it stays until another is chosen."""

    @wraps(view)
    def guarded(request: HttpRequest, **more: object) -> HttpResponse:
        asked = request.GET.get("language", "")
        if asked in dict(settings.LANGUAGES):
            request.session[LANGUAGE] = asked
        spoken = request.session.get(LANGUAGE) or translation.get_language() or "en"
        with translation.override(spoken):
            response = private(view(request, **more))
        response["Content-Language"] = spoken
        return response

    return guarded


def shown(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    page = {
        "languages": settings.LANGUAGES,
        "asked_for": [(name, text) for name, text in request.GET.items() if name != "language"],
        **context,
    }
    return render(request, f"book/{template}.html", page, status=status)


def address_of_times(name: str = "book-time") -> str:
    """Made for nobody: each time is put into it where it is shown."""
    return reverse(name, args=[NOBODY])


def all_clinics() -> list[Clinic]:
    return list(Clinic.objects.order_by("name"))
