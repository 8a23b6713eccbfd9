"""How long somebody stays logged in, and how they are logged out elsewhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.http import HttpRequest

from queues.actions import clinics
from queues.models import Clinic, Department, Event
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.views.conftest import Browser
from queues.views.accounts import postman

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600
DESKS = "/desk/"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """So many seconds after the first moment."""
    first = time.time()

    def at(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: first + seconds)

    return at


def test_who_does_nothing_for_an_hour_is_logged_out(
    clinic: Clinic, log_in: Callable[..., Browser], later: Callable[[float], None]
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    browser = log_in("nadia")
    for minutes in (59, 118):  # each look is a sign of life
        later(minutes * MINUTE)
        assert browser.get(DESKS).status_code == 200
    later(178 * MINUTE)
    assert browser.get(DESKS)["Location"] == "/login/?ended=idle&next=/desk/"
    assert "nothing was done here" in browser.text("/login/?ended=idle&next=/desk/")
    assert browser.get(DESKS)["Location"] == "/login/?next=/desk/"


def test_a_page_that_renews_itself_is_no_sign_of_life(
    clinic: Clinic, opd: Department, log_in: Callable[..., Browser], later: Callable[[float], None]
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    browser = log_in("nadia")
    for minutes, status in ((30, 200), (59, 200), (61, 302)):
        later(minutes * MINUTE)
        renewed = browser.get("/desk/main/OPD/", headers={"x-by-itself": "1"})
        assert renewed.status_code == status
    loaded_anew = browser.get("/desk/main/OPD/")["Location"]
    assert loaded_anew == "/login/?ended=idle&next=/desk/main/OPD/"
    assert browser.get("/desk/main/OPD/")["Location"] == "/login/?next=/desk/main/OPD/"


def test_nobody_stays_for_longer_than_a_shift(
    clinic: Clinic, log_in: Callable[..., Browser], later: Callable[[float], None]
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    browser = log_in("nadia")
    for half_hours in range(1, 24):
        later(half_hours * HOUR / 2)
        assert browser.get(DESKS).status_code == 200
    later(12 * HOUR + 1)
    assert browser.get(DESKS)["Location"].startswith("/login/?ended=long")


def test_what_a_clinic_changes_holds_for_who_is_logged_in_already(
    clinic: Clinic, log_in: Callable[..., Browser], later: Callable[[float], None]
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    browser = log_in("nadia")
    changed = {"log_in_idle_minutes": 10, "second_factor_for_all": True}
    clinics.change(clinic, changed, by=SYSTEM)
    assert browser.get(DESKS).status_code == 200
    later(2 * MINUTE)
    assert browser.get(DESKS)["Location"] == "/account/"
    later(13 * MINUTE)
    assert browser.get("/account/")["Location"].startswith("/login/?ended=idle")


def test_a_log_in_that_was_forgotten_is_ended_from_elsewhere(
    clinic: Clinic, log_in: Callable[..., Browser]
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    forgotten, other, here = (log_in("nadia") for _number in range(3))
    page = here.text("/account/sessions/")
    named = re.findall(r'name="session" value="(\w+)"', page)
    assert len(named) == 2  # not where one is
    assert not any(one.session_key in page for one in UserSession.objects.all())
    here.post("/account/sessions/", {"session": named[-1]})
    assert [one.get(DESKS).status_code for one in (forgotten, other, here)] == [302, 200, 200]
    here.post("/account/sessions/")
    assert [one.get(DESKS).status_code for one in (other, here)] == [302, 200]


def test_nobody_ends_anothers(clinic: Clinic, log_in: Callable[..., Browser]) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    cast.user(clinic, "otto", Role.NURSE)
    theirs, elsewhere, mine = log_in("nadia"), log_in("nadia"), log_in("otto")
    [named] = re.findall(r'name="session" value="(\w+)"', theirs.text("/account/sessions/"))
    mine.post("/account/sessions/", {"session": named})
    assert [one.get(DESKS).status_code for one in (theirs, elsewhere)] == [200, 200]


def test_a_new_password_ends_all_of_them(clinic: Clinic, log_in: Callable[..., Browser]) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    elsewhere, here = log_in("nadia"), log_in("nadia")
    new = "another battery staple"
    typed = {"oldpassword": cast.PASSWORD, "password1": new, "password2": new}
    here.post("/account/password/", typed)
    assert [one.get(DESKS).status_code for one in (elsewhere, here)] == [302, 302]
    assert log_in("nadia", new).get(DESKS).status_code == 200
    assert Event.objects.filter(kind="password_changed").count() == 1
    postman.all_left()
    assert [letter.to for letter in mail.outbox] == [["nadia@example.org"]]


def test_a_forgotten_password(
    clinic: Clinic, log_in: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    elsewhere, browser = log_in("nadia"), Browser()
    monkeypatch.setattr(HttpRequest, "get_host", lambda _request: "evil.example")
    sent = {browser.post("/account/password/forgotten/", {"email": to})["Location"]
            for to in ("nadia@example.org", "nobody@example.org")}  # fmt: skip
    assert sent == {"/account/password/sent/"}
    postman.all_left()
    [letter] = mail.outbox  # nobody else gets one
    [link] = re.findall(r"http://127.0.0.1:8000(/account/password/key/\S+)", str(letter.body))
    monkeypatch.undo()

    form, new = browser.get(link)["Location"], "another battery staple"
    assert link not in form
    browser.post(form, {"password1": new, "password2": new})
    assert log_in("nadia", new).get(DESKS).status_code == 200
    assert elsewhere.get(DESKS).status_code == 302
    assert "This link is over" in Browser().text(link)


def test_pages_of_an_account_are_kept_by_nobody(
    clinic: Clinic, log_in: Callable[..., Browser]
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    browser = log_in("nadia")
    for page in ("/account/", "/account/sessions/", "/account/password/", "/logout/"):
        assert "no-store" in browser.get(page)["Cache-Control"], page
