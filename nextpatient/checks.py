"""Settings that would hurt: `manage.py` and the server look at them first, and do not start."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from queues.rules.shifts import Asked

SHORTEST_KEY = 40  # characters; ./dev makes 86
FEWEST_DIFFERENT = 10
SHORTEST_TOKEN = 32
KNOWN = ("django-insecure", "changeme", "change-me", "secret", "example", "your-", "test")


def all_wrong_settings(**_asked: Any) -> list[CheckMessage]:
    looks: tuple[Callable[[], Iterator[CheckMessage]], ...] = (
        _secrets_of_a_hospital,
        _pages_that_tell_too_much,
        _address,
        _networks,
        _words,
    )
    return [wrong for look in looks for wrong in look()]


register(all_wrong_settings)


def refuse_wrong_settings() -> None:
    """Whichever server it is that was started."""
    if wrong := [one for one in all_wrong_settings() if isinstance(one, Error)]:
        sys.exit("NextPatient does not start:\n" + "\n".join(f"  {one}" for one in wrong))


def _secrets_of_a_hospital() -> Iterator[CheckMessage]:
    """On one's own machine any key will do; where patients come, it has to be a good one."""
    if not settings.IS_HTTPS:
        return
    for name in ("SECRET_KEY", "LINK_KEY"):
        if _is_weak(getattr(settings, name)):
            yield Error(
                f"{name} is too short, or one that others know.",
                hint="Leave it out, and ./dev makes one; or: openssl rand -base64 64 | tr -d '\\n'",
                id="nextpatient.E001",
            )
    if settings.SECRET_KEY == settings.LINK_KEY:
        yield Error("SECRET_KEY and LINK_KEY are the same.", id="nextpatient.E002")


def _is_weak(key: str) -> bool:
    few = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_DIFFERENT
    return few or key.lower().startswith(KNOWN)


def _pages_that_tell_too_much() -> Iterator[CheckMessage]:
    if settings.IS_HTTPS and settings.DEBUG:
        yield Error("DEBUG is on at an https address.", id="nextpatient.E003")
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        yield Error(
            f"METRICS_TOKEN has fewer than {SHORTEST_TOKEN} characters.", id="nextpatient.E004"
        )


def _address() -> Iterator[CheckMessage]:
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme not in ("http", "https") or not url.hostname or url.path or url.query:
        yield Error(
            "PUBLIC_URL must be like https://queue.example.org, with nothing behind the name.",
            id="nextpatient.E005",
        )


def _networks() -> Iterator[CheckMessage]:
    """Whoever believes everybody believes nobody's word, but a forger's."""
    for name in ("TRUSTED_PROXIES", "METRICS_ALLOW"):
        for one in getattr(settings, name):
            try:
                everybody = ip_network(one).prefixlen == 0
            except ValueError:
                everybody = True
            if everybody:
                yield Error(
                    f"{name}: {one!r} is no address and no network, or is the whole world.",
                    id="nextpatient.E006",
                )


def _words() -> Iterator[CheckMessage]:
    if settings.SECOND_FACTOR not in [*Asked]:
        yield Error("SECOND_FACTOR must be admins, all or off.", id="nextpatient.E008")
    if settings.SECOND_FACTOR == Asked.OFF and settings.IS_HTTPS:
        yield Warning("Nobody is asked for a second factor.", id="nextpatient.W001")
    if settings.LOG_FORMAT not in ("json", "line"):
        yield Error("LOG_FORMAT must be json or line.", id="nextpatient.E007")
