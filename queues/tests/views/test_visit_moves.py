"""What a patient does on their page: late, back, cancel, another language."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client

from queues.actions import calling, issuing
from queues.models import Clinic, Counter, Department, Event, Kind, Patient, Token, Visit
from queues.rules.rights import SYSTEM
from queues.rules.status import Status
from queues.tests.views.conftest import Browser

ONCE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def token(asha: Patient, opd: Department) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


@pytest.fixture
def link(token: Token) -> str:
    return f"/t/{token.visit.secret}/"


def status_of(token: Token) -> str:
    return Token.objects.get(pk=token.pk).status


def test_late_and_back(browser: Browser, link: str, token: Token) -> None:
    answer = browser.send(f"{link}late/", token=token.public_id)
    assert (answer.status_code, answer["Location"]) == (303, link)
    assert status_of(token) == Status.ON_HOLD
    assert "I&#x27;m back" in browser.text(link) or "I'm back" in browser.text(link)
    browser.send(f"{link}back/", token=token.public_id)
    assert status_of(token) == Status.WAITING


def test_the_place_is_given_up_only_when_asked_twice(
    browser: Browser, link: str, token: Token
) -> None:
    asked = browser.text(f"{link}cancel/?token={token.public_id}")
    assert "Do you really want to give up your place?" in asked
    assert status_of(token) == Status.WAITING
    browser.send(f"{link}cancel/", token=token.public_id)
    assert status_of(token) == Status.CANCELLED
    assert "This place has been given up." in browser.text(link)


def test_a_double_click_acts_once(browser: Browser, link: str, token: Token) -> None:
    for _click in range(2):
        answer = browser.send(f"{link}late/", once=ONCE, token=token.public_id)
        assert answer.status_code == 303
    assert Event.objects.filter(kind=Kind.HELD).count() == 1


def test_what_came_too_late_is_said_and_the_page_is_shown(
    browser: Browser, link: str, token: Token, desk_a: Counter
) -> None:
    calling.call_next(desk_a, by=SYSTEM)
    answer = browser.send(f"{link}late/", token=token.public_id)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This is no longer possible. A-001 is called at counter 1." in page
    assert "It is your turn!" in page
    assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("act", ["late", "back", "cancel", "language"])
def test_a_page_that_a_form_left_behind_can_be_loaded_anew(
    browser: Browser, link: str, act: str
) -> None:
    assert browser.get(f"{link}{act}/")["Location"] == link


def test_another_patients_number_is_not_theirs(
    browser: Browser, link: str, opd: Department, ben: Patient
) -> None:
    other = issuing.issue(ben, opd, by=SYSTEM)
    for act in ("late", "cancel"):
        answer = browser.send(f"{link}{act}/", token=other.public_id)
        assert answer.status_code == 404
        assert "ask the reception" in answer.content.decode()
    assert status_of(other) == Status.WAITING


@pytest.mark.parametrize("token_id", ["", "nonsense"])
def test_a_form_without_a_number_moves_nothing(
    browser: Browser, link: str, token: Token, token_id: str
) -> None:
    assert browser.send(f"{link}late/", token=token_id).status_code == 404
    assert status_of(token) == Status.WAITING


def test_forms_of_a_page_without_referrer_arrive_over_https(
    settings: LazySettings, link: str, token: Token
) -> None:
    """A browser sends them with `Origin: null` and no Referer. The address is the secret."""
    settings.SECURE_SSL_REDIRECT = True
    phone = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    sent = {"once": ONCE, "token": str(token.public_id)}
    assert phone.post(f"{link}late/", sent, secure=True).status_code == 303
    assert status_of(token) == Status.ON_HOLD


def test_a_wrong_link_moves_nothing(browser: Browser, token: Token) -> None:
    answer = browser.send("/t/unknown/late/", token=token.public_id)
    assert answer.status_code == 404
    assert status_of(token) == Status.WAITING


def test_the_page_speaks_the_language_that_was_chosen(browser: Browser, link: str) -> None:
    Clinic.objects.update(languages=["en", "ar"])
    assert "العربية" in browser.text(link)
    answer = browser.send(f"{link}language/", language="ar")
    assert answer["Location"] == link
    assert '<html lang="ar" dir="rtl">' in browser.text(link)


def test_a_language_that_the_clinic_does_not_have(browser: Browser, link: str) -> None:
    Clinic.objects.update(languages=["en", "ar"])
    answer = browser.send(f"{link}language/", language="xx")
    assert answer.status_code == 422
    assert "Please choose one of the languages that are shown." in answer.content.decode()
    assert Visit.objects.get().language == ""


def test_a_clinic_of_one_language_offers_no_choice(browser: Browser, link: str) -> None:
    Clinic.objects.update(languages=["en"])
    assert "visit-language" not in browser.text(link)
    assert "tongues" not in browser.text(link)
