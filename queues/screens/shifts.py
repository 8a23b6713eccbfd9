"""How somebody's log-in stands: what is kept of it in their session."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from queues.models import User
from queues.rules.shifts import Shift

KEPT = "shift"
SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # codes for when it is lost are none


def begin(request: HttpRequest, user: User) -> None:
    terms = user.terms()
    lacks = terms.asks_second and not has_second(user)
    request.session[KEPT] = Shift.begin(terms, time.time(), lacks_second=lacks).write()


def of(request: HttpRequest) -> Shift | None:
    """None where nobody logged in."""
    kept = request.session.get(KEPT)
    return Shift.read(kept) if kept else None


def renew(request: HttpRequest, user: User) -> None:
    """They are there; and what their clinics ask is looked up anew."""
    if shift := of(request):
        terms = user.terms()
        lacks = terms.asks_second and not has_second(user)
        request.session[KEPT] = shift.goes_on(terms, time.time(), lacks_second=lacks).write()


def has_second(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=SECOND).exists()
