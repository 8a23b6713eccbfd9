"""Appointments as they are received: at the desk by keyboard, by two desks at once, without a
script, and at the kiosk by the door."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from queues.tests.browser.booked_day import BORN_IN
from queues.tests.browser.chromium import OpenPage, log_in
from queues.tests.browser.devices import DESK, KIOSK, PHONE
from queues.tests.browser.measures import barriers
from queues.tests.browser.walks import choose, let_a_moment_pass, type_in
from queues.tests.hospital import Hospital

TODAY = "/appointments/today/"
LABEL = re.compile(r"^A-\d{3}$")
MARK = "window.neverLeft = true"
WIDER = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def booked(hospital: Hospital) -> Hospital:
    hospital.run("-m", "queues.tests.browser.booked_day")
    return hospital


@pytest.fixture
def carlos(booked: Hospital, open_page: OpenPage) -> Page:
    return at_agenda(booked, open_page)


def at_agenda(hospital: Hospital, open_page: OpenPage) -> Page:
    page = open_page(hospital, DESK)
    log_in(page, "clerk")
    page.goto(TODAY)
    page.evaluate(MARK)
    return page


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-row]", has_text=name)


def by_key(at: Locator, key: str = "Enter") -> None:
    at.focus()
    at.press(key)


def said(page: Page, text: str) -> None:
    expect(page.locator("#said")).to_contain_text(text)


def test_check_in_by_keyboard(carlos: Page) -> None:
    by_key(row(carlos, "Uma First").locator("[value=check_in]"))
    expect(carlos.locator("#ticket .ticket-label")).to_have_text(LABEL)
    said(carlos, "checked in.")
    expect(row(carlos, "Uma First").locator(".stage")).to_have_text("here")
    expect(carlos.locator("#show-here .count")).to_have_text("1")
    assert carlos.evaluate("neverLeft")
    expect(row(carlos, "Uma First")).to_be_focused()  # its button is gone
    assert barriers(carlos) == []


def test_cancel_by_keyboard_with_a_reason(carlos: Page) -> None:
    menu = row(carlos, "Vik Second").locator("details")
    by_key(menu.locator("summary"))
    reason = menu.locator("[name=reason]")
    reason.focus()
    carlos.keyboard.type("has a cold")
    carlos.keyboard.press("Tab")
    carlos.keyboard.press("Enter")
    said(carlos, "is cancelled.")
    expect(row(carlos, "Vik Second")).to_have_count(0)
    expect(carlos.locator("#show-cancelled .count")).to_have_text("1")
    expect(row(carlos, "Wes Third")).to_be_focused()  # the next one


def test_the_keys_of_the_page(carlos: Page) -> None:
    keys = carlos.keyboard
    keys.press("?")
    dialog = carlos.locator("#keys")
    expect(dialog).to_contain_text("Check in the patient of this row")
    assert barriers(carlos) == []
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    for _row in range(40):  # past whoever is booked with the doctors before
        keys.press("j")
        if "Uma First" in str(carlos.evaluate("document.activeElement.textContent")):
            break
    keys.press("Enter")
    said(carlos, "checked in.")
    expect(row(carlos, "Uma First").locator(".stage")).to_have_text("here")
    menu = row(carlos, "Vik Second").locator("details")
    by_key(menu.locator("summary"))
    expect(menu).to_have_attribute("open", "")
    keys.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(menu).not_to_have_attribute("open", "")
    keys.press("r")
    carlos.wait_for_url("**/appointments/new/**")


def test_the_chosen_time_is_booked_from_where_it_was_chosen(
    booked: Hospital, open_page: OpenPage
) -> None:
    page = open_page(booked, PHONE)
    log_in(page, "clerk")
    page.goto(f"/appointments/new/?department=OPD&day={date.today() + timedelta(days=2)}")
    page.locator("#times .tile").first.click()
    expect(page.get_by_role("button", name="Book the chosen time")).to_be_in_viewport()
    expect(page.locator("#times .tile").first).to_be_in_viewport()


def test_what_went_wrong_has_the_focus_and_leads_there(
    quiet_hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(quiet_hospital, DESK, forgive=(r"status of 422\b",))
    log_in(page, "clerk")
    page.goto("/patients/new/")
    page.get_by_label("Phone").fill("12")
    by_key(page.locator("[name=age]"))  # Enter sends the form
    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator(".summary a")).to_have_text(["Name", "Phone", "Age"])
    expect(page.get_by_label("Phone")).to_have_value("12")
    assert barriers(page) == []
    for _link in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("3")
    expect(page.get_by_label("Phone")).to_have_value(re.compile("3"))


def test_move_by_keyboard(carlos: Page) -> None:
    by_key(row(carlos, "Vik Second").locator("summary"))
    by_key(row(carlos, "Vik Second").get_by_role("link", name="Move"))
    carlos.wait_for_url("**/move/**")
    offered = carlos.locator("input[name=slot], button[name=instead]").last
    by_key(offered, " ")
    if carlos.locator("input[name=slot]:checked").count():
        by_key(carlos.get_by_role("button", name="Move to the chosen time"))
    carlos.wait_for_url(re.compile("/appointments/today/"))
    said(carlos, "The appointment is moved.")
    expect(row(carlos, "Vik Second")).to_be_visible()


def test_the_page_follows_another_desk_and_leaves_alone_what_is_in_hand(
    carlos: Page, booked: Hospital, open_page: OpenPage
) -> None:
    menu = row(carlos, "Wes Third").locator("details")
    by_key(menu.locator("summary"))
    menu.locator("[name=reason]").focus()
    carlos.keyboard.type("will call ag")
    other = at_agenda(booked, open_page)
    let_a_moment_pass(other)
    row(other, "Uma First").locator("[value=check_in]").click()
    expect(row(carlos, "Uma First").locator(".stage")).to_have_text("here")
    carlos.keyboard.type("ain")
    expect(menu.locator("[name=reason]")).to_have_value("will call again")
    expect(menu).to_have_attribute("open", "")


def test_whoever_was_first_is_named(carlos: Page, booked: Hospital, open_page: OpenPage) -> None:
    button = row(carlos, "Uma First").locator("[value=check_in]")
    carlos.route("**/appointments/today/**", lambda _: None)  # his page does not see what she does
    other = at_agenda(booked, open_page)
    row(other, "Uma First").locator("[value=check_in]").click()
    expect(row(other, "Uma First").locator(".stage")).to_have_text("here")
    by_key(button)
    said(carlos, "This appointment is: here.")


def test_without_a_script_it_is_the_same_page(booked: Hospital, open_page: OpenPage) -> None:
    page = open_page(booked, DESK, javascript=False)
    log_in(page, "clerk")
    page.goto(f"{TODAY}?show=open")
    row(page, "Uma First").locator("[value=check_in]").click()
    expect(page.locator("#ticket .ticket-label")).to_have_text(LABEL)
    page.get_by_role("link", name="Done").click()
    expect(page.locator("#ticket")).to_have_count(0)
    expect(row(page, "Uma First").locator(".stage")).to_have_text("here")


def test_book_by_keyboard_for_somebody_who_is_found(carlos: Page) -> None:
    by_key(carlos.get_by_role("link", name="New appointment"))
    expect(carlos.locator("#search")).to_be_focused()
    carlos.keyboard.type("Grace Mensah")
    carlos.keyboard.press("Enter")
    choose_her = carlos.get_by_role("link", name="Choose Grace Mensah")
    expect(choose_her).to_be_focused()
    carlos.keyboard.press("Enter")
    carlos.locator("[name=doctor]").select_option(label="Dr Kaur")
    by_key(carlos.get_by_role("button", name="Show times"))
    offered = carlos.locator("#times :is(input[name=slot], button[name=instead])").last
    if offered.get_attribute("type") == "radio":  # today's are full: another day
        carlos.locator("[name=day]").fill(carlos.evaluate(TOMORROW))
        by_key(carlos.get_by_role("button", name="Show times"))
        by_key(carlos.locator("#times input[name=slot]").first, " ")
        carlos.locator("#times input[name=reason]").fill("a cough")
        carlos.keyboard.press("Tab")
        carlos.keyboard.press("Enter")
    else:
        by_key(offered)
    expect(carlos.locator("#booked-title")).to_be_visible()
    expect(carlos.locator(".ticket")).to_contain_text("Grace Mensah")


TOMORROW = """() => {
  const day = new Date(document.querySelector("[name=day]").value);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}"""


def test_the_ways_of_staff_open_by_keyboard_on_a_phone(
    quiet_hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(quiet_hospital, PHONE)
    log_in(page, "admin")
    page.goto("/desk/")
    expect(page.locator("#staff-ways")).to_be_hidden()
    by_key(page.locator(".menu-button"))
    expect(page.locator("#staff-ways [aria-current]")).to_have_text("Departments")
    by_key(page.locator("#staff-ways [href='/patients/']"))
    page.wait_for_url("**/patients/")
    assert page.evaluate(WIDER) == 0


def test_the_kiosk_lets_in_whoever_has_an_appointment(
    booked: Hospital, open_page: OpenPage
) -> None:
    page = open_page(booked, KIOSK)
    page.goto("/kiosk/main/")
    choose(page, "en", "who")
    choose(page, "appointment", "by")
    assert barriers(page) == []
    choose(page, "phone", "phone")
    type_in(page, "98450 55501", "birth")
    type_in(page, str(date.today().year - BORN_IN), "appointment")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") == 0
    expect(page.locator("main")).to_contain_text("Dr Kaur")
    expect(page.locator("main")).not_to_contain_text("Uma")
    page.locator("main .choice").dblclick()
    page.wait_for_url("**/ticket/")
    expect(page.locator(".ticket-label")).to_have_text(LABEL)
    page.locator(".done button").click()
    page.go_back()
    expect(page.locator(".languages, .choices").first).to_be_visible()
    assert "Kaur" not in page.content()
