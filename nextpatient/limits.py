"""Whoever comes too often hears when to come again: people on a page, programs as problem+json."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from queues.actions.limits import TooMany, spend
from queues.api.problems import of_refusal
from queues.rules.limits import Door
from queues.rules.networks import network_of
from queues.views.accounts import known

# Names of addresses that take a password, a code or a passkey, or send a link to a new password.
LOG_IN = frozenset(
    {
        "account_login",
        "account_reauthenticate",
        "account_reset_password",
        "account_reset_password_from_key",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "openid_connect_login",
    }
)


class LimitsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            public.spend(_network(request))
        except TooMany as refused:
            return answer(request, refused)
        response = self.get_response(request)
        if seconds := getattr(request, "retry_after", 0):  # on a page that keeps what was typed
            response.setdefault("Retry-After", str(seconds))
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        match = request.resolver_match
        if request.method == "POST" and match and match.url_name in LOG_IN:
            browser = known.browser_of(request)
            try:
                spend(Door.LOG_IN, browser.browser if browser else _network(request))
            except TooMany as refused:
                return answer(request, refused)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if isinstance(error, TooMany) else None


def _network(request: HttpRequest) -> str:
    return network_of(request.META.get("REMOTE_ADDR", ""))


class Window:
    """All that a network asks for, counted in this process: a look at a shared count would cost
    more than most of the answers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._began = 0.0
        self._counts: Counter[str] = Counter()

    def spend(self, who: str) -> None:
        rate, now = settings.RATES[Door.PUBLIC], time.monotonic()
        with self._lock:
            if now - self._began >= rate.seconds:
                self._began = now
                self._counts.clear()
            self._counts[who] += 1
            if self._counts[who] > rate.most:
                raise TooMany(max(1, round(self._began + rate.seconds - now)))


public = Window()  # one of this process, for the notice board too


def answer(request: HttpRequest, refused: TooMany) -> HttpResponse:
    if request.path.startswith("/api/"):
        return of_refusal(refused)
    shown = {"seconds": refused.seconds, "back": request.path if request.method == "GET" else ""}
    response = render(request, "429.html", shown, status=429)
    response["Retry-After"] = str(refused.seconds)
    response["Cache-Control"] = "no-store"
    return response
