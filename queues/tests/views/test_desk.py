"""What the desk shows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.actions import calling, issuing, tokens
from queues.models import Counter, Department, Patient, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import cast
from queues.tests.views.conftest import Browser
from queues.tests.views.crowd import everybody_leaves, wait_in

DESK = "/desk/main/OPD/"


@pytest.fixture
def ashas(asha: Patient, opd: Department) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


def test_who_waits_is_shown_with_the_reason_of_their_place(
    desk: Browser, ashas: Token, ben: Patient, opd: Department
) -> None:
    issuing.issue(ben, opd, by=SYSTEM, priority=Priority.PAID)
    page = desk.text(DESK)
    assert page.index("A-002") < page.index("A-001")
    assert "Placed as if here 45 minutes earlier." in page
    assert "In order of arrival." in page


def test_an_emergency_says_why_it_is_first(desk: Browser, opd: Department, asha: Patient) -> None:
    issuing.issue(asha, opd, by=SYSTEM, priority=Priority.EMERGENCY)
    page = desk.text(DESK)
    assert "Goes before everybody else." in page
    assert ">emergency</span>" in page


def test_who_is_called_and_served_is_shown_at_their_counter(
    desk: Browser, ashas: Token, desk_a: Counter
) -> None:
    calling.call_next(desk_a, by=SYSTEM)
    page = desk.text(DESK)
    assert "Nobody is waiting." in page
    assert "Act for A-001" in page


def test_held_and_not_come_have_their_lists(
    desk: Browser, ashas: Token, ben: Patient, opd: Department, desk_a: Counter
) -> None:
    tokens.hold(ashas, by=SYSTEM)
    issuing.issue(ben, opd, by=SYSTEM)
    tokens.no_show(calling.call_next(desk_a, by=SYSTEM), by=SYSTEM)
    page = desk.text(DESK)
    assert 'value="resume"' in page
    assert 'value="return"' in page


def test_a_patient_in_other_hands_is_marked(
    desk: Browser, ashas: Token, asha: Patient, lab: Department
) -> None:
    issuing.issue(asha, lab, by=SYSTEM)
    calling.call_next(cast.counter(lab, "1"), by=SYSTEM)
    assert "in Laboratory now" in desk.text(DESK)


def test_one_number_shows_its_buttons_and_its_history(desk: Browser, ashas: Token) -> None:
    tokens.hold(ashas, by=SYSTEM, note="toilet")
    page = desk.text(f"{DESK}tokens/{ashas.public_id}/")
    assert 'value="resume"' in page
    assert 'value="priority"' in page
    assert 'value="start"' not in page
    assert "toilet" in page
    assert "A-001 is on hold." in page


def test_fifty_rows_are_enough_until_one_asks_for_all(desk: Browser, opd: Department) -> None:
    wait_in(opd, 53)
    page = desk.text(DESK)
    assert page.count('id="row-') == 50
    assert "3 more wait: show all" in page
    assert desk.text(f"{DESK}?all=1").count('id="row-') == 53


def test_the_number_of_queries_does_not_grow_with_the_queue(desk: Browser, opd: Department) -> None:
    wait_in(opd, 5)
    few = _queries(desk)
    everybody_leaves()
    wait_in(opd, 500)
    assert _queries(desk) == few


def _queries(desk: Browser) -> int:
    with CaptureQueriesContext(connection) as seen:
        desk.text(DESK)
    return len(seen)
