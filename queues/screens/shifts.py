"""How somebody's log-in stands: what is kept of it in their session."""

from __future__ import annotations

import time
from dataclasses import replace

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from queues.models import User
from queues.rules.shifts import Shift

KEPT = "shift"
SECOND = (
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
)  # codes for when it is lost are none


def of(request: HttpRequest) -> Shift | None:
    """None where nobody logged in."""
    kept = request.session.get(KEPT)
    return Shift.read(kept) if kept else None


def begin(request: HttpRequest, user: User) -> Shift:
    """By the machine's clock, which no simulated day moves."""
    terms = user.terms()
    lacks = terms.asks_second and not has_second(user)
    return _keep(request, Shift.begin(terms, time.time(), lacks_second=lacks))


def renew(request: HttpRequest, user: User) -> Shift:
    """They are there. What their clinics ask of them is looked up anew."""
    before, now = of(request), begin(request, user)
    return _keep(request, replace(now, began=before.began)) if before else now


def has_second(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=SECOND).exists())


def _keep(request: HttpRequest, shift: Shift) -> Shift:
    request.session[KEPT] = shift.write()
    return shift
