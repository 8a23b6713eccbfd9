"""The patient's own page."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.actions import calling, issuing, tokens
from queues.models import Counter, Department, Patient, Token, Visit
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.screens import boards, passes
from queues.screens.passes import Pass, Screen
from queues.tests import cast
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
    assert "You are next. Please stay close." in page
    assert "Nobody is ahead of you." in page
    assert "Asha" not in page


def test_the_page_is_kept_and_listed_nowhere(browser: Browser, link: str) -> None:
    response = browser.get(link)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert response.cookies == {}


def test_it_renews_itself_where_scripts_do_not_run(browser: Browser, link: str) -> None:
    refresh = '<meta http-equiv="refresh" content="20">'
    assert f"<noscript>{refresh}</noscript>" in browser.text(link)


def test_how_many_are_ahead(browser: Browser, opd: Department, asha: Patient, ben: Patient) -> None:
    issuing.issue(ben, opd, by=SYSTEM)
    mine = issuing.issue(asha, opd, by=SYSTEM)
    assert "1 person is ahead of you." in browser.text(f"/t/{mine.visit.secret}/")


def test_where_to_go_when_called(browser: Browser, link: str, desk_b: Counter) -> None:
    calling.call_next(desk_b, by=SYSTEM)
    page = browser.text(link)
    assert "Please go to counter" in page
    assert "<strong><bdi>2</bdi></strong>" in page
    assert "<title>A-001: please go to counter 2</title>" in page
    assert 'class="visit is-called"' in page


def test_the_room_has_its_name(browser: Browser, link: str, desk_b: Counter) -> None:
    Counter.objects.filter(pk=desk_b.pk).update(name="Room 12")
    calling.call_next(cast.counter(desk_b.department, "2"), by=SYSTEM)
    assert "Room 12" in browser.text(link)


def test_a_pause_and_its_reason(browser: Browser, link: str, opd: Department) -> None:
    Department.objects.filter(pk=opd.pk).update(state="paused", state_reason="Fire drill")
    assert "Outpatients is paused. Fire drill" in browser.text(link)


def test_nobody_learns_why_a_number_goes_first(
    browser: Browser, opd: Department, asha: Patient
) -> None:
    urgent = issuing.issue(asha, opd, by=SYSTEM, priority=Priority.ELDERLY)
    page = browser.text(f"/t/{urgent.visit.secret}/")
    assert "Your number goes before some others." in page
    for word in ("elderly", "pregnant", "disabled"):
        assert word not in page.lower()


def test_how_it_ended(browser: Browser, link: str, token: Token, desk_a: Counter) -> None:
    tokens.hold(token, by=SYSTEM)
    assert "You keep your place." in browser.text(link)
    tokens.cancel(token, by=SYSTEM)
    assert "This place has been given up." in browser.text(link)


def test_who_was_not_seen_may_still_come(
    browser: Browser, link: str, token: Token, desk_a: Counter
) -> None:
    called = calling.call_next(desk_a, by=SYSTEM)
    tokens.no_show(called, by=SYSTEM)
    assert "your number can be called again" in browser.text(link)


def test_done_for_now(browser: Browser, link: str, token: Token, desk_a: Counter) -> None:
    tokens.complete(calling.call_next(desk_a, by=SYSTEM), by=SYSTEM)
    assert "You are done for now." in browser.text(link)


def test_the_stops_so_far(browser: Browser, link: str, token: Token, lab: Department) -> None:
    issuing.transfer(token, lab, by=SYSTEM)
    page = browser.text(link)
    assert "sent on" in page
    assert page.index("Laboratory") < page.index("Your way today") < page.index("Outpatients")


def test_two_places_at_once_each_with_its_own_buttons(
    browser: Browser, link: str, token: Token, lab: Department
) -> None:
    second = issuing.issue(token.visit.patient, lab, by=SYSTEM)
    page = browser.text(link)
    for one in (token, second):
        assert page.count(f'value="{one.public_id}"') == 1
        assert f"cancel/?token={one.public_id}" in page


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
    page = response.content.decode()
    assert "ask the reception" in page
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"


def test_it_speaks_the_language_of_the_visit(browser: Browser, link: str) -> None:
    Visit.objects.update(language="ar")
    assert '<html lang="ar" dir="rtl">' in browser.text(link)


def test_the_live_pass_is_for_its_departments_and_its_own_label(
    browser: Browser, link: str, opd: Department
) -> None:
    found = re.search('data-pass="([^"]+)"', browser.text(link))
    assert found
    signed = passes.read(html.unescape(found[1]))
    assert signed == Pass(Screen.PHONE, (opd.public_id,), "en", "A-001")


def test_the_number_of_queries_does_not_grow_with_the_queue(
    browser: Browser, link: str, opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "RENEWED_AFTER", timedelta(0))  # each look reads the board anew
    browser.text(link)  # from now on there is a board to compare with
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
