"""The kiosk as a machine: its help button, its paper, its full screen, its words for bad moments."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from queues.actions import calling, issuing
from queues.models import Alarm, Clinic, Counter, Event, Kind, Patient
from queues.rules.rights import SYSTEM
from queues.screens.alarms import latest
from queues.tests.views.at_kiosk import KIOSK, NEW, AtKiosk, later, stands_at


@pytest.fixture
def kiosk(clinic: Clinic) -> AtKiosk:
    return AtKiosk()


def every_page(kiosk: AtKiosk) -> dict[str, str]:
    """Each page as a patient meets it."""
    pages = {"start": kiosk.text(KIOSK)}
    kiosk.choose()
    for question, answer in {**NEW, "need": "OPD", "about": "nothing"}.items():
        pages[question] = kiosk.ask(question)
        kiosk.answer(question, answer)
    return {**pages, "ticket": kiosk.ask("ticket"), "help": kiosk.ask("help")}


def test_every_page_can_call_help_be_left_and_say_that_it_is_not_connected(kiosk: AtKiosk) -> None:
    for name, page in every_page(kiosk).items():
        assert (f'action="{KIOSK}help/"' in page) == (name != "help"), name
        assert f'action="{KIOSK}start-again/"' in page
        assert "This kiosk is not connected." in page
        assert f'data-here="{KIOSK}here/"' in page
        assert page.count('id="main"') == 1


def test_every_page_works_without_script_and_has_none_of_its_own(kiosk: AtKiosk) -> None:
    for page in every_page(kiosk).values():
        assert page.count("<script") == page.count('<script type="module" src=') == 1
        assert "style=" not in page
        assert "onclick" not in page
        assert "https://" not in page


def test_pages_are_timed_once_somebody_began(kiosk: AtKiosk) -> None:
    pages = every_page(kiosk)
    assert "data-idle" not in pages["start"]
    assert 'data-idle="60" data-warning="20"' in pages["name"]
    assert 'data-closes="45"' in pages["ticket"]
    assert 'http-equiv="refresh"' not in pages["start"]
    assert '<noscript><meta http-equiv="refresh"' in pages["name"]


def test_with_one_language_the_first_question_rests_until_it_is_answered(
    kiosk: AtKiosk, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It asks nobody whether they are there; and however late, the first touch counts."""
    Clinic.objects.filter(pk=clinic.pk).update(languages=["en"])
    assert stands_at(kiosk.get(KIOSK), "who")
    resting = kiosk.ask("who")
    assert "data-idle" not in resting
    assert 'http-equiv="refresh"' not in resting
    later(monkeypatch, minutes=60)
    assert stands_at(kiosk.answer("who", "new"), "name")
    assert 'data-idle="60"' in kiosk.ask("name")
    assert 'data-idle="60"' in kiosk.ask("who"), "whoever went back is still there"


# Help.


def test_help_rings_at_the_desks(kiosk: AtKiosk, clinic: Clinic) -> None:
    assert stands_at(kiosk.send(f"{KIOSK}help/"), "help")
    assert latest(clinic, timezone.now()) is not None
    assert Event.objects.filter(kind=Kind.HELP_CALLED, origin="kiosk").count() == 3
    page = kiosk.ask("help")
    assert "Help has been called." in page
    assert "Please go to a member of staff now." in page


def test_pressed_again_and_again_one_alarm_rings(kiosk: AtKiosk) -> None:
    for _press in range(3):
        kiosk.send(f"{KIOSK}help/")
    assert Alarm.objects.count() == 1


def test_to_look_at_the_page_calls_nobody(kiosk: AtKiosk, clinic: Clinic) -> None:
    kiosk.get(f"{KIOSK}help/")
    assert latest(clinic, timezone.now()) is None


def test_who_pressed_it_by_mistake_goes_on_where_they_were(kiosk: AtKiosk) -> None:
    kiosk.go_through(language="ar", who="new", name="Dora")
    kiosk.send(f"{KIOSK}help/")
    page = kiosk.ask("help")
    assert f'href="{KIOSK}phone/"' in page
    assert 'dir="rtl"' in page


# The ticket.


def test_the_ticket_says_all_that_is_needed(kiosk: AtKiosk, asha: Patient) -> None:
    kiosk.arrive()
    page = kiosk.ask("ticket")
    assert "A-001" in page
    assert "Outpatients" in page
    assert "Your place" in page
    assert "Your wait" in page
    assert 'class="qr"' in page
    assert "data-print>" in page
    assert "Done" in page


def test_who_was_called_already_is_sent_there(
    kiosk: AtKiosk, asha: Patient, desk_a: Counter
) -> None:
    issuing.issue(asha, desk_a.department, by=SYSTEM)
    calling.call_next(desk_a, by=SYSTEM)
    kiosk.go_through(who="card", card=asha.number, need="OPD", about="nothing")
    assert "Please go to counter 1 now." in kiosk.ask("ticket")


def test_a_machine_that_is_told_so_prints_by_itself_and_once(kiosk: AtKiosk) -> None:
    kiosk.get(KIOSK, {"autoprint": "1"})
    for _patient in range(2):
        kiosk.arrive()
        assert "data-prints-itself" in kiosk.ask("ticket")
        assert "data-prints-itself" not in kiosk.ask("ticket")  # loaded again
    kiosk.get(KIOSK, {"autoprint": "0"})
    kiosk.arrive()
    assert "data-prints-itself" not in kiosk.ask("ticket")


def test_a_machine_prints_by_itself_however_long_nobody_came(
    kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.get(KIOSK, {"autoprint": "1"})
    kiosk.choose()
    later(monkeypatch, minutes=6)
    kiosk.arrive()
    assert "data-prints-itself" in kiosk.ask("ticket")


def test_paper_is_80_mm_wide_and_holds_the_ticket_alone() -> None:
    found = finders.find("css/kiosk.css")
    assert isinstance(found, str)
    with open(found) as css:
        printed = css.read().split("@media print")[1]
    assert "@page { size: 80mm" in printed
    assert "body.kiosk > :not(main) { display: none; }" in printed


# Full screen.


def test_it_can_be_installed_as_an_app_of_its_own(kiosk: AtKiosk) -> None:
    assert f'<link rel="manifest" href="{KIOSK}manifest.webmanifest">' in kiosk.text(KIOSK)
    response: Any = kiosk.get(f"{KIOSK}manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    facts = json.loads(response.content)
    assert (facts["start_url"], facts["scope"]) == (KIOSK, KIOSK)
    assert facts["display"] == "fullscreen"
    assert "Main Clinic" in facts["name"]
    for icon in facts["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


def test_a_clinic_that_is_none(db: None) -> None:
    for page in ("", "who/", "ticket/", "help/", "manifest.webmanifest"):
        assert Client().get(f"/kiosk/nowhere/{page}").status_code == 404
