"""Finding somebody of today at the desk."""

from __future__ import annotations

import pytest

from queues.actions import calling, issuing, tokens
from queues.models import Clinic, Counter, Department, Patient, Token
from queues.rules.rights import SYSTEM
from queues.tests import cast
from queues.tests.story import yesterday
from queues.tests.views.conftest import Browser

FIND = "/desk/main/OPD/find/"


@pytest.fixture
def ashas(asha: Patient, opd: Department) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


def found(desk: Browser, text: str) -> str:
    answer = desk.post(FIND, {"search": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("by", ["A-001", "a-001", "001", "ash", "ASHA"])
def test_by_number_or_part_of_a_name(desk: Browser, ashas: Token, by: str) -> None:
    part = found(desk, by)
    assert "A-001 is waiting." in part
    assert 'value="hold"' in part
    assert "<html" not in part


def test_by_phone_and_patient_number(desk: Browser, ashas: Token, asha: Patient) -> None:
    for by in (asha.phone[-8:], asha.number):
        assert "A-001 is waiting." in found(desk, by)
    assert "A-001" not in found(desk, "000")


def test_in_any_state_with_the_buttons_that_make_sense(
    desk: Browser, ashas: Token, desk_a: Counter
) -> None:
    tokens.no_show(calling.call_next(desk_a, by=SYSTEM), by=SYSTEM)
    part = found(desk, "asha")
    assert "A-001 is absent." in part
    assert 'value="return"' in part
    assert 'value="call"' not in part


def test_not_of_another_day_nor_of_another_department(
    desk: Browser, ashas: Token, clinic: Clinic, lab: Department, ben: Patient, desk_a: Counter
) -> None:
    issuing.issue(ben, lab, by=SYSTEM)
    assert "Nobody of today fits." in found(desk, "ben")
    tokens.complete(calling.call_next(desk_a, by=SYSTEM), by=SYSTEM)
    yesterday(clinic)
    assert "Nobody of today fits." in found(desk, "asha")


def test_nothing_typed_finds_nothing_and_says_nothing(desk: Browser, ashas: Token) -> None:
    assert found(desk, " ").strip() == ""


def test_without_javascript_the_whole_page_comes_with_what_was_typed(
    desk: Browser, ashas: Token
) -> None:
    page = desk.post(FIND, {"search": "asha"}).content.decode()
    assert 'value="asha"' in page
    assert "A-001 is waiting." in page
    assert "<html" in page


def test_a_name_never_stands_in_an_address(desk: Browser, ashas: Token) -> None:
    assert desk.get(FIND, {"search": "asha"}).status_code == 405


def test_nobody_searches_where_they_do_not_work(lab_desk: Browser, opd: Department) -> None:
    assert lab_desk.post(FIND, {"search": "asha"}).status_code == 403


def test_twenty_are_enough(desk: Browser, opd: Department) -> None:
    for number in range(25):
        issuing.issue(cast.patient(opd.clinic, f"Asha {number}"), opd, by=SYSTEM)
    assert found(desk, "asha").count("data-row") == 20
