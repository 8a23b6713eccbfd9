"""The patient's own page, behind a link that only they have."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from queues.models import Visit
from queues.rules.links import hashed
from queues.screens import visit as screen
from queues.views.doors import private


@require_safe
def visit(request: HttpRequest, secret: str) -> HttpResponse:
    found = get_object_or_404(Visit.objects.select_related("clinic"), link_hash=hashed(secret))
    language = found.language or translation.get_language() or "en"
    with translation.override(language), timezone.override(found.clinic.zone):
        if screen.is_over(found):
            response = render(request, "visit/ended.html", {"clinic": found.clinic}, status=410)
        else:
            response = render(request, "visit/page.html", screen.visit(found))
    return unlisted(private(response))


def unlisted(response: HttpResponse) -> HttpResponse:
    """The address is a secret: no site that is visited next, and no search engine, learns it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
