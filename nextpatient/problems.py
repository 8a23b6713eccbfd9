"""Under /api/ every failure is problem+json, also those that never reach the API's own code."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from queues.api.problems import MEDIA_TYPE, of_status


class ProblemsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        failed = response.status_code >= 400 and request.path.startswith("/api/")
        if not failed or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        told = of_status(response.status_code)
        for name, value in response.items():  # what others wrote on it: Allow, Vary, security
            if not name.lower().startswith("content-"):  # that spoke of the other body
                told.setdefault(name, value)
        return told
