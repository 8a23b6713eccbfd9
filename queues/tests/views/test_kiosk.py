"""A patient takes a number by the door."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from queues.models import Clinic, Department, Patient, Token
from queues.rules.priority import Priority
from queues.tests.views.conftest import Browser

KIOSK = "/kiosk/main/"
NEW = {"name": "Dora Diaz", "phone": "98450 12345", "age": "40", "department": "OPD"}


@pytest.fixture
def kiosk(browser: Browser, clinic: Clinic) -> Browser:
    browser.get(KIOSK)
    return browser


def test_the_first_page_offers_new_and_returning(kiosk: Browser) -> None:
    page = kiosk.text(KIOSK)
    assert f'href="{KIOSK}new/"' in page
    assert f'href="{KIOSK}returning/"' in page
    assert "Laboratory" in page


def test_a_new_patient_gets_a_ticket(kiosk: Browser) -> None:
    response = kiosk.send(f"{KIOSK}new/", **NEW)
    assert response["Location"] == f"{KIOSK}ticket/"
    page = kiosk.text(f"{KIOSK}ticket/")
    assert "A-001" in page
    assert 'class="qr"' in page
    assert "Dora" not in page
    assert "/t/" not in page  # only in the picture


def test_a_returning_patient_gets_a_ticket(kiosk: Browser, asha: Patient) -> None:
    kiosk.send(f"{KIOSK}returning/", number=asha.number, department="LAB", elderly="on")
    token = Token.objects.get()
    assert (token.visit.patient, token.priority) == (asha, Priority.ELDERLY)
    assert token.issued_by is None


def test_a_double_tap_makes_one_token(kiosk: Browser) -> None:
    key = str(uuid4())
    for _tap in range(2):
        assert kiosk.send(f"{KIOSK}new/", once=key, **NEW)["Location"] == f"{KIOSK}ticket/"
    assert (Patient.objects.count(), Token.objects.count()) == (1, 1)


def test_the_next_patient_sees_nothing_of_the_one_before(kiosk: Browser) -> None:
    kiosk.send(f"{KIOSK}new/", **NEW)
    kiosk.get(KIOSK)
    assert kiosk.get(f"{KIOSK}ticket/")["Location"] == KIOSK
    assert "Dora" not in kiosk.text(f"{KIOSK}new/")


def test_going_back_to_a_form_ends_the_ticket(kiosk: Browser) -> None:
    kiosk.send(f"{KIOSK}new/", **NEW)
    kiosk.get(f"{KIOSK}new/")
    assert kiosk.get(f"{KIOSK}ticket/")["Location"] == KIOSK


def test_a_ticket_left_alone_disappears(kiosk: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    kiosk.send(f"{KIOSK}new/", **NEW)
    later = timezone.now() + timedelta(minutes=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert kiosk.get(f"{KIOSK}ticket/")["Location"] == KIOSK


def test_another_kiosk_sees_no_ticket(kiosk: Browser) -> None:
    kiosk.send(f"{KIOSK}new/", **NEW)
    assert Browser().get(f"{KIOSK}ticket/")["Location"] == KIOSK


@pytest.mark.parametrize("page", ["", "new/", "returning/"])
def test_no_page_of_the_kiosk_is_kept(kiosk: Browser, page: str) -> None:
    assert kiosk.get(KIOSK + page)["Cache-Control"] == "no-store"


def test_a_refused_form_keeps_what_was_typed(kiosk: Browser) -> None:
    response = kiosk.send(f"{KIOSK}new/", **{**NEW, "phone": "12"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="Dora Diaz"' in page
    assert 'aria-describedby="id_phone_error"' in page
    assert 'value="OPD"' in page
    assert "checked" in page


def test_whoever_is_not_found_is_told_so(kiosk: Browser) -> None:
    response = kiosk.send(
        f"{KIOSK}returning/", phone="98450 99999", birth_year="1990", department="OPD"
    )
    assert response.status_code == 404
    assert "We found nobody with these details." in response.content.decode()
    assert 'value="98450 99999"' in response.content.decode()


def test_who_waits_already_is_told_so(kiosk: Browser, asha: Patient) -> None:
    for _time in range(2):
        response = kiosk.send(f"{KIOSK}returning/", number=asha.number, department="OPD")
    assert response.status_code == 409
    assert "A-001 waits here already." in response.content.decode()


def test_a_paused_department_is_said_and_not_offered(kiosk: Browser, opd: Department) -> None:
    Department.objects.filter(pk=opd.pk).update(state="paused", state_reason="Fire drill")
    assert "paused: Fire drill" in kiosk.text(KIOSK)
    assert 'value="OPD"' not in kiosk.text(f"{KIOSK}new/")
    assert kiosk.send(f"{KIOSK}new/", **NEW).status_code == 422


def test_a_kiosk_gives_no_urgency(kiosk: Browser) -> None:
    kiosk.send(f"{KIOSK}new/", **NEW, priority="emergency")
    assert Token.objects.get().priority == Priority.WALK_IN


def test_an_old_persons_age_speaks_for_itself(kiosk: Browser) -> None:
    kiosk.send(f"{KIOSK}new/", **{**NEW, "age": "70"})
    assert Token.objects.get().priority == Priority.ELDERLY
