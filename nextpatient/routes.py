"""An address by its pattern. Paths hold the secrets of patients' links, so logs and meters name
the pattern alone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "(none)"


def route_of(request: HttpRequest) -> str:
    if request.resolver_match:
        return request.resolver_match.route or "/"
    return "static/" if request.path.startswith(settings.STATIC_URL) else NOWHERE
