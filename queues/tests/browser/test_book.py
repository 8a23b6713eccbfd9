"""The portal on a phone: book, move, cancel, wait for a place, and lose one to an emergency."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from queues.tests.browser.chromium import OpenPage, Scheme
from queues.tests.browser.devices import DESK, PHONE
from queues.tests.browser.free_times import SPECIALTY
from queues.tests.browser.measures import Load, barriers
from queues.tests.hospital import Hospital

FIND = f"/book/?specialty={SPECIALTY}"
DORA = {"name": "Dora Diaz", "phone": "9845012345", "birth": "1986"}
REFUSED = (r"status of (404|409|410|422)\b",)
# It asks by itself every 15 seconds, for what the clock alone changes. Without that it is told.
NEVER_LOOKS = """
const every = window.setInterval;
window.setInterval = (act, pause) => pause >= 15_000 ? 0 : every(act, pause);
"""
SMALLEST = 44  # pixels of a target
NEVER_ASKS = """
const every = setInterval;
window.setInterval = (act, pause) => pause > 10_000 ? 0 : every(act, pause);
"""
TOO_SMALL = """
[...document.querySelectorAll("main a, main button, main summary, header a, header summary")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.getBoundingClientRect(), one.textContent.trim()])
  .filter(([box]) => box.height < %s)
  .map(([box, text]) => `${text}: ${box.height}`)
"""


def opens(hospital: Hospital, count: int, offer_minutes: int = 0) -> tuple[str, str]:
    """So many free times tomorrow; returns the ids of the doctor and of the first."""
    asked = (str(count), str(offer_minutes))
    doctor, slot = hospital.run("-m", "queues.tests.browser.free_times", *asked).split()
    return doctor, slot


def say_who(page: Page, kind: str = "new", **others: str) -> None:
    """Unfold 'I am new here' or 'I have been here before', and fill it in."""
    opened = page.locator(f"details.who:has([name=who][value={kind}])")
    opened.locator("summary").click()
    for name, typed in {**DORA, **others}.items():
        if kind == "new" or name != "name":
            opened.locator(f"[name={name}]").fill(typed)
    opened.locator("button").click()


def book(page: Page, nth: int = 0, **others: str) -> str:
    """From the free times to the page of the appointment; its address."""
    page.goto(FIND)
    page.locator("a.time").nth(nth).click()
    say_who(page, **others)
    page.wait_for_url("**/check/**")
    page.locator("form .primary").click()
    page.wait_for_url("**/book/a/**")
    return page.url


def by_key(page: Page, at: str) -> None:
    page.locator(at).focus()
    page.keyboard.press("Enter")


def is_comfortable(page: Page) -> None:
    assert barriers(page) == []
    assert page.evaluate(TOO_SMALL % SMALLEST) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def phone(hospital: Hospital, open_page: OpenPage) -> Page:
    return open_page(hospital, PHONE, forgive=REFUSED)


def test_somebody_books_moves_and_cancels(hospital: Hospital, phone: Page) -> None:
    opens(hospital, 3)
    book(phone)
    expect(phone.locator("#standing")).to_have_text("Your appointment is booked.")
    expect(phone.locator(".when strong")).to_have_text(re.compile("9:00"))
    assert "Dora" not in phone.content()
    phone.locator("#move").click()
    phone.locator("a.time").first.click()
    phone.locator(".primary").click()
    expect(phone.locator(".when strong")).to_have_text(re.compile("9:30"))
    phone.locator("#confirm").click()
    expect(phone.locator("#standing")).to_have_text("You said that you will come. We expect you.")
    phone.locator("#cancel").click()
    phone.locator(".danger").click()
    expect(phone.locator("#standing")).to_have_text("This appointment is cancelled.")


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en"), ("dark", "ar")])
def test_each_page_is_comfortable_for_everybody(
    hospital: Hospital, open_page: OpenPage, scheme: Scheme, locale: str
) -> None:
    doctor, _slot = opens(hospital, 10)
    page = open_page(hospital, PHONE, color_scheme=scheme, locale=locale, forgive=REFUSED)
    assert Load(page, FIND).weight <= 60_000
    assert page.evaluate("document.dir") == ("rtl" if locale == "ar" else "ltr")
    is_comfortable(page)
    page.locator("a.more").click()
    page.wait_for_url(f"**/{doctor}/")
    is_comfortable(page)
    page.locator("a.time").nth(2).click()
    page.wait_for_url("**/time/**")
    is_comfortable(page)
    say_who(page, birth="86")
    expect(page.locator(".errorlist")).to_be_visible()
    expect(page.locator(".summary")).to_be_focused()
    is_comfortable(page)
    opened = page.locator("details.who[open]")
    opened.locator("[name=birth]").fill(DORA["birth"])
    opened.locator("button").click()
    page.wait_for_url("**/check/**")
    is_comfortable(page)
    page.locator("form .primary").click()
    page.wait_for_url("**/book/a/**")
    booked = page.url
    assert Load(page, booked).weight <= 60_000
    page.locator("#code summary").click()
    is_comfortable(page)
    for act in ("move/", "cancel/"):
        page.goto(f"{booked}{act}")
        is_comfortable(page)
    page.goto("/book/mine/")
    is_comfortable(page)
    for name in ("phone", "birth"):
        page.locator(f"[name={name}]").fill(DORA[name])
    page.locator("form .primary").click()
    page.wait_for_url("**/book/m/**")
    is_comfortable(page)
    page.goto(f"/book/wait/?doctor={doctor}&places=99&go=1")
    is_comfortable(page)


def test_an_emergency_takes_the_place_and_the_page_says_so(hospital: Hospital, phone: Page) -> None:
    """The page is told: it does not come to ask by itself."""
    phone.add_init_script(NEVER_ASKS)
    doctor, slot = opens(hospital, 2)
    book(phone)
    wanted = {"doctor_id": doctor, "slot_id": slot, "source": "emergency"}
    status, answer = hospital.ask("POST", "/book", wanted)
    assert status == 201, answer
    expect(phone.locator(".changed")).to_have_text(
        re.compile("An emergency needed your place. Your new time is .*9:30")
    )
    expect(phone.locator("#news")).to_have_text(re.compile("An emergency needed your place."))
    expect(phone.locator(".when strong")).to_have_text(re.compile("9:30"))


def test_the_page_moves_by_itself_and_takes_nothing_out_of_a_hand(
    hospital: Hospital, phone: Page
) -> None:
    doctor, slot = opens(hospital, 2)
    phone.add_init_script(NEVER_LOOKS)
    book(phone)
    phone.evaluate("window.stayed = true")
    by_key(phone, "#show-code")
    booked = {"doctor_id": doctor, "slot_id": slot, "source": "emergency"}
    status, answer = hospital.ask("POST", "/book", booked)
    assert status == 201, answer
    expect(phone.locator(".when strong")).to_have_text(re.compile("9:30"))
    expect(phone.locator("#show-code")).to_be_focused()
    expect(phone.locator("#code .qr")).to_be_visible()
    phone.locator("#confirm").focus()
    hospital.ask("PATCH", f"/token/{answer['displaced']['id']}/status", {"status": "cancelled"})
    expect(phone.locator("#standing")).to_have_text("This appointment is cancelled.")
    expect(phone.locator("#standing")).to_be_focused()  # its button is gone
    assert phone.evaluate("stayed")


def test_nothing_is_free_and_then_it_is(
    hospital: Hospital, phone: Page, open_page: OpenPage
) -> None:
    opens(hospital, 1)
    other = open_page(hospital, PHONE)
    book(other)
    phone.goto(FIND)
    expect(phone.locator("#found-title")).to_have_text("No free time fits.")
    phone.locator(".nothing .primary").click()
    phone.locator("button[name=go]").click()
    say_who(phone, name="Emil Ek", phone="9845054321")
    phone.wait_for_url("**/check/**")
    phone.locator("form .primary").click()
    phone.wait_for_url("**/book/w/**")
    expect(phone.locator("#standing")).to_have_text(re.compile("You are on the waitlist."))
    other.locator("#cancel").click()
    other.locator(".danger").click()
    expect(other.locator("#standing")).to_have_text("This appointment is cancelled.")
    expect(phone.locator("#standing")).to_have_text("There is a place for you, and it is booked.")
    phone.locator(".place .primary").click()
    expect(phone.locator("#standing")).to_have_text("Your appointment is booked.")


def test_an_offer_is_counted_down_and_taken(
    hospital: Hospital, phone: Page, open_page: OpenPage
) -> None:
    doctor, _slot = opens(hospital, 1, offer_minutes=10)
    other = open_page(hospital, PHONE)
    book(other)
    phone.goto(f"/book/wait/?doctor={doctor}")
    phone.locator("button[name=go]").click()
    say_who(phone, name="Emil Ek", phone="9845054321")
    phone.wait_for_url("**/check/**")
    phone.locator("form .primary").click()
    phone.wait_for_url("**/book/w/**")
    other.locator("#cancel").click()
    other.locator(".danger").click()
    expect(other.locator("#standing")).to_have_text("This appointment is cancelled.")
    expect(phone.locator("[data-clock]")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    expect(phone.locator("[data-clock]")).to_have_text(re.compile(r"^9:5[0-7]$"))
    is_comfortable(phone)
    phone.locator("#accept").click()
    expect(phone.locator("#standing")).to_have_text("There is a place for you, and it is booked.")


def test_somebody_was_faster_and_nothing_is_lost(
    hospital: Hospital, phone: Page, open_page: OpenPage
) -> None:
    opens(hospital, 2)
    phone.goto(FIND)
    phone.locator("a.time").first.click()
    say_who(phone)
    phone.wait_for_url("**/check/**")
    book(open_page(hospital, PHONE), name="Emil Ek", phone="9845054321")
    phone.locator("form .primary").click()
    expect(phone.locator("h1")).to_have_text("This time is no longer free.")
    is_comfortable(phone)
    phone.locator("a.time").first.click()
    expect(phone.locator(".for-whom")).to_contain_text("Dora Diaz")
    phone.locator("form .primary").click()
    expect(phone.locator(".when strong")).to_have_text(re.compile("9:30"))


def test_a_double_tap_books_once(hospital: Hospital, phone: Page) -> None:
    opens(hospital, 2)
    phone.goto(FIND)
    phone.locator("a.time").first.click()
    say_who(phone)
    phone.wait_for_url("**/check/**")
    phone.locator("form .primary").dblclick()
    expect(phone.locator("#standing")).to_have_text("Your appointment is booked.")
    phone.goto("/book/mine/")
    for name in ("phone", "birth"):
        phone.locator(f"[name={name}]").fill(DORA[name])
    phone.locator("form .primary").click()
    expect(phone.locator(".to-page")).to_have_count(1)


def test_the_keyboard_alone(hospital: Hospital, open_page: OpenPage) -> None:
    opens(hospital, 1)
    page = open_page(hospital, DESK)
    page.goto(FIND)
    tab_to(page, "document.activeElement.matches('a.time')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/time/**")
    tab_to(page, "document.activeElement.matches('details:nth-of-type(2) > summary')")
    page.keyboard.press("Enter")
    for name, typed in DORA.items():
        tab_to(page, f"document.activeElement.id === 'new-{name}'")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/**")
    tab_to(page, "document.activeElement.matches('form .primary')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/a/**")
    tab_to(page, "document.activeElement.id === 'cancel'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cancel/")
    tab_to(page, "document.activeElement.matches('.danger')")
    page.keyboard.press("Enter")
    expect(page.locator("#standing")).to_have_text("This appointment is cancelled.")


def tab_to(page: Page, there: str) -> None:
    for _key in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(there):
            return
    raise AssertionError(f"the keyboard never comes to {there}")


def test_without_javascript(hospital: Hospital, open_page: OpenPage) -> None:
    opens(hospital, 2)
    page = open_page(hospital, PHONE, javascript=False, forgive=REFUSED)
    link = book(page)
    expect(page.locator("#standing")).to_have_text("Your appointment is booked.")
    page.locator("#move").click()
    page.locator("a.time").first.click()
    page.locator(".primary").click()
    expect(page.locator(".when strong")).to_have_text(re.compile("9:30"))
    page.locator("#cancel").click()
    page.locator(".danger").click()
    expect(page.locator("#standing")).to_have_text("This appointment is cancelled.")
    assert page.url == link


def test_in_arabic_to_the_end(hospital: Hospital, open_page: OpenPage) -> None:
    opens(hospital, 1)
    page = open_page(hospital, PHONE)
    page.goto(FIND)
    page.locator(".tongues summary").click()
    page.locator(".tongues [value=ar]").click()
    assert facts(page) == ["ar", "rtl"]
    page.locator("a.time").first.click()
    say_who(page)
    page.wait_for_url("**/check/**")
    page.locator("form .primary").click()
    page.wait_for_url("**/book/a/**")
    assert facts(page) == ["ar", "rtl"]
    expect(page.locator(".when strong")).to_have_text(re.compile("٩:٠٠"))


def facts(page: Page) -> Any:
    return page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
