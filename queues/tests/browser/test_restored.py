"""The disk is gone, and last night's backup is not: the hospital goes on from there, and no screen
that stayed open goes on showing what nobody knows any more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from queues.tests.browser.arrivals import Arrival, arrive
from queues.tests.browser.chromium import OpenPage, log_in
from queues.tests.browser.devices import DESK, PHONE, WALL
from queues.tests.browser.walls import at, call
from queues.tests.hospital import Hospital
from queues.tests.template import Template

CUT = (r"ERR_", r"WebSocket", r"Failed to load")  # what Chromium notes while nobody answers


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "hospital.backup"


@pytest.fixture
def asha(hospital: Hospital) -> Arrival:
    return arrive(hospital)


@pytest.fixture
def wall(hospital: Hospital, open_page: OpenPage) -> Page:
    return at(open_page(hospital, WALL, forgive=CUT))


def shows(wall: Page, label: str) -> None:
    expect(wall.locator(f'.now .called[data-label="{label}"]')).to_be_visible()


def has_forgotten(wall: Page, label: str) -> None:
    expect(wall.locator(f'[data-label="{label}"]')).to_have_count(0)


def test_a_hospital_outlives_the_loss_of_its_database(
    hospital: Hospital,
    template: Template,
    open_page: OpenPage,
    wall: Page,
    asha: Arrival,
    backup: Path,
) -> None:
    kept = call(hospital)["label"]
    hospital.manage("duties", "--once")  # which sign where the history stands
    hospital.manage("backup", str(backup))
    lost = [call(hospital)["label"] for _call in range(3)][-1]
    shows(wall, lost)
    hospital.manage("duties", "--once")

    hospital.kill()
    template.lose(hospital)
    said = hospital.manage("restore", str(backup))
    assert "Whole: " in said
    hospital.start()

    has_forgotten(wall, lost)
    shows(wall, kept)
    expect(wall.locator("#wall")).to_have_attribute("data-age", "fresh")
    assert "Whole: " in hospital.manage("verify_events")
    phone = open_page(hospital, PHONE)
    phone.goto(asha.link)
    expect(phone.locator("main")).to_contain_text(asha.label)
    assert call(hospital)["label"] != kept, "and it goes on"


def test_while_it_serves_everybody_begins_anew(
    hospital: Hospital, open_page: OpenPage, wall: Page, backup: Path
) -> None:
    kept = call(hospital)["label"]
    desk = open_page(hospital, DESK, forgive=CUT)
    log_in(desk, "clerk")
    desk.goto("/desk/main/OPD/")
    hospital.manage("backup", str(backup))
    lost = [call(hospital)["label"] for _call in range(3)][-1]
    shows(wall, lost)

    said = hospital.manage("restore", str(backup), "--yes")
    assert "is kept in" in said
    assert "1 sessions ended" in said
    has_forgotten(wall, lost)
    shows(wall, kept)
    expect(desk).to_have_url(re.compile("/login/"))
