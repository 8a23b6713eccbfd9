"""Who is let in, and what the door tells those whom it does not let in."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings

from queues.models import Clinic, User
from queues.rules.limits import RATES as USUAL
from queues.rules.limits import Door, Rate
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.accounts.conftest import code, with_app
from queues.tests.views.conftest import Browser
from queues.tests.views.test_limits import waits

pytestmark = pytest.mark.django_db
DESKS = "/desk/"


@pytest.mark.parametrize("name", ["nadia", "Nadia", "nadia@example.org", "NADIA@example.org"])
def test_by_user_name_or_by_email(
    clinic: Clinic, log_in: Callable[..., Browser], name: str
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    assert log_in(name).get(DESKS).status_code == 200
    assert not EmailAddress.objects.exists()  # a second list of addresses would outlive the first


def test_several_have_no_email_and_none_has_anothers(clinic: Clinic) -> None:
    for name in ("ann", "bea"):
        User.objects.create_user(name, "", cast.PASSWORD)
    assert set(User.objects.values_list("email", flat=True)) == {None}
    assert User.objects.create_user("cleo", "Cleo@Example.org").email == "Cleo@example.org"
    assert User.objects.get(email="CLEO@example.org").username == "cleo"


def test_no_refusal_tells_who_has_an_account(clinic: Clinic, browser: Browser) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    seen = {
        browser.post("/login/", {"login": name, "password": "wrong"})
        .content.decode()
        .replace(f'value="{name}"', "")
        .partition("<main")[2]
        .replace(browser.cookies["csrftoken"].value, "")
        for name in ("nadia", "nobody", "nadia@example.org", "nobody@example.org")
    }
    without_tokens = {text.split("<form")[0] for text in seen}
    assert len(without_tokens) == 1
    assert "is not right" in without_tokens.pop()


def tries(name: str, networks: list[str], password: str = "wrong") -> list[int]:
    typed = {"login": name, "password": password}
    return [Browser(REMOTE_ADDR=network).post("/login/", typed).status_code for network in networks]


@pytest.mark.parametrize("name", ["nadia", "nobody"])
def test_a_password_is_tried_only_so_often_from_one_network(
    clinic: Clinic, settings: LazySettings, name: str
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    settings.RATES = {**settings.RATES, Door.ACCOUNT: Rate(3, 3600)}
    assert tries(name, ["192.0.2.1"] * 4) == [200, 200, 200, 429]
    right = {"login": name, "password": cast.PASSWORD}
    assert waits(Browser(REMOTE_ADDR="192.0.2.1").post("/login/", right))


def test_whoever_keeps_trying_keeps_out_no_colleague_elsewhere(
    clinic: Clinic, settings: LazySettings
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    settings.RATES = {**settings.RATES, Door.ACCOUNT: Rate(3, 3600)}
    assert tries("nadia", ["192.0.2.1"] * 4)[-1] == 429
    assert tries("nadia", ["198.51.100.7"], cast.PASSWORD) == [302]


def test_nor_one_in_the_same_network_at_a_browser_where_they_have_logged_in(
    clinic: Clinic, settings: LazySettings
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    right = {"login": "nadia@example.org", "password": cast.PASSWORD}
    hers = Browser(REMOTE_ADDR="192.0.2.1")
    hers.post("/login/", right)
    hers.post("/logout/")
    settings.RATES = {
        **settings.RATES, Door.ACCOUNT: Rate(3, 3600), Door.LOG_IN: Rate(5, 3600)
    }  # fmt: skip
    assert tries("nadia", ["192.0.2.1"] * 6) == [200, 200, 200, 429, 429, 429]
    assert hers.post("/login/", {**right, "password": "wrong"}).status_code == 200
    assert hers.post("/login/", right).status_code == 302
    hers.post("/logout/")
    guesses = [hers.post("/login/", {**right, "password": "wrong"}) for _try in range(2)]
    assert [guess.status_code for guess in guesses] == [200, 429], (
        "it may not guess for ever either"
    )


def test_a_browser_is_known_by_what_we_signed_and_for_its_own_users_alone(
    clinic: Clinic, settings: LazySettings
) -> None:
    for name in ("nadia", "carlos"):
        cast.user(clinic, name, Role.NURSE)
    settings.RATES = {**settings.RATES, Door.ACCOUNT: Rate(3, 3600)}
    carlos = Browser(REMOTE_ADDR="192.0.2.1")
    carlos.post("/login/", {"login": "carlos", "password": cast.PASSWORD})
    kept = carlos.cookies["known"]
    assert (kept["httponly"], kept["path"], kept["samesite"]) == (True, "/login/", "Lax")
    assert tries("nadia", ["192.0.2.1"] * 4)[-1] == 429
    right = {"login": "nadia", "password": cast.PASSWORD}
    carlos.post("/logout/")
    assert carlos.post("/login/", right).status_code == 429
    forger = Browser(REMOTE_ADDR="192.0.2.1")
    forger.cookies["known"] = "WyJ4IixbInkiXV0:1sbFgE:forged"
    assert forger.post("/login/", right).status_code == 429


@pytest.mark.parametrize("name", ["nadia", "nobody"])
def test_from_everywhere_together_it_is_tried_only_so_often_too(
    clinic: Clinic, settings: LazySettings, name: str
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    settings.RATES = {**settings.RATES, Door.TRIES: Rate(3, 3600)}
    networks = [f"192.0.2.{number}" for number in range(4)]
    assert tries(name, networks) == [200, 200, 200, 429]


def test_one_network_alone_does_not_use_up_what_all_may() -> None:
    of_one, of_all = USUAL[Door.ACCOUNT], USUAL[Door.TRIES]
    assert of_one.most / of_one.seconds < of_all.most / of_all.seconds / 2


def test_so_is_a_code(
    clinic: Clinic, log_in: Callable[..., Browser], settings: LazySettings
) -> None:
    secret = with_app(cast.user(clinic, "amina", Role.ADMIN))
    settings.RATES = {**settings.RATES, Door.ACCOUNT: Rate(3, 3600)}
    browser = log_in("amina")
    tries = [browser.post("/login/second/", {"code": "000000"}) for _try in range(4)]
    assert [one.status_code for one in tries] == [200, 200, 200, 429]
    assert waits(browser.post("/login/second/", {"code": code(secret)}))


def test_the_key_of_a_session_is_another_after_the_log_in(clinic: Clinic, browser: Browser) -> None:
    """Who had planted one in the browser before holds nothing."""
    cast.user(clinic, "nadia", Role.NURSE)
    session = browser.session
    session["planted"] = True
    session.save()
    browser.post("/login/", {"login": "nadia", "password": cast.PASSWORD})
    assert browser.session.session_key != session.session_key
    thief = Browser()
    thief.cookies["sessionid"] = str(session.session_key)
    assert thief.get(DESKS).status_code == 302


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/\\evil.example", "http://localhost/x"]
)
def test_a_log_in_leads_nowhere_else(clinic: Clinic, browser: Browser, to: str) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    typed = {"login": "nadia", "password": cast.PASSWORD, "next": to}
    assert browser.post(f"/login/?next={to}", typed)["Location"] == DESKS


@pytest.mark.parametrize(
    "path", ["/signup/", "/account/signup/", "/accounts/signup/", "/account/email/", "/3rdparty/"]
)
def test_nobody_signs_up(browser: Browser, db: None, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_the_back_office_has_no_door_of_its_own(browser: Browser, db: None) -> None:
    assert browser.get("/admin/login/?next=/admin/")["Location"] == "/login/?next=/admin/"
    assert browser.get("/admin/password_change/")["Location"] == "/account/password/"


def test_the_security_log_tells_of_each_by_public_id(
    clinic: Clinic, log_in: Callable[..., Browser], caplog: pytest.LogCaptureFixture
) -> None:
    nadia = cast.user(clinic, "nadia", Role.NURSE)
    caplog.set_level(logging.INFO, "nextpatient.security")
    log_in("nadia", "wrong")
    log_in("nobody", "wrong")
    log_in("nadia").post("/logout/")
    told = [line.getMessage() for line in caplog.records if line.name == "nextpatient.security"]
    assert told == [
        f"log-in failed: {nadia.public_id}",
        "log-in failed: nobody known",
        f"log-in: {nadia.public_id}",
        f"log-out: {nadia.public_id}",
    ]
