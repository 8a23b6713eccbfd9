"""The patient's own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.actions import calling, issuing, tokens
from queues.models import Counter, Department, Patient, Token, Visit
from queues.rules.rights import SYSTEM
from queues.tests.views.conftest import Browser
from queues.tests.views.crowd import everybody_leaves, wait_in


@pytest.fixture
def token(asha: Patient, opd: Department) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


@pytest.fixture
def link(token: Token) -> str:
    return f"/t/{token.visit.secret}/"


def test_place_and_time_are_shown_but_no_name(browser: Browser, link: str) -> None:
    page = browser.text(link)
    assert "A-001" in page
    assert "You are next." in page
    assert "2 open counters" in page
    assert "Asha" not in page


def test_the_page_is_kept_and_listed_nowhere(browser: Browser, link: str) -> None:
    response = browser.get(link)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta http-equiv="refresh" content="20">' in response.content.decode()


def test_how_many_are_ahead(browser: Browser, opd: Department, asha: Patient, ben: Patient) -> None:
    issuing.issue(ben, opd, by=SYSTEM)
    mine = issuing.issue(asha, opd, by=SYSTEM)
    assert "1 person is ahead of you." in browser.text(f"/t/{mine.visit.secret}/")


def test_where_to_go_when_called(browser: Browser, link: str, desk_b: Counter) -> None:
    calling.call_next(desk_b, by=SYSTEM)
    page = browser.text(link)
    assert "Please go to counter" in page
    assert "<strong>2</strong>" in page


def test_a_pause_and_its_reason(browser: Browser, link: str, opd: Department) -> None:
    Department.objects.filter(pk=opd.pk).update(state="paused", state_reason="Fire drill")
    assert "Outpatients is paused. Fire drill" in browser.text(link)


def test_held_and_done(browser: Browser, link: str, token: Token) -> None:
    tokens.hold(token, by=SYSTEM)
    assert "You keep your place." in browser.text(link)
    tokens.cancel(token, by=SYSTEM)
    assert "You are done for now." in browser.text(link)


def test_the_stops_so_far(browser: Browser, link: str, token: Token, lab: Department) -> None:
    issuing.transfer(token, lab, by=SYSTEM)
    page = browser.text(link)
    assert "sent on" in page
    assert page.index("Laboratory") < page.index("So far today") < page.index("Outpatients")


def test_yesterdays_link_has_ended_politely(browser: Browser, link: str, token: Token) -> None:
    tokens.cancel(token, by=SYSTEM)
    _make_yesterdays(token)
    response = browser.get(link)
    assert response.status_code == 410
    assert "This number was for another day." in response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"


def test_whoever_still_waits_after_midnight_keeps_the_link(
    browser: Browser, link: str, token: Token
) -> None:
    _make_yesterdays(token)
    assert browser.get(link).status_code == 200


def test_an_unknown_secret_is_not_there(browser: Browser, db: None) -> None:
    response = browser.get("/t/unknown/")
    assert response.status_code == 404
    assert "There is nothing at this address." in response.content.decode()


def test_it_speaks_the_language_of_the_visit(browser: Browser, link: str) -> None:
    Visit.objects.update(language="ar")
    assert '<html lang="ar" dir="rtl">' in browser.text(link)


def test_the_number_of_queries_does_not_grow_with_the_queue(
    browser: Browser, link: str, opd: Department
) -> None:
    wait_in(opd, 5)
    few = _queries(browser, link)
    everybody_leaves()
    wait_in(opd, 500)
    assert _queries(browser, link) == few


def _make_yesterdays(token: Token) -> None:
    Visit.objects.update(day=token.visit.day - timedelta(days=1))


def _queries(browser: Browser, link: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        browser.text(link)
    return len(seen)
