"""A browser in which somebody has logged in before. Tries from there are counted as its own: whoever
guesses at a colleague's password, be it in the same network, keeps nobody out who sits at theirs."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from queues.models import User
from queues.rules.links import hashed

COOKIE = "known"
SALT = "queues.accounts.known"
LASTS = timedelta(days=180)
MOST = 20  # names


class Known(NamedTuple):
    browser: str  # a name of its own, drawn at the log-in
    names: list[str]  # the hashes of what its users may type: user names and e-mails

    def is_of(self, typed: str) -> bool:
        return name_of(typed) in self.names


def name_of(typed: str) -> str:
    return hashed(typed.strip().lower())


def browser_of(request: HttpRequest) -> Known | None:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return Known(*kept)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Besides who came before, where a desk is shared. It opens nothing."""
    before = browser_of(request) or Known(secrets.token_hex(8), [])
    theirs = [name_of(typed) for typed in (user.username, user.email) if typed]
    others = [name for name in before.names if name not in theirs]
    known = Known(before.browser, [*theirs, *others][:MOST])
    response.set_cookie(
        COOKIE,
        signing.dumps(known, salt=SALT, compress=True),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/login/",
    )
