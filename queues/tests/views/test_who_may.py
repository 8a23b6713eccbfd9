"""Who gets in where: the stranger, the colleague next door, nobody at all."""

from __future__ import annotations

import pytest

from queues.actions import issuing
from queues.models import Clinic, Department, Patient, Token
from queues.rules.rights import SYSTEM
from queues.rules.status import Status
from queues.tests.views.conftest import Browser

DESK = "/desk/main/OPD/"
PAGES = [DESK, f"{DESK}reception/", "/events/main/OPD/"]


@pytest.mark.parametrize("page", [*PAGES, "/desk/"])
def test_nobody_is_asked_to_log_in(browser: Browser, clinic: Clinic, page: str) -> None:
    assert browser.get(page)["Location"] == f"/login/?next={page}"


def test_after_a_log_in_nobody_lands_on_a_button(browser: Browser, clinic: Clinic) -> None:
    to = browser.send(f"{DESK}counters/1/next/")["Location"]
    assert to == f"/login/?next={DESK}"


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_does_not_learn_what_there_is(
    stranger: Browser, clinic: Clinic, page: str
) -> None:
    assert stranger.get(page).status_code == 404
    assert stranger.send(f"{DESK}counters/1/next/").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_laboratory_has_no_business_in_outpatients(
    lab_desk: Browser, opd: Department, page: str
) -> None:
    assert lab_desk.get(page).status_code == 403


@pytest.mark.parametrize(
    "button", ["counters/1/next/", "counters/1/", "state/", "reception/register/"]
)
def test_the_laboratory_presses_no_button_of_outpatients(
    lab_desk: Browser, opd: Department, button: str
) -> None:
    assert lab_desk.send(DESK + button).status_code == 403


def test_a_token_of_another_department_is_not_to_be_moved(
    lab_desk: Browser, opd: Department, asha: Patient
) -> None:
    token = issuing.issue(asha, opd, by=SYSTEM)
    path = f"/desk/main/LAB/tokens/{token.public_id}/"
    assert lab_desk.get(path).status_code == 404
    assert lab_desk.send(f"{path}move/", move="hold").status_code == 404
    assert Token.objects.get().status == Status.WAITING


def test_only_administrators_set_the_rules(desk: Browser, admin_desk: Browser) -> None:
    assert desk.get(f"{DESK}settings/").status_code == 403
    assert admin_desk.get(f"{DESK}settings/").status_code == 200


def test_a_strangers_patient_is_not_there(stranger: Browser, asha: Patient) -> None:
    assert stranger.get(f"/patients/{asha.public_id}/").status_code == 404


def test_the_list_of_departments_is_ones_own(desk: Browser, admin_desk: Browser) -> None:
    assert "/desk/main/LAB/" not in desk.text("/desk/")
    assert "/desk/main/OPD/" in desk.text("/desk/")
    assert "/desk/main/LAB/" in admin_desk.text("/desk/")


def test_a_form_without_its_key_is_not_ours(desk: Browser) -> None:
    assert desk.post(f"{DESK}counters/1/next/").status_code == 400


def test_staff_pages_are_kept_nowhere(desk: Browser) -> None:
    assert desk.get(DESK)["Cache-Control"] == "no-store"
