"""The history as its page filters it, and as a table to keep."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db.models import F

from queues.actions import calling, issuing, tokens
from queues.models import Clinic, Counter, DayBook, Department, Patient, User
from queues.rules.rights import SYSTEM
from queues.tests.cast import counter, patient
from queues.tests.story import people, waiting
from queues.tests.views.conftest import Browser

HISTORY = "/events/main/OPD/"
EXPORT = f"{HISTORY}export.csv"


def rows(page: str) -> str:
    return page[page.index("<tbody>") : page.index("</tbody>")]


def table(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff"), "else a spreadsheet may misread it"
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.fixture
def a_morning(desk: Browser, clinic: Clinic, opd: Department) -> None:
    nadia = User.objects.get(username="nadia").as_actor()
    asha, ben = people(clinic, "Asha", "Ben")
    tokens.cancel(waiting(asha, opd), by=nadia, note="=1+1")
    waiting(ben, opd)


@pytest.mark.usefixtures("a_morning")
def test_a_number_is_sought_as_it_is_typed(desk: Browser) -> None:
    shown = rows(desk.text(f"{HISTORY}?label=a-001"))
    assert "Cancelled" in shown
    assert "A-002" not in shown


@pytest.mark.usefixtures("a_morning")
def test_what_happened_and_who_did_it_are_chosen(desk: Browser) -> None:
    nadia = User.objects.get(username="nadia")
    assert "Cancelled" not in rows(desk.text(f"{HISTORY}?kind=issued"))
    assert "Number given" not in rows(desk.text(f"{HISTORY}?who={nadia.public_id}"))
    assert "Cancelled" not in rows(desk.text(f"{HISTORY}?who=system"))
    assert "Nothing like this was found." in desk.text(f"{HISTORY}?counter=1")


def test_filters_stay_from_page_to_page(desk: Browser, asha: Patient, opd: Department) -> None:
    token = issuing.issue(asha, opd, by=SYSTEM)
    for _ in range(60):
        tokens.resume(tokens.hold(token, by=SYSTEM), by=SYSTEM)
    first = desk.text(f"{HISTORY}?label=A-001&kind=held&counter=")
    assert "?label=A-001&amp;kind=held&amp;before=" in first
    assert first.count("Waits again</strong>") == 0


@pytest.mark.parametrize(
    "query",
    [
        "kind=nonsense",
        "who=nobody",
        "counter=9",
        "since=1/2/2026",
        "since=2026-02-02&until=2026-02-01",
    ],
)
def test_a_filter_that_makes_no_sense_says_so(desk: Browser, query: str) -> None:
    for path in (HISTORY, EXPORT):
        response = desk.get(f"{path}?{query}")
        assert response.status_code == 422
        assert "Please look at the marked fields again." in response.content.decode()


@pytest.mark.usefixtures("a_morning")
def test_the_table_is_what_is_filtered_in_words_and_without_names(desk: Browser) -> None:
    response = desk.get(f"{EXPORT}?label=A-001&kind=cancelled")
    day = DayBook.objects.get(department__code="OPD").day.isoformat()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="history-OPD-{day}.csv"'
    assert response["Cache-Control"] == "no-store"
    (line,) = table(response)
    assert (line["Day"], line["Entry"], line["Number"]) == (day, "2", "A-001")
    assert (line["What happened"], line["Who"]) == ("Cancelled", "Nadia")
    assert line["What changed"] == "It was waiting and is now cancelled."
    assert line["Reason"] == "'=1+1", "a spreadsheet does not reckon with it"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_that_somebody_typed_is_reckoned_with(
    desk: Browser, asha: Patient, opd: Department, first: str
) -> None:
    """Neither a reason nor the name of a colleague or a counter."""
    nadia = User.objects.get(username="nadia")
    User.objects.filter(pk=nadia.pk).update(first_name=f"{first}Nadia", last_name="1+1")
    Counter.objects.filter(department=opd, code="1").update(code=f"{first}1")
    desk_1 = counter(opd, f"{first}1")
    token = calling.call(waiting(asha, opd), desk_1, by=nadia.as_actor())
    tokens.cancel(token, by=nadia.as_actor(), note=f"{first}cmd|' /C calc'!A0")
    cells = [cell for line in table(desk.get(EXPORT)) for cell in line.values()]
    assert len([cell for cell in cells if cell.startswith(f"'{first}")]) >= 3
    assert not [cell for cell in cells if cell.startswith(first)]


def test_no_patient_is_in_the_table(desk: Browser, clinic: Clinic, opd: Department) -> None:
    waiting(patient(clinic, "Xanthippe"), opd)
    assert "Xanthippe" not in str(table(desk.get(EXPORT)))


@pytest.mark.usefixtures("a_morning")
def test_the_table_is_of_today_unless_days_are_chosen(
    desk: Browser, clinic: Clinic, opd: Department
) -> None:
    DayBook.objects.filter(department=opd).update(day=F("day") - timedelta(days=3))
    today = clinic.service_day()
    assert table(desk.get(EXPORT)) == []
    response = desk.get(f"{EXPORT}?since={today - timedelta(days=30)}")
    assert (
        f"history-OPD-{today - timedelta(days=30)}-{today}.csv" in response["Content-Disposition"]
    )
    assert len(table(response)) == 3


def test_more_than_a_month_is_refused(desk: Browser, clinic: Clinic) -> None:
    since = clinic.service_day() - timedelta(days=31)
    response = desk.get(f"{EXPORT}?since={since}")
    assert response.status_code == 422
    assert "A table holds 31 days at most." in response.content.decode()


@pytest.mark.usefixtures("a_morning")
def test_the_table_speaks_the_language_and_the_clock_of_who_asked(
    desk: Browser, clinic: Clinic
) -> None:
    """It is sent after the view has returned, when both are off again."""
    Clinic.objects.filter(pk=clinic.pk).update(time_zone="Asia/Kolkata")
    response = desk.get(f"{EXPORT}?since={clinic.service_day() - timedelta(days=1)}&kind=cancelled")
    (line,) = table(response)
    event = DayBook.objects.get(department__code="OPD").events.get(kind="cancelled")
    local = event.at + timedelta(hours=5, minutes=30)
    assert line["When"] == f"{local:%Y-%m-%d %H:%M:%S}"


def test_the_table_is_for_those_who_see_the_history(
    lab_desk: Browser, stranger: Browser, opd: Department
) -> None:
    assert lab_desk.get(EXPORT).status_code == 403
    assert stranger.get(EXPORT).status_code == 404
