"""A doctor's morning: called, consulted, prescribed and completed by the keyboard alone, running
late, and an emergency that comes in meanwhile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from queues.tests.browser.arrivals import arrive
from queues.tests.browser.chromium import OpenPage, log_in
from queues.tests.browser.devices import DESK, PHONE, TABLET, WALL, Device
from queues.tests.browser.measures import barriers
from queues.tests.browser.walks import TOO_SOON
from queues.tests.hospital import Hospital


@pytest.fixture
def agenda(hospital: Hospital) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(hospital.run("-m", "queues.tests.browser.doctors_morning"))
    return told


@pytest.fixture
def dev(hospital: Hospital, agenda: dict[str, Any], open_page: OpenPage) -> Page:
    """Dr Dev Sharma, at his list."""
    page = open_page(hospital, DESK)
    log_in(page, "doctor")
    page.goto("/doctor/")
    expect(page.locator("h1")).to_contain_text("Dr Dev Sharma")
    return page


def said(page: Page, text: str) -> None:
    expect(page.locator("#said")).to_contain_text(text)


def tab_to(page: Page, wanted: str) -> None:
    """As far as it takes, and not for ever."""
    for _step in range(60):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {wanted}")


def row_of(page: Page, name: str) -> Any:
    return page.locator("#expected [data-row]").filter(has_text=name)


def emergency(hospital: Hospital, agenda: dict[str, Any], slot: int) -> dict[str, Any]:
    """By the API, as another system books it."""
    guest = arrive(hospital, "PHARMACY", "Urgent Visitor")
    wanted = {
        "doctor_id": agenda["doctor"],
        "slot_id": agenda["slots"][slot],
        "source": "emergency",
        "patient_id": guest.patient,
    }
    status, booked = hospital.ask("POST", "/book", wanted)
    assert status == 201, booked
    told: dict[str, Any] = booked
    return told


def test_a_morning_by_the_keyboard_alone(dev: Page) -> None:
    keys = dev.keyboard
    keys.press("ArrowDown")  # the list begins with those who wait for any doctor
    for _row in range(12):
        if "Maria" in str(dev.evaluate("document.activeElement.textContent")):
            break
        keys.press("j")
    keys.press("Enter")
    said(dev, "A-009 is waiting.")
    dev.wait_for_timeout(TOO_SOON)
    keys.press("n")
    expect(dev.locator("#mine-label")).to_have_text("A-009")
    dev.wait_for_timeout(TOO_SOON)
    keys.press("o")
    dev.wait_for_url("**/consultations/*-*/")
    expect(dev.locator("[name=complaint]")).to_be_focused()
    for text in ("Chest pain on stairs", "BP 140/90", "Stable angina", "Aspirin", "75 mg"):
        keys.type(text)
        keys.press("Tab")
    keys.type("in the morning")
    keys.press("Tab")
    keys.type("30")
    tab_to(dev, "#add-line")
    keys.press("Enter")
    expect(dev.locator(".line")).to_have_count(2)
    expect(dev.locator("[name=medicine]").nth(1)).to_be_focused()
    keys.type("Nitroglycerin")
    tab_to(dev, "[name=follow_up_days]")
    keys.type("14")
    expect(dev.locator("#saved:not(.waits, .refused)")).to_contain_text("Saved at")
    expect(dev.locator("[name=follow_up_days]")).to_be_focused()
    tab_to(dev, "#complete")
    keys.press("Enter")
    expect(dev.locator(".message")).to_contain_text("The consultation is completed.")
    expect(dev.locator(".written")).to_contain_text("Nitroglycerin")
    assert barriers(dev) == []
    tab_to(dev, "#follow-up button")
    keys.press("Enter")
    expect(dev.locator("#follow-up")).to_contain_text("Booked for")
    tab_to(dev, "#to-list")
    keys.press("Enter")
    dev.wait_for_url("**/doctor/**")
    expect(dev.locator(".figures")).to_contain_text("seen today1")
    keys.press("l")
    keys.type("20")
    keys.press("Enter")
    said(dev, "20 minutes late: every expected time has moved, and 2 patients are told.")


def test_a_whole_morning_until_the_list_is_done(dev: Page) -> None:
    for seen, name in enumerate(("Maria", "Thomas", "Hannah"), start=1):
        row_of(dev, name).get_by_role("button", name="Consult").click()
        dev.wait_for_url("**/consultations/*-*/")
        expect(dev.locator("h1")).to_contain_text(name)
        dev.locator("[name=notes]").fill(f"seen as number {seen}")
        dev.locator("#complete").click()
        expect(dev.locator(".written")).to_contain_text(f"seen as number {seen}")
        dev.locator("#to-list").click()
        dev.wait_for_url("**/doctor/**")
        expect(dev.locator(".figures")).to_contain_text(f"seen today{seen}")
        expect(row_of(dev, name)).to_have_count(0)


def test_what_comes_in_meanwhile_is_seen_at_once(
    dev: Page, hospital: Hospital, agenda: dict[str, Any]
) -> None:
    before = row_of(dev, "Thomas Weber").locator(".label").text_content()
    booked = emergency(hospital, agenda, 1)
    assert booked["displaced"], "somebody had to give way"
    expect(row_of(dev, "Urgent Visitor")).to_have_class("priority-emergency")
    expect(row_of(dev, "Thomas Weber").locator(".label")).not_to_have_text(str(before))
    label = arrive(hospital, name="Next Visitor").label
    expect(dev.locator(f"#row-{label}")).to_be_visible()


def test_the_nurse_sees_what_the_doctor_does_and_nothing_of_what_he_writes(
    dev: Page, hospital: Hospital, agenda: dict[str, Any], open_page: OpenPage
) -> None:
    nadia = open_page(hospital, DESK, forgive=("status of 40[34]",))
    log_in(nadia, "nurse")
    nadia.goto(f"/doctor/?doctor={agenda['doctor']}")
    expect(nadia.locator("#consult")).to_have_count(0)
    row_of(dev, "Thomas Weber").get_by_role("button", name="Consult").click()
    dev.wait_for_url("**/consultations/*-*/")
    expect(row_of(nadia, "Thomas Weber")).to_have_count(0)
    answer = nadia.goto(dev.url)
    assert answer
    assert answer.status == 404


def test_what_is_typed_outlives_the_network_and_a_second_window_is_told(dev: Page) -> None:
    row_of(dev, "Thomas Weber").get_by_role("button", name="Consult").click()
    dev.wait_for_url("**/consultations/*-*/")
    other = dev.context.new_page()
    other.goto(dev.url)
    dev.locator("[name=notes]").fill("first window")
    expect(dev.locator("#saved:not(.waits)")).to_contain_text("Saved at")
    other.locator("[name=notes]").fill("second window")
    expect(other.locator("#saved.refused")).to_contain_text("changed in another window")
    expect(other.locator("[name=notes]")).to_have_value("second window")
    dev.reload()
    expect(dev.locator("[name=notes]")).to_have_value("first window")


def test_the_network_may_go_and_come_back(
    hospital: Hospital, agenda: dict[str, Any], open_page: OpenPage
) -> None:
    page = open_page(hospital, DESK, forgive=("ERR_INTERNET_DISCONNECTED", "htmx:"))
    log_in(page, "doctor")
    page.goto("/doctor/")
    row_of(page, "Thomas Weber").get_by_role("button", name="Consult").click()
    page.wait_for_url("**/consultations/*-*/")
    page.context.set_offline(True)
    page.locator("[name=notes]").fill("never lost")
    expect(page.locator("#saved.refused")).to_contain_text("What is typed stays here")
    page.context.set_offline(False)
    expect(page.locator("#saved:not(.refused, .waits)")).to_contain_text("Saved at")
    page.reload()
    expect(page.locator("[name=notes]")).to_have_value("never lost")


def test_a_consultation_without_javascript(
    hospital: Hospital, agenda: dict[str, Any], open_page: OpenPage
) -> None:
    page = open_page(hospital, TABLET, javascript=False)
    log_in(page, "doctor")
    page.goto("/doctor/")
    row_of(page, "Maria").get_by_role("button", name="Check in").click()
    said(page, "A-009 is waiting.")
    page.locator("#row-A-009").get_by_role("button", name="Consult").click()
    page.locator("[name=notes]").fill("by plain forms")
    page.locator("[name=medicine]").fill("Aspirin")
    page.locator("#add-line").click()
    expect(page.locator(".line")).to_have_count(2)
    page.locator("[name=medicine]").nth(1).fill("Statin")
    page.locator("[name=remove]").first.click()
    expect(page.locator("[name=medicine]")).to_have_value("Statin")
    page.locator("#complete").click()
    expect(page.locator(".written")).to_contain_text("by plain forms")
    page.locator("#print").click()
    expect(page.locator("main table")).to_contain_text("Statin")


@pytest.mark.parametrize(
    ("device", "locale"), [(PHONE, "en"), (PHONE, "ar"), (TABLET, "ar"), (WALL, "en")]
)
def test_everything_fits_and_is_in_nobodys_way(
    hospital: Hospital, agenda: dict[str, Any], open_page: OpenPage, device: Device, locale: str
) -> None:
    page = open_page(hospital, device, locale=locale, color_scheme="dark")
    log_in(page, "doctor")
    page.goto("/doctor/")
    expect(page.locator("#next-button")).to_be_in_viewport()
    for step in ("#next-button", "#consult"):
        assert page.evaluate("document.documentElement.scrollWidth") == device.width
        assert barriers(page) == []
        page.locator(step).click()
        page.wait_for_timeout(TOO_SOON)
    page.wait_for_url("**/consultations/*-*/")
    expect(page.locator("#complete")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == device.width
    assert barriers(page) == []
