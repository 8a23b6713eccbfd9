"""Doctors and their free times, as a patient looks for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.models import Clinic, Department, Doctor, Slot
from queues.tests import agenda, cast
from queues.tests.views.book.at_portal import AtPortal, of


@pytest.fixture
def sen(opd: Department) -> Doctor:
    return agenda.doctor(opd, "Dr Sen", "Dermatology")


@pytest.fixture
def at_three(sen: Doctor, opd: Department) -> Slot:
    return agenda.slots(sen, opd, agenda.tomorrow(opd.clinic, 15))[0]


def test_free_times_by_doctor_and_day(portal: AtPortal, nine: Slot, at_three: Slot) -> None:
    page = portal.text("/book/")
    assert page.index("Dr Rao") < page.index("Dr Sen"), "whoever is free first stands first"
    assert "Tomorrow" in page
    for slot in (nine, at_three):
        assert f'href="{of(slot)}"' in page


def test_what_is_full_or_over_is_not_shown(portal: AtPortal, rao: Doctor, opd: Department) -> None:
    full, free = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2)
    over = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic) - timedelta(days=2))[0]
    agenda.full(full)
    page = portal.text("/book/")
    assert of(free) in page
    assert of(full) not in page
    assert of(over) not in page


@pytest.mark.parametrize(
    "asked",
    [
        {"specialty": "Cardiology"},
        {"doctor": "rao"},
        {"speaks": "hi"},
        {"time_of_day": "morning"},
        {"clinic": "main", "doctor": "Dr Rao"},
    ],
)
def test_each_wish_narrows(
    portal: AtPortal, nine: Slot, at_three: Slot, asked: dict[str, str]
) -> None:
    page = portal.get("/book/", asked).content.decode()
    assert of(nine) in page
    assert of(at_three) not in page


def test_one_day(portal: AtPortal, rao: Doctor, opd: Department, nine: Slot) -> None:
    next_week = agenda.slots(rao, opd, nine.starts_at + timedelta(days=7))[0]
    page = portal.get("/book/", {"date": next_week.day.isoformat()}).content.decode()
    assert of(next_week) in page
    assert of(nine) not in page


def test_mornings_are_those_of_the_clinic(portal: AtPortal, rao: Doctor) -> None:
    east = cast.department(cast.clinic("east", "Asia/Kolkata"), "OPD")
    evening = agenda.slots(rao, east, agenda.tomorrow(east.clinic, 19))[0]  # 13:30 of UTC
    in_the_evening = portal.text("/book/?time_of_day=evening")
    assert of(evening) in in_the_evening
    assert "No free time fits." not in in_the_evening
    assert "No free time fits." in portal.text("/book/?time_of_day=afternoon")


def test_another_clinic(portal: AtPortal, nine: Slot) -> None:
    cast.clinic("other")
    assert of(nine) not in portal.get("/book/", {"clinic": "other"}).content.decode()
    assert "Main Clinic" in portal.text("/book/"), "where there are several, each day says where"


def test_nothing_fits_and_then(portal: AtPortal, nine: Slot) -> None:
    day = (nine.day + timedelta(days=1)).isoformat()
    page = portal.get("/book/", {"specialty": "Cardiology", "date": day}).content.decode()
    assert "No free time fits." in page
    assert f"/book/wait/?specialty=Cardiology&amp;earliest={day}&amp;latest={day}" in page
    assert of(nine) in page.split("Free on other days or at other times")[1]
    assert 'href="?specialty=Cardiology"' in page


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"date": "2020-01-01"}, "This day is over."),
        ({"date": "soon"}, "Please choose a day."),
        ({"specialty": "Astrology"}, "Astrology"),
        ({"time_of_day": "midnight"}, "midnight"),
        ({"doctor": "x\x00"}, "cannot be stored"),
    ],
)
def test_bad_input_is_said_and_kept(
    portal: AtPortal, nine: Slot, asked: dict[str, str], sentence: str
) -> None:
    answer = portal.get("/book/", {**asked, "speaks": "hi"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert '<option value="hi" selected>' in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999", "²"])
def test_a_page_that_is_none(portal: AtPortal, nine: Slot, page: str) -> None:
    assert portal.get("/book/", {"page": page}).status_code == 200


def test_pages_of_doctors(portal: AtPortal, opd: Department) -> None:
    for number in range(10):
        one = agenda.doctor(opd, f"Dr No {number}")
        agenda.slots(one, opd, agenda.tomorrow(opd.clinic) + timedelta(minutes=number))
    first, second = portal.text("/book/"), portal.text("/book/?page=2")
    assert "Dr No 7" in first
    assert "Dr No 8" not in first
    assert "Dr No 9" in second
    assert 'href="?page=2"' in first


def test_more_times_of_one_doctor(portal: AtPortal, rao: Doctor, opd: Department) -> None:
    slots = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic, 8), 8)
    assert of(slots[7]) not in portal.text("/book/")
    assert f"/book/doctor/{rao.public_id}/" in portal.text("/book/")
    assert of(slots[7]) in portal.text(f"/book/doctor/{rao.public_id}/")


def test_later_times_begin_with_a_whole_day(portal: AtPortal, rao: Doctor, opd: Department) -> None:
    first = agenda.tomorrow(opd.clinic, 0)
    for day in range(2):
        agenda.slots(rao, opd, first + timedelta(days=day), 40)
    last = (first + timedelta(days=1)).date()
    page = portal.text(f"/book/doctor/{rao.public_id}/")
    assert f'href="?date={last}"' in page
    assert page.count('class="button time"') == 40
    second = portal.text(f"/book/doctor/{rao.public_id}/?date={last}")
    assert second.count('class="button time"') == 40


def test_a_doctor_who_left_is_not_there(portal: AtPortal, rao: Doctor, nine: Slot) -> None:
    Doctor.objects.update(is_active=False)
    assert portal.get(f"/book/doctor/{rao.public_id}/").status_code == 404
    assert portal.get(of(nine)).status_code == 404
    assert "Dr Rao" not in portal.text("/book/")


def test_an_empty_house(portal: AtPortal) -> None:
    assert "No free time fits." in portal.text("/book/")


def test_the_language_is_remembered_by_this_browser(portal: AtPortal, nine: Slot) -> None:
    assert '<html lang="ar" dir="rtl">' in portal.text("/book/?language=ar")
    assert '<html lang="ar" dir="rtl">' in portal.text(of(nine))
    assert '<html lang="fr" dir="ltr">' in portal.text("/book/?language=fr")
    assert '<html lang="fr" dir="ltr">' in portal.text("/book/?language=xx")


def test_choosing_a_language_keeps_what_is_asked_for(portal: AtPortal, nine: Slot) -> None:
    page = portal.text("/book/?specialty=Cardiology")
    assert '<input type="hidden" name="specialty" value="Cardiology">' in page


def test_the_number_of_queries_grows_with_nothing(
    portal: AtPortal, clinic: Clinic, opd: Department
) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as seen:
            portal.text("/book/?time_of_day=morning")
        return len(seen)

    agenda.slots(agenda.doctor(opd, "Dr One"), opd, agenda.tomorrow(clinic), 2)
    few = ask()
    for number in range(12):
        one = agenda.doctor(opd, f"Dr {number}", f"Field {number}")
        agenda.slots(one, opd, agenda.tomorrow(clinic, 8), 6)
        agenda.slots(one, opd, agenda.tomorrow(clinic, 8) + timedelta(days=1), 6)
    cast.clinic("other")
    assert ask() == few
