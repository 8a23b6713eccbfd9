"""Whoever stands at the kiosk next finds nothing of who stood there before."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session

from queues.actions import clock
from queues.models import Clinic, Patient
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.views.at_kiosk import KIOSK, NEW, AtKiosk, later, stands_at

STEPS = ["who", "by", "name", "phone", "birth", "age", "card", "appointment", "need"]
STEPS += ["doctor", "about", "ticket"]
PERSONAL = ("Dora", "98450 12345", "1986")


@pytest.fixture
def kiosk(clinic: Clinic) -> AtKiosk:
    return AtKiosk()


def assert_nothing_is_left(kiosk: AtKiosk) -> None:
    """Back and refresh lead to the beginning, and the session knows nobody."""
    for step in STEPS:
        assert kiosk.get(f"{KIOSK}{step}/")["Location"] == KIOSK, step
    kept = str(dict(kiosk.session))
    assert not any(fact in kept for fact in PERSONAL)
    page = kiosk.text(KIOSK)
    assert not any(fact in page for fact in PERSONAL)


def test_start_again_wipes(kiosk: AtKiosk) -> None:
    kiosk.go_through(**NEW, need="OPD")
    assert kiosk.send(f"{KIOSK}start-again/")["Location"] == KIOSK
    assert_nothing_is_left(kiosk)


def test_the_number_wipes_what_was_typed(kiosk: AtKiosk) -> None:
    kiosk.arrive()
    assert not any(fact in str(dict(kiosk.session)) for fact in PERSONAL)
    kiosk.send(f"{KIOSK}start-again/")
    assert_nothing_is_left(kiosk)


def test_the_first_page_ends_the_ticket(kiosk: AtKiosk) -> None:
    kiosk.arrive()
    kiosk.get(KIOSK)
    assert_nothing_is_left(kiosk)


def test_back_from_the_ticket_leads_to_the_ticket(kiosk: AtKiosk) -> None:
    """Its patient still stands there: their number is not taken from them."""
    kiosk.arrive()
    for step in STEPS[:-1]:
        assert stands_at(kiosk.get(f"{KIOSK}{step}/"), "ticket")


def test_a_half_filled_visit_left_alone_disappears(
    kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.go_through(**NEW)
    later(monkeypatch, minutes=6)
    assert_nothing_is_left(kiosk)


@pytest.mark.parametrize("about", [{}, {"need": "OPD", "about": "nothing"}])
def test_it_is_forgotten_even_if_the_machine_never_asks_again(
    kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch, about: dict[str, str]
) -> None:
    """With a number in the hand or without: a plug may be pulled at any time."""
    kiosk.go_through(**NEW, **about)
    later(monkeypatch, minutes=6)
    clock.forget_sessions()
    assert not Session.objects.exists()


@pytest.mark.parametrize("about", [{}, {"need": "OPD", "about": "nothing"}])
def test_a_session_that_knows_nobody_lasts_as_others_do(
    kiosk: AtKiosk, settings: LazySettings, about: dict[str, str]
) -> None:
    kiosk.go_through(**NEW, **about)
    assert kiosk.session.get_expiry_age() == 300
    kiosk.send(f"{KIOSK}start-again/")
    assert kiosk.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_a_touch_keeps_it(kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk.go_through(who="new", name="Dora Diaz")
    for _wait in range(3):
        later(monkeypatch, minutes=4)
        assert kiosk.send(f"{KIOSK}here/").status_code == 204
    assert 'value="Dora Diaz"' in kiosk.ask("name")


def test_to_ask_whether_the_server_is_there_keeps_nothing(
    kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.go_through(**NEW)
    for _wait in range(3):
        later(monkeypatch, minutes=4)
        assert kiosk.get(f"{KIOSK}here/").status_code == 204
    assert_nothing_is_left(kiosk)


def test_a_ticket_left_alone_disappears(kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk.arrive()
    later(monkeypatch, minutes=4)
    assert_nothing_is_left(kiosk)


def test_another_machine_sees_nothing(kiosk: AtKiosk) -> None:
    kiosk.go_through(**NEW)
    assert_nothing_is_left(AtKiosk())
    kiosk.arrive()
    assert_nothing_is_left(AtKiosk())


def test_the_next_patients_form_is_empty(kiosk: AtKiosk) -> None:
    kiosk.arrive()
    kiosk.go_through(who="new")
    assert "Dora" not in kiosk.ask("name")


def test_a_draft_of_an_older_program_is_dropped(kiosk: AtKiosk) -> None:
    kept = kiosk.session
    kept["kiosk-draft"] = {"clinic": "main", "name": "Dora"}
    kept.save()
    assert_nothing_is_left(kiosk)


@pytest.mark.parametrize("step", ["", "who/", "name/", "phone/", "birth/", "need/", "about/"])
def test_no_page_is_kept(kiosk: AtKiosk, step: str) -> None:
    kiosk.go_through(**NEW, need="OPD")
    assert kiosk.get(KIOSK + step)["Cache-Control"] == "no-store"


def test_nor_is_the_ticket_or_an_answer(kiosk: AtKiosk) -> None:
    assert kiosk.arrive()["Cache-Control"] == "no-store"
    assert kiosk.get(f"{KIOSK}ticket/")["Cache-Control"] == "no-store"


def test_no_address_and_no_ticket_names_anybody(kiosk: AtKiosk) -> None:
    kiosk.choose()
    for question, answer in {**NEW, "need": "OPD", "about": "nothing"}.items():
        to = kiosk.answer(question, answer)["Location"]
        assert not any(fact in to for fact in PERSONAL)
    page = kiosk.ask("ticket")
    assert "Dora" not in page
    assert Patient.objects.get().number not in page
    assert "/t/" not in page  # only in the picture


def test_a_member_of_staff_who_tries_it_stays_logged_in(kiosk: AtKiosk, clinic: Clinic) -> None:
    kiosk.force_login(cast.user(clinic, "nadia", Role.NURSE))
    kiosk.arrive()
    kiosk.send(f"{KIOSK}start-again/")
    assert kiosk.get("/desk/").status_code == 200
