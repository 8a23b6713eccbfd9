"""The kiosk in a real browser: fingers that tap twice, people who walk away, cables that come loose."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from queues.tests.browser.chromium import OpenPage
from queues.tests.browser.devices import KIOSK, PHONE, Device
from queues.tests.browser.measures import barriers
from queues.tests.browser.patience import wait_until_page
from queues.tests.browser.walks import ANSWERS, answer_all, choose, steps, take_a_number
from queues.tests.hospital import Hospital

TEN_AT_MOST = re.compile(r"^(\d|10)$")
START = re.compile(r"/kiosk/main/$")
TABLET_LYING = Device("tablet, lying", 1280, 800, is_touched=True)
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET")
LARGE, LEGIBLE = 64, 20  # pixels
MM = 72 / 25.4  # points
TOO_SMALL = """(least) => [...document.querySelectorAll("button, a, input")]
  .filter((one) => one.checkVisibility() && !one.matches(".skip, [type=hidden]"))
  .filter((one) => Math.min(one.clientWidth, one.clientHeight) < least - 6)
  .map((one) => one.outerHTML.slice(0, 80))"""
TOO_FINE = """(least) => [...document.querySelectorAll("main *, header *, footer *")]
  .filter((one) => one.checkVisibility() && one.textContent.trim() && !one.children.length)
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < least)
  .map((one) => one.outerHTML.slice(0, 80))"""
HIDDEN = """() => [document.documentElement.scrollHeight - innerHeight,
  document.documentElement.scrollWidth - innerWidth]"""


def waiting(hospital: Hospital) -> int:
    return len(hospital.ask("GET", "/queue?department=OPD")[1]["waiting"])


@pytest.mark.parametrize("device", [KIOSK, TABLET_LYING], ids=lambda device: device.name)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_step_is_small_hidden_or_in_anybodys_way(
    hospital: Hospital, open_page: OpenPage, device: Device, language: str
) -> None:
    page = open_page(hospital, device, color_scheme="dark" if language == "ar" else "light")

    def look(step: str) -> None:
        assert page.evaluate(HIDDEN) == [0, 0], f"{step} must be scrolled"
        assert page.evaluate(TOO_SMALL, LARGE) == [], step
        assert page.evaluate(TOO_FINE, LEGIBLE) == [], step
        assert barriers(page) == [], step

    for step in steps(page, language):
        look(step)
    choose(page, "nothing", "ticket")
    look("ticket")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("notice", ["still-there", "not-connected"])
def test_what_is_said_over_a_page_is_in_nobodys_way(
    hospital: Hospital, open_page: OpenPage, notice: str
) -> None:
    page = open_page(hospital, TABLET_LYING)
    page.goto("/kiosk/main/")
    choose(page, "en", "who")
    page.locator(f"#{notice}").evaluate("(notice) => notice.showModal()")
    assert barriers(page) == []
    assert page.evaluate(TOO_SMALL, LARGE) == []


def test_a_double_tap_makes_one_token(hospital: Hospital, open_page: OpenPage) -> None:
    page, before = open_page(hospital, KIOSK), waiting(hospital)
    answer_all(page)
    page.locator("[value=nothing]").dblclick()
    page.wait_for_url("**/ticket/")
    assert waiting(hospital) == before + 1


def test_without_a_script_it_is_the_same_kiosk(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, KIOSK, javascript=False)
    take_a_number(page)
    expect(page.locator(".ticket-label")).to_have_text(re.compile(r"^A-\d{3}$"))
    expect(page.locator("[data-print]")).to_be_hidden()


def test_the_pad_types_and_the_keyboard_too(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, KIOSK)
    for step in steps(page):
        if step == "phone":
            break
    field = page.locator("main input[name=answer]")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("inputmode", "none")
    for digit in "9876":
        page.locator(f"[data-digit='{digit}']").tap()
    page.get_by_role("button", name="Delete the last digit").tap()
    page.keyboard.type("12")
    expect(field).to_have_value("98712")
    expect(field).to_be_focused()


def test_back_and_forward_lose_nothing_of_the_same_patient(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, KIOSK)
    answer_all(page)
    for _page in range(3):  # doctor, need, birth
        page.go_back()
    expect(page.locator("main input[name=answer]")).to_have_value("1980")
    page.go_forward()
    expect(page.locator("[value=OPD]")).to_have_attribute("aria-current", "true")


def test_browser_back_after_the_end_shows_nobody(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, KIOSK)
    take_a_number(page)
    page.locator(".done button").click()
    expect(page).to_have_url(START)
    for _page in range(8):  # to the first of its pages
        page.go_back()
        expect(page.locator(".languages, .choices").first).to_be_visible()
        assert not any(fact in page.content() for fact in ANSWERS.values())
    page.reload()
    expect(page).to_have_url(START)


def test_who_walks_away_is_asked_and_then_forgotten(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, KIOSK)
    page.clock.install()
    page.goto("/kiosk/main/")
    choose(page, "en", "who")
    choose(page, "new", "name")
    page.locator("main input[name=answer]").fill("Dora Diaz")
    asks = page.locator("#still-there")

    page.clock.fast_forward(61_000)
    expect(asks).to_be_visible()
    expect(asks.locator("[data-count]")).to_have_text(re.compile(r"^(1\d|20)$"))  # WCAG 2.2.1
    page.locator("[data-more-time]").tap()
    expect(asks).to_be_hidden()
    expect(page.locator("main input[name=answer]")).to_have_value("Dora Diaz")

    page.clock.fast_forward(81_000)
    expect(page).to_have_url(START)
    page.go_back()
    page.clock.run_for(1_000)
    expect(page).to_have_url(START)
    assert "Dora" not in page.content()


def test_the_ticket_goes_by_itself_unless_it_is_touched(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, KIOSK)
    page.clock.install()
    take_a_number(page)
    left = page.locator("main [data-count]")
    page.clock.fast_forward(35_000)  # of 45, and the clock goes on while we look
    expect(left).to_have_text(TEN_AT_MOST)
    page.locator(".ticket").tap()
    expect(left).not_to_have_text(TEN_AT_MOST)
    page.clock.fast_forward(35_000)
    expect(left).to_have_text(TEN_AT_MOST)
    expect(page.locator(".ticket-label")).to_be_visible()
    page.clock.fast_forward(11_000)
    expect(page).to_have_url(START)


def test_offline_it_sends_to_the_reception_and_comes_back_by_itself(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page, before = open_page(hospital, KIOSK, forgive=OFFLINE), waiting(hospital)
    answer_all(page, "ar")
    page.context.set_offline(True)
    page.locator("[value=nothing]").click()
    notice = page.locator("#not-connected")
    expect(notice).to_be_visible()
    expect(notice).to_have_css("direction", "rtl")  # in the words of whoever stands there
    expect(page.locator("main")).to_have_text("")
    assert waiting(hospital) == before  # no number is made up
    page.context.set_offline(False)
    expect(notice).to_be_hidden()
    expect(page).to_have_url(START)
    page.goto("/kiosk/main/name/")
    expect(page).to_have_url(START)


def test_a_server_that_starts_again_is_found_again(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, KIOSK, forgive=OFFLINE)
    page.goto("/kiosk/main/")
    hospital.kill()
    page.locator("[value=en]").click()
    expect(page.locator("#not-connected")).to_be_visible()
    hospital.start()
    expect(page.locator("#not-connected")).to_be_hidden()
    choose(page, "en", "who")


def test_help_is_called_in_one_touch(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, KIOSK)
    page.goto("/kiosk/main/")
    page.locator(".emergency button").tap()
    expect(page.locator("main h1")).to_have_text("Help has been called.")


def test_the_ticket_on_paper(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, TABLET_LYING)
    take_a_number(page)
    paper = page.pdf(prefer_css_page_size=True).decode("latin-1")
    box = re.search(r"/MediaBox ?\[0 0 ([\d.]+)", paper)
    assert box
    assert float(box[1]) == pytest.approx(80 * MM, abs=1)
    assert re.findall(r"/Count (\d+)", paper) == ["1"]
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text()
    assert "City Hospital" in printed
    assert "Outpatients" in printed
    assert "Dora" not in printed
    expect(page.locator(".qr")).to_be_visible()
    for other in ("footer", "header", ".last-words"):
        expect(page.locator(other)).to_be_hidden()


def test_a_machine_that_prints_by_itself_prints_once(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, KIOSK)
    page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1 }")
    page.goto("/kiosk/main/?autoprint=1")
    take_a_number(page)
    wait_until_page(page, "window.printed === 1")
    page.locator("[data-print]").tap()
    wait_until_page(page, "window.printed === 2")


def test_on_a_narrow_screen_nothing_sticks_out(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, PHONE)
    for step in steps(page):
        assert page.evaluate(HIDDEN)[1] == 0, step
