"""Somebody at a desk, and the forms they send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from queues.models import Clinic, Department, User
from queues.rules.rights import Role
from queues.tests import cast


class Browser(Client):
    """A client that sends forms as our pages do, each with its key."""

    def send(self, path: str, once: str = "", **fields: Any) -> Any:
        return self.post(path, {"once": once or str(uuid4()), **fields})

    def text(self, path: str) -> str:
        response = self.get(path)
        assert response.status_code == 200, response.status_code
        return str(response.content.decode())


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """That of a page stays with the thread that answered, and none is left to the next test."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def logged_in() -> Callable[[User], Browser]:
    def as_user(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return as_user


@pytest.fixture
def desk(clinic: Clinic, opd: Department, logged_in: Callable[[User], Browser]) -> Browser:
    """Nadia, a nurse of OPD."""
    return logged_in(cast.user(clinic, "nadia", Role.NURSE, opd))


@pytest.fixture
def admin_desk(clinic: Clinic, logged_in: Callable[[User], Browser]) -> Browser:
    return logged_in(cast.user(clinic, "amina", Role.ADMIN))


@pytest.fixture
def lab_desk(clinic: Clinic, lab: Department, logged_in: Callable[[User], Browser]) -> Browser:
    return logged_in(cast.user(clinic, "lakshmi", Role.NURSE, lab))


@pytest.fixture
def stranger(db: None, logged_in: Callable[[User], Browser]) -> Browser:
    """Works at another clinic."""
    return logged_in(cast.user(cast.clinic("other"), "otto", Role.ADMIN))
