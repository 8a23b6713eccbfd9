"""Whoever comes too often is held back: told when to come again, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client

from nextpatient import limits
from queues.actions import issuing, keys
from queues.actions.limits import TooMany, spend
from queues.models import Clinic, Department, Patient, Token
from queues.rules.limits import Door, Rate
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.conftest import ApiClient
from queues.tests.views.at_kiosk import KIOSK, AtKiosk
from queues.tests.views.conftest import Browser

pytestmark = pytest.mark.django_db
THREE = Rate(3, 3600)
NONE = "A" * 43


@pytest.fixture(autouse=True)
def _nobody_was_here() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def three(settings: LazySettings) -> Callable[[Door], None]:
    def at(door: Door) -> None:
        settings.RATES = {**settings.RATES, door: THREE}

    return at


def waits(response: Any) -> bool:
    """Whether it says so, to programs too."""
    return response.status_code == 429 and 1 <= int(response["Retry-After"]) <= 3600


def test_the_fourth_of_three_is_held_back() -> None:
    for _time in range(3):
        spend(Door.LOOK_UP, "192.0.2.1", THREE)
    with pytest.raises(TooMany) as refused:
        spend(Door.LOOK_UP, "192.0.2.1", THREE)
    assert 1 <= refused.value.seconds <= 3600


def test_each_is_counted_alone() -> None:
    for _time in range(3):
        spend(Door.LOOK_UP, "192.0.2.1", THREE)
    spend(Door.LOOK_UP, "192.0.2.2", THREE)
    spend(Door.REGISTER, "192.0.2.1", THREE)


def test_somebody_at_the_kiosk_is_not_asked_for_who_they_are_for_ever(
    clinic: Clinic, three: Callable[[Door], None]
) -> None:
    three(Door.LOOK_UP)
    kiosk = AtKiosk()
    for year in (1950, 1951, 1952):
        found = kiosk.go_through(who="returning", by="phone", phone="98450 11111", birth=str(year))
        assert found.status_code == 404
    held = kiosk.go_through(who="returning", by="phone", phone="98450 11111", birth="1953")
    assert waits(held)
    assert "see the reception" in held.content.decode()
    assert "1953" in held.content.decode()  # what was typed is still there


def test_colleagues_are_not_held_back(
    clinic: Clinic, opd: Department, three: Callable[[Door], None]
) -> None:
    three(Door.LOOK_UP)
    kiosk = AtKiosk()
    kiosk.force_login(cast.user(clinic, "clerk", Role.CLERK))
    for year in range(1950, 1956):
        found = kiosk.go_through(who="returning", by="phone", phone="98450 11111", birth=str(year))
        assert found.status_code == 404


def test_numbers_are_not_drawn_without_end(
    clinic: Clinic, opd: Department, three: Callable[[Door], None]
) -> None:
    three(Door.REGISTER)
    names = ("Dora Diaz", "Emil Eka", "Fay Fernando", "Gita Gor")
    taken = [AtKiosk().arrive(name=name) for name in names]
    assert [answer.status_code for answer in taken] == [302, 302, 302, 429]
    assert Token.objects.count() == 3


def test_a_link_is_not_found_by_trying(
    asha: Patient, opd: Department, three: Callable[[Door], None]
) -> None:
    three(Door.BAD_LINK)
    link = issuing.issue(asha, opd, by=SYSTEM).visit.secret
    phone = Client()
    misses = [phone.get(f"/t/{NONE[:-1]}{letter}/") for letter in "ABCD"]
    assert [miss.status_code for miss in misses] == [404, 404, 404, 429]
    assert waits(misses[-1])
    assert phone.get(f"/t/{link}/").status_code == 200  # whoever has one is not hindered


def test_late_and_back_are_not_pressed_without_end(
    asha: Patient, opd: Department, three: Callable[[Door], None]
) -> None:
    three(Door.OWN_PAGE)
    token = issuing.issue(asha, opd, by=SYSTEM)
    link, phone = f"/t/{token.visit.secret}/", Browser()
    presses = [phone.send(f"{link}{what}/", token=token.public_id) for what in ("late", "back") * 2]
    assert [press.status_code for press in presses] == [303, 303, 303, 429]


def test_a_password_is_not_found_by_trying(clinic: Clinic, three: Callable[[Door], None]) -> None:
    three(Door.LOG_IN)
    cast.user(clinic, "clerk", Role.CLERK)
    typed = {"login": "clerk", "password": "guess"}
    tries = [Client().post("/login/", typed) for _try in range(4)]
    assert [answer.status_code for answer in tries] == [200, 200, 200, 429]
    assert waits(tries[-1])
    assert "One moment, please" in tries[-1].content.decode()


def test_a_key_has_its_rate(clinic: Clinic, three: Callable[[Door], None]) -> None:
    three(Door.KEY)
    api = ApiClient(cast.key(clinic, Role.STAFF))
    answers = [api.get("/patients") for _time in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert waits(answers[-1])
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert json.loads(answers[-1].content)["code"] == "too_many_requests"
    assert ApiClient(cast.key(clinic, Role.STAFF)).get("/patients").status_code == 200


def test_a_key_may_have_a_rate_of_its_own(clinic: Clinic, three: Callable[[Door], None]) -> None:
    three(Door.KEY)
    _row, secret = keys.make("busy", Role.STAFF, clinic, None, by=SYSTEM, per_second=1_000)
    assert {ApiClient(secret).get("/patients").status_code for _time in range(8)} == {200}


def test_keys_are_not_found_by_trying(clinic: Clinic, three: Callable[[Door], None]) -> None:
    three(Door.BAD_KEY)
    tries = [ApiClient(f"guess-{n}").get("/patients") for n in range(4)]
    assert [answer.status_code for answer in tries] == [401, 401, 401, 429]
    assert ApiClient(cast.key(clinic, Role.STAFF)).get("/patients").status_code == 200


def test_a_network_that_floods_is_told(
    clinic: Clinic, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATES = {**settings.RATES, Door.PUBLIC: THREE}
    monkeypatch.setattr(limits, "public", limits.Window())  # which counts anew
    client = Client()
    seen = [client.get(KIOSK).status_code for _time in range(3)]
    assert seen == [200, 200, 200]
    assert waits(client.get("/"))
    assert waits(client.get("/api/queue"))
