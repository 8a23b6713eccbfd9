"""The wall on every screen, from far away and in every direction: all of it fits, and is read."""

from __future__ import annotations

import json
import math

import pytest
from playwright.sync_api import expect

from queues.tests.browser.arrivals import arrive
from queues.tests.browser.chromium import OpenPage
from queues.tests.browser.devices import KIOSK, WALL, Device
from queues.tests.browser.walls import OPD, at, call, takes_over, wake
from queues.tests.hospital import Hospital

SMALL = Device("small wall", 1280, 720, is_touched=False)
LARGE = Device("large wall", 3840, 2160, is_touched=False)
CAPITAL = """(text) => {
  const pen = document.createElement("canvas").getContext("2d");
  const { fontWeight, fontSize, fontFamily } = getComputedStyle(text);
  pen.font = `${fontWeight} 2000px ${fontFamily}`;
  return (pen.measureText("H").actualBoundingBoxAscent * parseFloat(fontSize)) / 2000;
}"""
FIRST_ROW = """() => {
  const [label, counter] = document.querySelectorAll(".now li:first-child :is(strong, .where)");
  const box = (part) => part.getBoundingClientRect().toJSON();
  return { text: label.innerText, label: box(label), counter: box(counter) };
}"""
CALL_FITS = """() => [...document.querySelectorAll(".takeover-label, .takeover-counter")]
  .map((part) => part.getBoundingClientRect())
  .map((box) => box.width > 0 && box.left >= 0 && box.top >= 0
    && box.right <= innerWidth && box.bottom <= innerHeight)"""
OVERFLOWING = """() => {
  const out = [];
  const inside = (one, all) => one.left >= all.left - 1 && one.right <= all.right + 1
    && one.top >= all.top - 1 && one.bottom <= all.bottom + 1;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const parts = "#wall > :not(.takeover, .stale, .amber, .controls, [hidden]), .panel, .panel *";
  for (const part of document.querySelectorAll(parts)) {
    const box = part.getBoundingClientRect();
    if (!box.width || part.closest(".unseen, dialog, .start")) continue;
    const panel = part.parentElement.closest(".panel");
    if (!inside(box, panel ? panel.getBoundingClientRect() : screen)) out.push(part.outerHTML);
    const row = part.parentElement.closest(".now li");
    if (row && !inside(box, row.getBoundingClientRect())) out.push(`row: ${row.outerHTML}`);
  }
  return out;
}"""


@pytest.fixture(scope="module")
def crowded(quiet_hospital: Hospital) -> Hospital:
    """Outpatients with twelve counters, all of them busy."""
    quiet_hospital.manage(
        "shell",
        "-c",
        "from queues.models import Counter, Department;"
        "opd = Department.objects.get(code='OPD');"
        "[Counter.objects.create(department=opd, code=f'N{n}', is_open=True) for n in range(9)];"
        "Department.objects.update(message='Please have your insurance card ready. ' * 5)",
    )
    for number in range(9):
        arrive(quiet_hospital, name=f"Somebody {number}")
        call(quiet_hospital, f"N{number}")
    call(quiet_hospital)
    return quiet_hospital


@pytest.mark.parametrize("device", [SMALL, WALL, LARGE, KIOSK], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["en", "ar", "ta"])
def test_twelve_counters_fit(
    device: Device, language: str, crowded: Hospital, open_page: OpenPage
) -> None:
    page = open_page(crowded, device)
    for departments in ("OPD", "OPD,LAB", "OPD,LAB,PHARMACY"):
        at(page, f"/display/main/?departments={departments}&language={language}")
        expect(page.locator("#panel-OPD .now li")).to_have_count(12)
        assert page.evaluate(OVERFLOWING) == []


def test_arabic_reads_from_the_right(quiet_hospital: Hospital, open_page: OpenPage) -> None:
    page = at(open_page(quiet_hospital, KIOSK), f"{OPD}&language=ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    row = page.evaluate(FIRST_ROW)
    assert row["counter"]["x"] < row["label"]["x"]
    assert row["text"].startswith("A-"), "as it is printed on the ticket"


def test_a_call_is_as_tall_as_the_distance_asks(hospital: Hospital, open_page: OpenPage) -> None:
    page = at(open_page(hospital, WALL), f"{OPD}&diagonal=55&distance=5")
    takes_over(page, call(hospital)["label"])
    capital = page.locator(".takeover-label").evaluate(CAPITAL)
    assert capital == pytest.approx(20 * 5 * math.hypot(1920, 1080) / (55 * 25.4), abs=1)


@pytest.mark.parametrize("device", [WALL, SMALL, KIOSK], ids=lambda device: device.name)
def test_a_call_is_never_larger_than_fits(
    device: Device, hospital: Hospital, open_page: OpenPage
) -> None:
    page = at(open_page(hospital, device), f"{OPD}&diagonal=24&distance=40")
    takes_over(page, call(hospital)["label"])
    assert page.evaluate(CALL_FITS) == [True, True]


def test_the_display_is_set_up_by_keyboard_and_remembers(
    quiet_hospital: Hospital, open_page: OpenPage
) -> None:
    page = at(open_page(quiet_hospital, WALL), f"{OPD}&diagonal=40&distance=3")
    wake(page)
    page.locator("[data-settings]").focus()
    expect(page.locator(".controls")).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("it can be read from 3 metres")
    page.get_by_label("Distance").fill("30")
    expect(page.get_by_role("dialog")).to_contain_text("the largest that fits")
    page.get_by_label("Chime").uncheck()
    page.keyboard.press("Enter")
    expect(page.locator(".badge-muted")).to_be_visible()
    page.reload()
    expect(page.locator(".badge-muted")).to_be_visible()
    assert json.loads(page.evaluate("localStorage.wall")) == {
        "diagonal": 40,
        "distance": 30,
        "muted": True,
    }
    assert "distance" not in page.url
