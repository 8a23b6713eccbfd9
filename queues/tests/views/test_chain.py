"""The page on which somebody sees that today's history is whole."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from queues.actions import heads
from queues.models import Clinic, DayBook, Department
from queues.screens.heads import path_of
from queues.screens.whole_today import whole_today
from queues.tests import cast
from queues.tests.story import people, waiting, yesterday
from queues.tests.views.conftest import Browser

PAGE = "/events/?clinic=main"


@pytest.fixture
def a_morning(clinic: Clinic, opd: Department, lab: Department) -> DayBook:
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, opd)
        waiting(patient, lab)
    return DayBook.objects.select_related("clinic").get(department=opd)


def test_a_whole_day_is_said_to_be_whole(admin_desk: Browser, a_morning: DayBook) -> None:
    # one founding and two registrations; two numbers in each of two departments
    page = admin_desk.text(PAGE)
    assert "Yes. All 7 entries of today are as they were written." in page
    assert "Nothing of today was signed outside of the database so far" in page
    assert page.count("not signed yet") == 3


def test_it_says_what_it_was_held_against(
    admin_desk: Browser, a_morning: DayBook, opd: Department
) -> None:
    heads.sign_heads()
    waiting(cast.patient(opd.clinic, "Chen"), opd)
    page = admin_desk.text(PAGE)
    assert f"{a_morning.head[:16]}…" in page
    assert "Yes. All 9 entries" in page
    assert page.count("1 since") == 2, "in the department's ledger and in the clinic's own"


def test_what_was_changed_is_named(admin_desk: Browser, a_morning: DayBook) -> None:
    heads.sign_heads()
    a_morning.events.filter(seq=2).update(counter="9")
    page = admin_desk.text(PAGE)
    assert "No. Somebody changed what was written today." in page
    assert "event 2 was changed" in page
    assert page.count("not whole") == 1


def test_a_ledger_that_is_gone_is_named(admin_desk: Browser, a_morning: DayBook) -> None:
    heads.sign_heads()
    a_morning.events.all().delete()
    a_morning.tokens.all().delete()
    a_morning.delete()
    page = admin_desk.text(PAGE)
    assert "the ledger is gone, whose event 2 was signed" in page
    assert "No. Somebody" in page


def test_a_head_that_was_forged_is_told(admin_desk: Browser, a_morning: DayBook) -> None:
    heads.sign_heads()
    path = path_of("main", a_morning.day)
    path.write_text(path.read_text().replace('"seq":2', '"seq":1'))
    page = admin_desk.text(PAGE)
    assert "its signature does not hold" in page
    assert "No. Somebody" in page


def test_a_day_without_entries_is_whole(admin_desk: Browser, clinic: Clinic) -> None:
    yesterday(clinic)
    assert "Yes. All 0 entries" in admin_desk.text(PAGE)


def test_it_costs_the_same_in_ten_years(
    a_morning: DayBook, clinic: Clinic, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Three queries a ledger of today, and nothing of the days before."""
    now = a_morning.events.get(seq=1).at
    with django_assert_num_queries(1 + 3 * 3):
        assert whole_today(clinic, now)["entries"] == 7


def test_it_is_for_those_who_answer_for_it(
    desk: Browser, stranger: Browser, browser: Browser, opd: Department
) -> None:
    assert desk.get(PAGE).status_code == 403
    assert stranger.get(PAGE).status_code == 404
    assert browser.get(PAGE)["Location"] == "/login/?next=/events/%3Fclinic%3Dmain"


def test_the_history_leads_there_whoever_may_go(
    desk: Browser, admin_desk: Browser, opd: Department
) -> None:
    assert f'href="{PAGE}"' in admin_desk.text("/events/main/OPD/")
    assert PAGE not in desk.text("/events/main/OPD/")
