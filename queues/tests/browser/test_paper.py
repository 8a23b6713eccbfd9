"""The hour without power, from the printer to the page that takes the numbers in."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from queues.tests.browser.chromium import OpenPage, Scheme, log_in
from queues.tests.browser.devices import DESK, PHONE, Device
from queues.tests.browser.measures import barriers
from queues.tests.hospital import Hospital

PAPER = "/desk/main/OPD/paper/"
SLIPS_A_PAGE = 12
ROW = ".paper-row:not(.paper-head)"


def clerk(hospital: Hospital, open_page: OpenPage, device: Device = DESK, **look: Scheme) -> Page:
    page = open_page(hospital, device, forgive=(r"status of 422\b",), **look)  # type: ignore[arg-type]
    log_in(page, "clerk")
    return page


def print_numbers(page: Page, count: int) -> None:
    page.goto(PAPER)
    page.get_by_label("How many numbers").fill(str(count))
    page.get_by_role("button", name="Print the queue and blank numbers").click()
    page.wait_for_url("**/sheet/*/")


def pages_of(pdf: bytes) -> int:
    counted = re.search(rb"/Count (\d+)", pdf)
    assert counted
    return int(counted[1])


def test_slips_fill_their_pages_and_none_is_cut(hospital: Hospital, open_page: OpenPage) -> None:
    page = clerk(hospital, open_page)
    print_numbers(page, 3 * SLIPS_A_PAGE)
    page.emulate_media(media="print")
    expect(page.locator(".sheet-bar")).to_be_hidden()
    for leaf in (0, 0):  # without the queue, then without the tally: slips are what is left
        page.locator(".leaf").nth(leaf).evaluate("leaf => leaf.remove()")
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 3


def test_a_sheet_is_black_on_white_in_the_dark_too(hospital: Hospital, open_page: OpenPage) -> None:
    page = clerk(hospital, open_page, color_scheme="dark")
    print_numbers(page, 3)
    assert barriers(page) == []
    page.emulate_media(media="print", color_scheme="dark")
    slip = "getComputedStyle(document.querySelector('.slip-label')).color"
    leaf = "getComputedStyle(document.querySelector('.leaf')).backgroundColor"
    assert (page.evaluate(slip), page.evaluate(leaf)) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")


def test_rows_are_taken_in_by_keyboard_and_a_wrong_one_stays(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = clerk(hospital, open_page)
    print_numbers(page, 3)
    page.goto(f"{PAPER}take-in/")
    for name, phone in (("Dora Diaz", "98450 77777"), ("Tom", "12")):
        row = page.locator(ROW).nth(0 if name == "Dora Diaz" else 1)
        row.get_by_label("Name").focus()
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(phone)
        row.get_by_label("What became of them").focus()
        page.keyboard.type("still")
    page.get_by_role("button", name="Take in").press("Enter")
    expect(page.locator(".marked")).to_have_count(1)
    expect(page.locator(".marked").get_by_label("Name")).to_have_value("Tom")
    expect(page.locator(".message")).to_have_count(1)
    assert barriers(page) == []
    page.locator(".marked").get_by_label("Phone").fill("")
    page.get_by_role("button", name="Take in").press("Enter")
    expect(page.locator(".message.success")).to_have_count(1)
    expect(page.locator(ROW)).to_have_count(1)


def test_without_scripts_and_on_a_phone_it_is_the_same(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, PHONE, javascript=False)
    log_in(page, "clerk")
    print_numbers(page, 2)
    expect(page.locator(".slip")).to_have_count(2)
    page.goto(f"{PAPER}take-in/")
    page.locator(ROW).nth(0).get_by_label("What became of them").select_option("seen")
    page.get_by_role("button", name="Take in").click()
    expect(page.locator(".message.success")).to_have_count(1)


def test_the_history_keeps_its_filters_and_leaves_as_a_table(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = clerk(hospital, open_page)
    print_numbers(page, 2)
    page.goto("/events/main/OPD/")
    page.get_by_label("What happened").select_option("numbers_printed")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".history tbody tr")).to_have_count(1)
    expect(page.get_by_label("What happened")).to_have_value("numbers_printed")
    assert barriers(page) == []
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as table (CSV)").click()
    assert re.fullmatch(r"history-OPD-[\d-]{10}\.csv", saved.value.suggested_filename)
    lines = saved.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Numbers printed on paper" in lines[1]
