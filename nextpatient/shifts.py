"""Whoever is logged in may be here: neither too long, nor without the second factor that their
clinics ask for. It stands before every page but those for anybody, so no new page can forget it."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from nextpatient.security import told
from queues.models import User
from queues.rules.shifts import End
from queues.screens import shifts
from queues.views.accounts import known

# The beginnings of addresses that are open to anybody, or that ask for a key instead.
FOR_ANYBODY = ("book/", "kiosk/", "t/", "display/", "clips/", "api/", "favicon", "robots", "docs")
OPEN = ("",)  # the front page, whose address is the beginning of all
# What somebody can do who has yet to set up their second factor.
ACCOUNT = ("account/", "login/", "logout/")
BY_ITSELF = "X-By-Itself"  # a page that renews itself says so: nobody need sit before it


class ShiftMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if user := getattr(request, "came_in", None):
            known.remember(request, response, user)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        route = request.resolver_match.route.lstrip("^") if request.resolver_match else ""
        if route.startswith(FOR_ANYBODY):
            return None
        shift, now = shifts.of(request), time.time()
        if shift is None or not isinstance(request.user, User):
            return None
        by_itself = BY_ITSELF in request.headers and request.method in ("GET", "HEAD")
        if end := shift.end(now):
            if not by_itself:  # else the page loads itself anew, and then says why
                told(f"time out ({end})", request.user)
                logout(request)
            return None if route in OPEN or route.startswith("login/") else to_login(request, end)
        if shift.is_due(now) and not by_itself:
            shift = shifts.renew(request, request.user)
        if shift.lacks_second and route not in OPEN and not route.startswith(ACCOUNT):
            return HttpResponseRedirect(reverse("mfa_index"))
        return None


def to_login(request: HttpRequest, end: End) -> HttpResponse:
    shown = request.method in ("GET", "HEAD")
    back = request.get_full_path() if shown else reverse("desks")
    return redirect_to_login(back, f"{reverse('account_login')}?{urlencode({'ended': end})}")
