"""Somebody with a password, and their phone that shows codes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import LazySettings
from django.core.cache import cache

from queues.models import User
from queues.tests import cast
from queues.tests.views.conftest import Browser


@pytest.fixture(autouse=True)
def _as_in_a_hospital(settings: LazySettings) -> Iterator[None]:
    settings.SECOND_FACTOR = "admins"
    cache.clear()  # a code is taken once
    yield
    cache.clear()


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def log_in() -> Callable[..., Browser]:
    def by_password(name: str, password: str = cast.PASSWORD) -> Browser:
        browser = Browser()
        browser.post("/login/", {"login": name, "password": password})
        return browser

    return by_password


def code(secret: str) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_app(user: User) -> str:
    """They have set up an app; its secret."""
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    return secret
