"""Paper at the desk: printed, and taken in row by row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from queues.actions import calling, paper, tokens
from queues.models import Clinic, Counter, Department, PaperNumber, Patient, Token
from queues.rules.rights import SYSTEM
from queues.tests.cast import patient
from queues.tests.story import crowd, fresh, people, waiting, yesterday
from queues.tests.views.conftest import Browser

PAPER = "/desk/main/OPD/paper/"
TAKE_IN = f"{PAPER}take-in/"


@pytest.fixture
def numbers(opd: Department) -> list[PaperNumber]:
    """Three that were printed an hour ago."""
    paper.print_numbers(opd, 3, by=SYSTEM)
    PaperNumber.objects.update(printed_at=F("printed_at") - timedelta(hours=1))
    return list(PaperNumber.objects.in_order())


def row(number: PaperNumber, minutes_ago: int = 10, **typed: str) -> dict[str, str]:
    """A row of the page as a browser sends it."""
    told = timezone.now() - timedelta(minutes=minutes_ago)
    fields = {
        "name": "",
        "phone": "",
        "born": "",
        "day": told.date().isoformat(),
        "arrived_at": f"{told:%H:%M}",
        "priority": "",
        "outcome": "",
        **typed,
    }
    return {f"{number.public_id.hex}-{name}": text for name, text in fields.items()}


def rows(*filled: dict[str, str]) -> dict[str, Any]:
    return {name: text for one in filled for name, text in one.items()}


# Printing


def test_blank_numbers_lead_to_the_sheet(desk: Browser, opd: Department, asha: Patient) -> None:
    waiting(asha, opd)
    to = desk.send(PAPER, count="12")["Location"]
    sheet = desk.text(to)
    assert sheet.count('class="slip"') == 12
    assert "Asha" in sheet
    assert "A-013" in sheet
    assert "12 not taken in" in desk.text(PAPER)


def test_a_double_click_prints_once(desk: Browser, opd: Department) -> None:
    key = str(uuid4())
    assert len({desk.send(PAPER, once=key, count="5")["Location"] for _ in range(2)}) == 1
    assert PaperNumber.objects.count() == 5


@pytest.mark.parametrize("count", ["0", "201", "many", ""])
def test_a_number_of_numbers_that_makes_no_sense(
    desk: Browser, opd: Department, count: str
) -> None:
    response = desk.send(PAPER, count=count)
    assert response.status_code == 422
    assert f'value="{count}"' in response.content.decode() or not count
    assert not PaperNumber.objects.exists()


def test_the_sheet_says_how_everybody_stands(
    desk: Browser, clinic: Clinic, opd: Department, desk_a: Counter
) -> None:
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    for somebody in (asha, ben, chen):
        token = waiting(somebody, opd)
    tokens.hold(token, by=SYSTEM)
    calling.call_next(fresh(desk_a), by=SYSTEM)
    sheet = desk.text(f"{PAPER}sheet/")
    assert sheet.index("Asha") < sheet.index("Ben") < sheet.index("Chen")
    for words in ("called, Counter 1", "waiting", "on hold", "walk-in"):
        assert words in " ".join(sheet.split())
    assert 'class="slip"' not in sheet


def test_the_sheet_asks_the_same_few_questions_however_long_it_is(
    desk: Browser, opd: Department
) -> None:
    asked = []
    for size in (5, 200):
        crowd(opd, size)
        first = paper.print_numbers(opd, size, by=SYSTEM)[0]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.text(f"{PAPER}sheet/{first.public_id}/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_another_departments_sheet_is_not_there(
    admin_desk: Browser, numbers: list[PaperNumber]
) -> None:
    path = f"/desk/main/LAB/paper/sheet/{numbers[0].public_id}/"
    assert admin_desk.get(path).status_code == 404


# Taking in


def test_several_rows_at_once(desk: Browser, numbers: list[PaperNumber]) -> None:
    first, second, third = numbers
    typed = rows(
        row(first, name="Dora Diaz", born="40", outcome="waiting"),
        row(second, outcome="seen"),
        row(third, name="Old Tom", born="1940", outcome="left"),
    )
    response = desk.send(TAKE_IN, **typed)
    assert response["Location"] == TAKE_IN
    page = desk.text(TAKE_IN)
    assert "A-001 is waiting." in page
    assert "A-002 is completed." in page
    assert "A-003 is cancelled." in page
    assert [token.visit.patient.name for token in Token.objects.order_by("visit__label")] == [
        "Dora Diaz",
        "Unknown patient",
        "Old Tom",
    ]
    assert Patient.objects.get(name="Unknown patient").is_identified is False
    assert Patient.objects.get(name="Old Tom").birth_year == 1940
    assert "No number is on paper." in page


def test_right_rows_are_done_and_wrong_ones_come_back_as_typed(
    desk: Browser, numbers: list[PaperNumber]
) -> None:
    first, second, third = numbers
    typed = rows(
        row(first, name="Dora Diaz", phone="12", outcome="waiting"),
        row(second, name="Ben", outcome="waiting"),
        row(third, name="Chen", born="3000"),
    )
    response = desk.send(TAKE_IN, **typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "A-002 is waiting." in page
    assert 'value="Dora Diaz"' in page
    assert 'value="12"' in page
    assert "Please give a phone number of 7 to 15 digits." in page
    assert "Please say what became of them." in page
    assert "Please give an age or a year of birth." in page
    assert [token.visit.label for token in Token.objects.all()] == ["A-002"]


def test_a_known_patient_with_another_name_is_pointed_out(
    desk: Browser, clinic: Clinic, numbers: list[PaperNumber]
) -> None:
    known = patient(clinic, "Dora", phone="9845012345", birth_date="1980-05-01")
    same = row(numbers[0], name="Tom", phone="9845012345", born="1980", outcome="seen")
    desk.send(TAKE_IN, **same)
    page = desk.text(TAKE_IN)
    assert f"Phone and year of birth are those of {known.number}" in page
    assert "Dora" not in page


def test_a_time_that_cannot_be_is_marked_in_its_row(
    desk: Browser, numbers: list[PaperNumber]
) -> None:
    for minutes_ago in (-1440, 65):
        response = desk.send(TAKE_IN, **row(numbers[0], minutes_ago=minutes_ago, outcome="seen"))
        assert response.status_code == 422
        assert "errorlist" in response.content.decode()
    assert not Token.objects.exists()


def test_a_double_click_takes_in_once(desk: Browser, numbers: list[PaperNumber]) -> None:
    key = str(uuid4())
    typed = rows(*(row(number, name="Dora", outcome="waiting") for number in numbers))
    for _ in range(2):
        assert desk.send(TAKE_IN, once=key, **typed).status_code == 302
    assert Token.objects.count() == 3


def test_a_row_that_a_colleague_took_in_says_so(desk: Browser, numbers: list[PaperNumber]) -> None:
    typed = row(numbers[0], name="Dora", outcome="waiting")
    desk.send(TAKE_IN, **typed)
    again = desk.send(TAKE_IN, **typed)
    assert again.status_code == 422
    assert "A-001 was taken in already. A-001 is waiting." in again.content.decode()
    assert Token.objects.count() == 1


def test_nothing_filled_in_is_said(desk: Browser, numbers: list[PaperNumber]) -> None:
    desk.send(TAKE_IN, **rows(*map(row, numbers)))
    assert "Nothing was filled in" in desk.text(TAKE_IN)


def test_numbers_of_another_department_are_not_taken_in_here(
    admin_desk: Browser, numbers: list[PaperNumber]
) -> None:
    admin_desk.send("/desk/main/LAB/paper/take-in/", **row(numbers[0], outcome="waiting"))
    assert not Token.objects.exists()


def test_yesterdays_paper_asks_for_the_day_and_older_paper_is_waste(
    desk: Browser, clinic: Clinic, numbers: list[PaperNumber]
) -> None:
    assert 'name="once"' in desk.text(TAKE_IN)
    yesterday(clinic)
    PaperNumber.objects.update(printed_at=F("printed_at") - timedelta(days=1))
    page = desk.text(TAKE_IN)
    assert f'<select name="{numbers[0].public_id.hex}-day"' in page
    yesterday(clinic)
    assert "No number is on paper." in desk.text(TAKE_IN)


def test_a_long_list_comes_in_pages(desk: Browser, opd: Department) -> None:
    paper.print_numbers(opd, 40, by=SYSTEM)
    assert "A-031" not in desk.text(TAKE_IN)
    assert "A-031" in desk.text(f"{TAKE_IN}?page=2")


@pytest.mark.parametrize("path", [PAPER, TAKE_IN, f"{PAPER}sheet/"])
def test_paper_is_for_the_staff_of_the_department(
    lab_desk: Browser, stranger: Browser, browser: Browser, opd: Department, path: str
) -> None:
    assert lab_desk.get(path).status_code == 403
    assert stranger.get(path).status_code == 404
    assert browser.get(path).status_code == 302
