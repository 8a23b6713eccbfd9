"""Whatever of the API can be got can be asked for by HEAD: the same answer without its body."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class HeadMiddleware:
    """Ninja knows no HEAD. It sees a GET; the server leaves out the body, as for any HEAD."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_head = request.method == "HEAD" and request.path.startswith("/api/")
        if is_head:
            request.method = "GET"
        response = self.get_response(request)
        if is_head:
            request.method = "HEAD"
        return response
