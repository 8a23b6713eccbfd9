"""The wall of the waiting room."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from queues.actions import calling, issuing
from queues.models import Clinic, Counter, Department, Patient
from queues.rules.rights import SYSTEM
from queues.screens import boards, clips
from queues.tests.views.conftest import Browser
from queues.tests.views.crowd import everybody_leaves, wait_in

WALL = "/display/main/"


def facts(page: str) -> Any:
    """What the page tells its scripts."""
    found = re.search(r'<script id="facts" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


def row(page: str, label: str) -> str:
    found = re.search(rf'<li[^>]*data-label="{label}">.*?</li>', page)
    assert found, f"{label} is not called"
    return found[0]


def test_who_is_called_who_is_next_and_no_name(
    browser: Browser, opd: Department, desk_b: Counter, asha: Patient, ben: Patient
) -> None:
    for patient in (asha, ben):
        issuing.issue(patient, opd, by=SYSTEM)
    calling.call_next(desk_b, by=SYSTEM)
    page = browser.text(f"{WALL}?departments=OPD")
    assert '<b class="where">2</b>' in row(page, "A-001")
    assert "called" in row(page, "A-001")
    assert "<li>A-002</li>" in page
    assert "<strong>1</strong> waiting" in page
    assert "Asha" not in page
    assert "Ben" not in page


def test_the_last_called_with_counter_and_time(
    browser: Browser, opd: Department, desk_b: Counter, asha: Patient
) -> None:
    issuing.issue(asha, opd, by=SYSTEM)
    calling.call_next(desk_b, by=SYSTEM)
    page = browser.text(f"{WALL}?departments=OPD")
    last = page.partition("Last called")[2]
    assert re.search(r"<b>A-001</b>.*?<b>2</b> <time>\d+:\d\d", last)


def test_no_more_than_five_are_next(browser: Browser, opd: Department) -> None:
    wait_in(opd, 8)
    page = browser.text(f"{WALL}?departments=OPD")
    assert page.count("<li>A-9") == 5
    assert "<strong>8</strong> waiting" in page


def test_a_paused_department_says_why(browser: Browser, opd: Department) -> None:
    Department.objects.filter(pk=opd.pk).update(state="paused", state_reason="Fire drill")
    assert "Outpatients is paused. Fire drill" in browser.text(WALL)


def test_some_departments_or_all(browser: Browser, clinic: Clinic) -> None:
    every = browser.text(WALL)
    assert all(name in every for name in ("Outpatients", "Laboratory", "Pharmacy"))
    some = browser.text(f"{WALL}?departments=opd,LAB")
    assert "Laboratory" in some
    assert "Pharmacy" not in some
    assert browser.get(f"{WALL}?departments=KITCHEN").status_code == 404
    assert browser.get("/display/nowhere/").status_code == 404


def test_messages_of_the_shown_departments_stand_once_in_the_strip(
    browser: Browser, opd: Department, lab: Department
) -> None:
    assert re.search(r'<p class="strip"[^>]* hidden></p>', browser.text(WALL))
    Department.objects.update(message="Flu shots in room 12")
    Department.objects.filter(pk=lab.pk).update(message="<b>Fasting?</b>")
    boards.forget()  # an action would have moved the boards on
    page = browser.text(WALL)
    assert ">Flu shots in room 12 · &lt;b&gt;Fasting?&lt;/b&gt;</p>" in page
    assert "Fasting" not in browser.text(f"{WALL}?departments=OPD")


def test_without_scripts_it_renews_itself_and_says_how_old_it_is(
    browser: Browser, clinic: Clinic
) -> None:
    page = browser.text(WALL)
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert "Updated at" in page


def test_the_language_is_the_clinics_first_or_the_one_asked_for(
    browser: Browser, clinic: Clinic
) -> None:
    Clinic.objects.update(languages=["es", "ar"])
    assert '<html lang="es" dir="ltr">' in browser.text(WALL)
    assert '<html lang="ar" dir="rtl">' in browser.text(f"{WALL}?language=ar")
    assert '<html lang="es"' in browser.text(f"{WALL}?language=fr"), "not one of the clinic's"
    assert browser.get(WALL, headers={"accept-language": "hi"})["Content-Language"] == "es"


def test_the_page_knows_what_was_called_before_it_came(
    browser: Browser, opd: Department, desk_b: Counter, asha: Patient
) -> None:
    issuing.issue(asha, opd, by=SYSTEM)
    token = calling.call_next(desk_b, by=SYSTEM)
    assert token
    told = facts(browser.text(f"{WALL}?departments=OPD"))
    [board] = told["boards"]
    [call] = board["calls"]
    assert call == {"seq": board["seq"], "label": "A-001", "counter": "2", "name": ""}
    assert told["zone"] == "UTC"


# Clips


@pytest.fixture
def voiced(settings: LazySettings, tmp_path: Path) -> Path:
    """A machine with one clip of English and one of Hindi."""
    settings.CLIPS = tmp_path
    for language in ("en", "hi"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "a.wav").write_bytes(b"RIFF of " + language.encode())
    made = {"version": "v1", "clips": {"en": ["a"], "hi": ["a"]}}
    (tmp_path / clips.INDEX).write_text(json.dumps(made))
    return tmp_path


def test_the_page_lists_the_clips_of_the_languages_that_it_speaks(
    browser: Browser, clinic: Clinic, voiced: Path
) -> None:
    Clinic.objects.update(spoken=["hi", "ta"])
    assert facts(browser.text(WALL))["speech"] == {"version": "v1", "clips": {"hi": ["a"]}}


def test_with_no_choice_it_speaks_all_languages_of_the_clinic(
    browser: Browser, clinic: Clinic, voiced: Path
) -> None:
    Clinic.objects.update(spoken=[], languages=["hi", "en"])
    assert list(facts(browser.text(WALL))["speech"]["clips"]) == ["hi", "en"]


def test_without_clips_there_is_nothing_to_ask_for(
    browser: Browser, clinic: Clinic, settings: LazySettings, tmp_path: Path
) -> None:
    settings.CLIPS = tmp_path
    assert facts(browser.text(WALL))["speech"] == {"version": "", "clips": {}}
    assert browser.get("/clips/v1/en/a.wav").status_code == 404


def test_a_clip_may_be_kept_for_ever(browser: Browser, voiced: Path) -> None:
    answer = browser.get("/clips/v1/en/a.wav")
    assert answer.content == b"RIFF of en"
    assert answer["Content-Type"] == "audio/wav"
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["v0/en/a", "v1/en/b", "v1/ta/a", "v1/en/..%2Findex"])
def test_only_listed_clips_are_given(browser: Browser, voiced: Path, path: str) -> None:
    assert browser.get(f"/clips/{path}.wav").status_code == 404


# Queries


def test_the_number_of_queries_does_not_grow_with_the_queue(
    browser: Browser, opd: Department
) -> None:
    wait_in(opd, 5)
    few = _queries(browser)
    everybody_leaves()
    wait_in(opd, 500)
    assert _queries(browser) == few


def _queries(browser: Browser) -> int:
    boards.forget()  # as a process that nobody has looked through yet
    with CaptureQueriesContext(connection) as seen:
        browser.text(WALL)
    return len(seen)
