"""The desk as staff live with it: two of them at once, by mouse, by keyboard, without JavaScript.

In the demo's morning A-004 is served at counter 1, A-007 is called to counter 2, and A-002, A-006,
A-003, A-001, A-005, A-008 wait in this order.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import Page, Request, Route, expect

from queues.tests.browser.arrivals import arrive
from queues.tests.browser.chromium import OpenPage, log_in
from queues.tests.browser.clocks import A_HEARTBEAT, let_pass, stop_time
from queues.tests.browser.devices import DESK, KIOSK, PHONE, TABLET, Device
from queues.tests.browser.measures import barriers
from queues.tests.browser.patience import wait_until, wait_until_page
from queues.tests.browser.walks import TOO_SOON, let_a_moment_pass, sit_down
from queues.tests.hospital import Hospital

OPD = "/desk/main/OPD/"
TOLD_APART = 150  # two changes that come so long after each other are told one by one
AIMING = 350  # and before which a press on a row was aimed at the one that stood there
FOCUSED = """() => document.activeElement.querySelector(".label")?.textContent
  ?? document.activeElement.id"""
HIDE = "Object.defineProperty(document, 'hidden', { value: true, configurable: true })"
COUNTS_CHIMES = "window.chimes = 0; addEventListener('chime', () => { chimes += 1; }); null"
SHOW = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def nadia(hospital: Hospital, open_page: OpenPage) -> Page:
    return at_desk(hospital, open_page, "nurse", "1")


@pytest.fixture
def carlos(hospital: Hospital, open_page: OpenPage) -> Page:
    return at_desk(hospital, open_page, "clerk", "2")


def at_desk(
    hospital: Hospital, open_page: OpenPage, username: str, counter: str, device: Device = DESK
) -> Page:
    page = open_page(hospital, device)
    log_in(page, username)
    sit_down(page, "OPD", counter)
    expect(page.locator("#mine-label")).to_contain_text("A-00")
    let_a_moment_pass(page)
    return page


def said(page: Page, text: str) -> None:
    expect(page.locator("#said")).to_contain_text(text)


def has_focus(page: Page, name: str) -> None:
    """The row with this label has it, or what has this id."""
    with suppress(AssertionError):  # what has it instead says more
        wait_until_page(page, f"name => ({FOCUSED})() === name", name)
    assert page.evaluate(FOCUSED) == name


def press(page: Page, key: str) -> None:
    """And wait for the answer of what it did."""
    page.keyboard.press(key)
    page.wait_for_timeout(50)
    expect(page.locator(".living:not([aria-busy])")).to_have_count(1)


def test_the_page_follows_others_and_leaves_alone_what_is_in_hand(
    nadia: Page, carlos: Page
) -> None:
    menu = nadia.locator("#row-A-005 details")
    menu.locator("summary").click()
    menu.locator("[name=department]").select_option("LAB")
    menu.locator("[name=reason]").fill("wants wat")
    carlos.locator("#row-A-002 [value=hold]").click()
    expect(nadia.locator("#held-A-002")).to_be_visible()
    nadia.keyboard.type("er")
    expect(menu.locator("[name=reason]")).to_have_value("wants water")
    expect(menu.locator("[name=department]")).to_have_value("LAB")
    expect(menu).to_have_attribute("open", "")
    let_pass(nadia, milliseconds=AIMING)
    menu.locator("[value=transfer]").click()
    said(nadia, "A-005 now waits in Laboratory.")
    expect(carlos.locator("#row-A-005")).to_have_count(0)


def test_the_focus_of_a_row_that_somebody_took_goes_to_its_neighbour(
    nadia: Page, carlos: Page
) -> None:
    nadia.locator("#row-A-003").focus()
    carlos.locator("#row-A-003 [value=hold]").click()
    expect(nadia.locator("#told")).to_have_text("A-003 is no longer in this list.")
    has_focus(nadia, "A-001")


def test_two_desks_race_for_one_patient_and_the_loser_is_told_by_whom(
    nadia: Page, carlos: Page
) -> None:
    for page in (nadia, carlos):
        page.locator("#mine [value=complete]").click()
        said(page, "is completed.")
        let_a_moment_pass(page)
    nadia.route("**/desk/main/OPD/", lambda _: None)  # her page does not see his call
    carlos.locator("#row-A-001 [value=call]").click()
    said(carlos, "A-001 is called at counter 2.")
    nadia.locator("#row-A-001 [value=call]").click()
    said(nadia, "A-001 is called at counter 2. It was put there by Carlos Mendes")
    expect(nadia.locator("#row-A-001")).to_have_count(0)


def test_a_double_click_calls_one_patient(nadia: Page) -> None:
    nadia.locator("#next-button").dblclick()
    expect(nadia.locator("#mine-label")).to_have_text("A-002")
    nadia.wait_for_timeout(TOO_SOON)
    expect(nadia.locator("#mine-label")).to_have_text("A-002")
    expect(nadia.locator("#row-A-006")).to_be_visible()


def test_a_key_pressed_twice_acts_once_and_another_key_acts_at_once(nadia: Page) -> None:
    stop_time(nadia)  # all is pressed at one moment, however slow the machine
    nadia.keyboard.press("n")
    nadia.keyboard.press("n")
    expect(nadia.locator("#mine-label")).to_have_text("A-002")
    nadia.keyboard.press("n")
    nadia.keyboard.press("s")
    said(nadia, "A-002 is being served at counter 1.")


def test_a_patients_service_by_the_keyboard_alone(nadia: Page) -> None:
    press(nadia, "c")
    expect(nadia.locator("#next-button")).to_contain_text("Call next")
    press(nadia, "n")
    expect(nadia.locator("#mine-label")).to_have_text("A-002")
    press(nadia, "a")
    said(nadia, "A-002 is announced again.")
    press(nadia, "s")
    said(nadia, "A-002 is being served at counter 1.")
    press(nadia, "u")
    said(nadia, "Taken back. A-002 is called at counter 1.")
    press(nadia, "m")
    said(nadia, "A-002 is absent.")
    press(nadia, "ArrowDown")
    has_focus(nadia, "A-006")
    press(nadia, "j")
    press(nadia, "h")
    said(nadia, "A-003 is on hold.")
    has_focus(nadia, "A-001")
    press(nadia, "Enter")
    expect(nadia.locator("#mine-label")).to_have_text("A-001")
    has_focus(nadia, "next-button")
    press(nadia, "b")
    said(nadia, "A-001 is waiting.")


def test_letters_are_letters_while_one_types_and_can_be_switched_off(nadia: Page) -> None:
    press(nadia, "/")
    nadia.keyboard.type("cs")
    expect(nadia.locator("#search")).to_have_value("cs")
    press(nadia, "Escape")
    expect(nadia.locator("#search")).to_have_value("")
    nadia.locator("#show-keys").click()
    expect(nadia.locator("#keys")).to_be_visible()
    nadia.locator("#keys-on").uncheck()
    press(nadia, "Escape")
    press(nadia, "c")
    expect(nadia.locator("#mine-label")).to_have_text("A-004")
    nadia.reload()
    press(nadia, "c")
    expect(nadia.locator("#mine-label")).to_have_text("A-004")


def test_search_finds_anybody_of_today_in_place(nadia: Page, carlos: Page) -> None:
    for text in ("asha", "001", "98450 10001"):
        nadia.locator("#search").fill(text)
        expect(nadia.locator("#found [data-row]")).to_have_count(1)
        expect(nadia.locator("#found")).to_contain_text("A-001 is waiting.")
    carlos.locator("#row-A-001 [value=hold]").click()
    expect(nadia.locator("#found")).to_contain_text("A-001 is on hold.")
    has_focus(nadia, "search")
    nadia.locator("#found [value=resume]").click()
    expect(nadia.locator("#row-A-001")).to_be_visible()
    assert "asha" not in nadia.url
    nadia.locator("#search").fill("nobody like this")
    expect(nadia.locator("#found")).to_contain_text("Nobody of today fits.")


def test_a_pause_needs_a_reason_and_stops_every_call(nadia: Page, carlos: Page) -> None:
    press(nadia, "p")
    has_focus(nadia, "state-reason")
    nadia.locator("#pause").click()
    said(nadia, "Please give a reason for the pause: patients read it.")
    let_a_moment_pass(nadia)
    nadia.locator("#state-reason").fill("Fire drill")
    nadia.locator("#pause").click()
    expect(carlos.locator("#next-button")).to_be_disabled()
    expect(carlos.locator("#why-not")).to_contain_text("Outpatients is paused. Fire drill")
    expect(carlos.locator("#row-A-002 [value=call]")).to_be_disabled()
    let_a_moment_pass(nadia)
    nadia.locator("#reopen").click()
    expect(carlos.locator("#next-button")).to_be_enabled()


def test_a_call_for_help_at_the_kiosk_rings_until_somebody_goes(
    hospital: Hospital, open_page: OpenPage, nadia: Page, carlos: Page
) -> None:
    kiosk = open_page(hospital, KIOSK)
    kiosk.goto("/kiosk/main/")
    for page in (nadia, carlos):
        page.evaluate(COUNTS_CHIMES)
    kiosk.locator("form.emergency button").click()
    for page in (nadia, carlos):
        expect(page.get_by_role("alert").filter(has_text="needs help now")).to_be_visible()
        wait_until_page(page, "chimes === 1")
    assert barriers(nadia) == []
    label = arrive(hospital).label
    expect(nadia.locator(f"#row-{label}")).to_be_visible()
    assert nadia.evaluate("chimes") == 1, "once for each alarm"
    carlos.locator("#going").click()
    for page in (nadia, carlos):
        expect(page.locator("#alarm")).to_have_count(0)
        expect(page.locator("#alarm-answered")).to_contain_text("Carlos Mendes went to help")


def test_a_full_service_without_javascript(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, TABLET, javascript=False)
    log_in(page, "nurse")
    page.goto(OPD)
    page.locator("#choose-1-button").click()
    page.locator("#mine [value=complete]").click()
    said(page, "A-004 is completed.")
    page.locator("#next-button").click()
    said(page, "A-002 is called at counter 1.")
    page.locator("#mine [value=start]").click()
    page.locator("#next-button").click()
    said(page, "A-006 is called at counter 1.")
    page.locator("#search").fill("john")
    page.locator("#find button").click()
    page.locator("#found [value=hold]").click()
    expect(page.locator("#held-A-005")).to_be_visible()
    page.locator("#held-A-005 summary").click()
    page.locator("#held-A-005 [value=cancel]").click()
    said(page, "A-005 is cancelled.")


def test_what_does_not_reach_the_server_is_said_and_can_be_sent_again(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, DESK, forgive=("ERR_INTERNET_DISCONNECTED", "htmx:"))
    log_in(page, "nurse")
    page.goto(OPD)
    page.locator("#choose-1-button").click()
    let_a_moment_pass(page)
    page.context.set_offline(True)
    page.locator("#next-button").click()
    said(page, "That did not reach the server.")
    page.context.set_offline(False)
    let_a_moment_pass(page)
    page.locator("#next-button").click()
    expect(page.locator("#mine-label")).to_have_text("A-002")


@pytest.mark.parametrize(("device", "locale"), [(PHONE, "en"), (PHONE, "ar"), (TABLET, "ar")])
def test_everything_fits_and_is_in_nobodys_way(
    quiet_hospital: Hospital, open_page: OpenPage, device: Device, locale: str
) -> None:
    page = open_page(quiet_hospital, device, locale=locale)
    log_in(page, "nurse")
    page.goto(OPD)
    sit = page.locator("#choose-1-button")
    if sit.count():
        sit.click()
    expect(page.locator("#next-button")).to_be_in_viewport()
    page.locator("#row-A-002 summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == device.width
    if locale == "ar":
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert barriers(page) == []


def test_a_press_aimed_at_a_row_that_has_just_moved_acts_on_nobody(
    nadia: Page, carlos: Page
) -> None:
    nadia.locator("#row-A-002 [value=hold]").hover()
    stop_time(nadia)  # she presses as soon as it has moved
    carlos.locator("#row-A-002 [value=call]").click()
    said(carlos, "Counter 2 has A-007.")
    let_a_moment_pass(carlos)
    carlos.locator("#row-A-002 [value=hold]").click()
    expect(nadia.locator("#held-A-002")).to_be_visible()
    nadia.mouse.down()
    nadia.mouse.up()
    said(nadia, "The rows moved just before you pressed.")
    expect(nadia.locator("#row-A-006")).to_be_visible()


def test_what_one_did_oneself_is_not_fetched_again_and_many_changes_at_once_only_now_and_then(
    hospital: Hospital, nadia: Page
) -> None:
    fetched: list[str] = []

    def note(request: Request) -> None:
        if request.method == "GET" and request.url.endswith(OPD):
            fetched.append(request.url)

    nadia.on("request", note)
    press(nadia, "c")
    nadia.wait_for_timeout(TOO_SOON)
    assert fetched == []
    on_their_way: list[Route] = []

    def hold_up_the_first(route: Route) -> None:
        on_their_way.append(route)
        if len(on_their_way) > 1:
            route.continue_()

    nadia.route(f"**{OPD}", hold_up_the_first)
    for number in range(6):
        last = arrive(hospital, name=f"Visitor {number}").label
        nadia.wait_for_timeout(TOLD_APART)
    on_their_way[0].continue_()
    expect(nadia.locator(f"#row-{last}")).to_be_visible()
    nadia.wait_for_timeout(TOO_SOON)
    assert 2 <= len(fetched) <= 3, "one for the first, one for all that came meanwhile"


def test_a_screen_that_nobody_looks_at_asks_nothing_and_then_once(
    hospital: Hospital, nadia: Page
) -> None:
    nadia.evaluate(HIDE)
    label = arrive(hospital).label
    nadia.wait_for_timeout(TOO_SOON)
    expect(nadia.locator(f"#row-{label}")).to_have_count(0)
    nadia.evaluate(SHOW)
    expect(nadia.locator(f"#row-{label}")).to_be_visible()


def test_a_desk_that_cannot_fetch_what_it_was_told_of_says_how_old_it_is(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, DESK, forgive=("status of 500",))
    log_in(page, "nurse")
    page.goto(OPD)
    desk = page.locator("#desk")
    expect(desk).to_have_attribute("data-age", "fresh")
    page.route(f"**{OPD}", lambda route: route.fulfill(status=500))
    with page.expect_response(f"**{OPD}"):
        label = arrive(hospital).label
    let_pass(page, milliseconds=16_000)
    expect(desk).to_have_attribute("data-age", "amber")
    page.wait_for_timeout(A_HEARTBEAT)
    expect(desk).to_have_attribute("data-age", "amber")
    page.unroute(f"**{OPD}")
    expect(page.locator(f"#row-{label}")).to_be_visible()
    expect(desk).to_have_attribute("data-age", "fresh")


def test_waiting_times_move_on_a_desk_where_nothing_happens(
    hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(hospital, DESK)
    log_in(page, "nurse")
    page.goto(OPD)
    page.wait_for_timeout(TOO_SOON)
    with page.expect_response(f"**{OPD}"):
        let_pass(page, milliseconds=31_000)


def test_a_menu_that_is_opened_before_the_answer_comes_stays_open(
    nadia: Page, carlos: Page
) -> None:
    on_their_way: list[Route] = []

    def hold_up(route: Route) -> None:
        on_their_way.append(route)

    carlos.route("**/move/", hold_up)
    with carlos.expect_request("**/move/"):
        carlos.locator("#start-A-007").click()
    menu = carlos.locator("#on-A-007")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    wait_until(carlos, lambda: on_their_way)
    on_their_way[0].continue_()
    said(carlos, "A-007 is being served at counter 2.")
    expect(menu).to_have_attribute("open", "")
    menu.locator("[name=department]").select_option("LAB")
    carlos.unroute("**/move/")
    let_a_moment_pass(carlos)
    menu.locator("[value=transfer]").click()
    said(carlos, "A-007 now waits in Laboratory.")
    nadia.locator("#row-A-005 summary").click()
    nadia.locator("#row-A-005 [name=priority]").select_option(index=1)
    nadia.locator("#row-A-005 [value=priority]").click()
    expect(nadia.locator("#row-A-005 details[open]")).to_have_count(0)
