"""Each person finds their door."""

from __future__ import annotations

import pytest

from queues.models import Clinic
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.views.conftest import Browser


def test_the_front_page_leads_to_every_door(browser: Browser, clinic: Clinic) -> None:
    page = browser.text("/")
    for door in ("/kiosk/main/", "/display/main/", "/desk/", "/docs"):
        assert f'href="{door}"' in page


def test_the_front_page_of_an_empty_house_says_so(browser: Browser, db: None) -> None:
    assert "There is no clinic yet." in browser.text("/")


@pytest.mark.parametrize(
    ("short", "leads_to"),
    [
        ("/staff", "/desk/"),
        ("/staff/", "/desk/"),
        ("/display", "/display/main/"),
        ("/display/", "/display/main/"),
        ("/docs", "/api/docs"),
        ("/docs/", "/api/docs"),
    ],
)
def test_short_addresses_lead_on(
    browser: Browser, clinic: Clinic, short: str, leads_to: str
) -> None:
    assert browser.get(short)["Location"] == leads_to


def test_whoever_lost_their_page_is_told_whom_to_ask(browser: Browser, clinic: Clinic) -> None:
    assert "ask the reception" in browser.text("/")


def test_each_clinic_has_its_doors_and_staff_have_one(browser: Browser, clinic: Clinic) -> None:
    cast.clinic("other")
    page = browser.text("/")
    for door in ("/kiosk/main/", "/kiosk/other/", "/display/main/", "/display/other/"):
        assert f'href="{door}"' in page
    assert page.count('href="/desk/"') == 1


def test_with_two_clinics_the_wall_has_to_be_chosen(browser: Browser, clinic: Clinic) -> None:
    cast.clinic("other")
    assert browser.get("/display")["Location"] == "/"


def test_log_in_and_out(browser: Browser, clinic: Clinic) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    wrong = browser.post("/login/", {"login": "nadia", "password": "no"})
    assert 'role="alert"' in wrong.content.decode()
    right = browser.post("/login/", {"login": "nadia", "password": cast.PASSWORD})
    assert right["Location"] == "/desk/"
    assert browser.post("/logout/")["Location"] == "/"
    assert browser.get("/desk/")["Location"] == "/login/?next=/desk/"


def test_a_page_names_its_language_and_direction(browser: Browser, clinic: Clinic) -> None:
    assert '<html lang="en" dir="ltr">' in browser.text("/")
    arabic = browser.get("/", headers={"accept-language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in arabic


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [("/favicon.ico", "/static/mark.svg"), ("/api/docs/", "/api/docs")],
)
def test_what_browsers_and_fingers_try_leads_on(
    browser: Browser, db: None, asked: str, leads_to: str
) -> None:
    response = browser.get(asked)
    assert (response.status_code, response["Location"]) == (302, leads_to)


def test_search_engines_are_sent_away(browser: Browser, db: None) -> None:
    assert "Disallow: /" in browser.text("/robots.txt")
