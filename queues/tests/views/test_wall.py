"""The wall of the waiting room."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.actions import calling, issuing
from queues.models import Clinic, Counter, Department, Patient
from queues.rules.rights import SYSTEM
from queues.tests.views.conftest import Browser
from queues.tests.views.crowd import everybody_leaves, wait_in

WALL = "/display/main/"


def test_who_is_called_who_is_next_and_no_name(
    browser: Browser, opd: Department, desk_b: Counter, asha: Patient, ben: Patient
) -> None:
    for patient in (asha, ben):
        issuing.issue(patient, opd, by=SYSTEM)
    calling.call_next(desk_b, by=SYSTEM)
    page = browser.text(f"{WALL}?departments=OPD")
    assert '<th scope="row">A-001</th><td>2</td>' in page
    assert "<li>A-002</li>" in page
    assert "<strong>1</strong> waiting" in page
    assert "Asha" not in page
    assert "Ben" not in page


def test_no_more_than_five_are_next(browser: Browser, opd: Department) -> None:
    wait_in(opd, 8)
    page = browser.text(f"{WALL}?departments=OPD")
    assert page.count("<li>A-9") == 5
    assert "<strong>8</strong> waiting" in page


def test_a_paused_department_says_why(browser: Browser, opd: Department) -> None:
    Department.objects.filter(pk=opd.pk).update(state="paused", state_reason="Fire drill")
    assert "Outpatients is paused. Fire drill" in browser.text(WALL)


def test_some_departments_or_all(browser: Browser, clinic: Clinic) -> None:
    every = browser.text(WALL)
    assert all(name in every for name in ("Outpatients", "Laboratory", "Pharmacy"))
    some = browser.text(f"{WALL}?departments=opd,LAB")
    assert "Laboratory" in some
    assert "Pharmacy" not in some
    assert browser.get(f"{WALL}?departments=KITCHEN").status_code == 404
    assert browser.get("/display/nowhere/").status_code == 404


def test_it_renews_itself_and_says_how_old_it_is(browser: Browser, clinic: Clinic) -> None:
    page = browser.text(WALL)
    assert '<meta http-equiv="refresh" content="5">' in page
    assert "Updated at" in page


def test_the_number_of_queries_does_not_grow_with_the_queue(
    browser: Browser, opd: Department
) -> None:
    wait_in(opd, 5)
    few = _queries(browser)
    everybody_leaves()
    wait_in(opd, 500)
    assert _queries(browser) == few


def _queries(browser: Browser) -> int:
    with CaptureQueriesContext(connection) as seen:
        browser.text(WALL)
    return len(seen)
