"""A patient's phone, from the waiting room to the end of the day."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from queues.tests.browser.arrivals import Arrival, arrive
from queues.tests.browser.chromium import OpenPage
from queues.tests.browser.clocks import A_HEARTBEAT, let_pass
from queues.tests.browser.devices import PHONE
from queues.tests.browser.measures import barriers
from queues.tests.browser.patience import wait_until_page
from queues.tests.hospital import Hospital

JUST_NOW = re.compile(r"Updated \d s ago\.")
AWAY = ("ERR_INTERNET_DISCONNECTED", "WebSocket connection", "Failed to load resource")
# What a real phone would do is written down instead: it shakes, and shows a notification.
HEIGHTS = """[...document.querySelectorAll("main button, main .button")]
  .map((button) => button.getBoundingClientRect().height)"""
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
RECORDED = """
window.recorded = [];
Object.defineProperty(Navigator.prototype, "vibrate", {
  value: (pattern) => recorded.push({ shaken: pattern }) > 0,
});
Object.defineProperty(Notification, "permission", { get: () => window.allowed ?? "default" });
Notification.requestPermission = async () => (window.allowed = "granted");
ServiceWorkerContainer.prototype.register = async () => ({
  showNotification: async (title, { body }) => recorded.push({ title, body }),
  getNotifications: async () => [],
});
"""


def call_next(hospital: Hospital, counter: str = "1", department: str = "PHARMACY") -> Any:
    wanted = {"department": department, "counter": counter, "complete": True}
    status, answer = hospital.ask("POST", "/queue/call_next", wanted)
    assert status == 200, answer
    return answer["token"]


def act(hospital: Hospital, token: str, action: str, **more: str) -> Any:
    status, answer = hospital.ask("POST", f"/token/{token}/action", {"action": action, **more})
    assert status == 200, answer
    return answer


def status_of(hospital: Hospital, arrival: Arrival) -> str:
    return str(hospital.ask("GET", f"/token/{arrival.token}")[1]["status"])


def stays(page: Page) -> None:
    """Marks the page, so that a reload would be noticed."""
    page.evaluate("window.stayed = true")


def has_stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


@pytest.fixture
def asha(hospital: Hospital) -> Arrival:
    """Third at the pharmacy."""
    return arrive(hospital, "PHARMACY")


@pytest.fixture
def phone(hospital: Hospital, open_page: OpenPage, asha: Arrival) -> Page:
    page = open_page(hospital, PHONE, forgive=AWAY)
    page.add_init_script(RECORDED)
    page.goto(asha.link)
    stays(page)
    return page


def fetched_by(page: Page) -> list[str]:
    """What its scripts fetch; it goes on growing. A picture may still be on its way."""
    fetched: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "fetch":
            fetched.append(request.url)

    page.on("request", note)
    return fetched


def told(page: Page, name: str) -> Any:
    return page.locator(f"[data-told={name}]")


def test_the_place_moves_by_itself(hospital: Hospital, phone: Page) -> None:
    fetched = fetched_by(phone)
    expect(told(phone, "ahead")).to_have_text("2 people are ahead of you.")
    expect(told(phone, "near")).to_have_text("It is nearly your turn. Please come close.")
    call_next(hospital)
    expect(told(phone, "ahead")).to_have_text("1 person is ahead of you.")
    expect(told(phone, "position")).to_have_text("2")
    expect(told(phone, "last")).to_contain_text("Last called: P-001 to counter 1")
    call_next(hospital)
    expect(told(phone, "near")).to_have_text("You are next. Please stay close.")
    assert has_stayed(phone)
    assert fetched == [], "it was told"


def test_a_pause_and_its_end_are_told_without_a_fetch(hospital: Hospital, phone: Page) -> None:
    fetched = fetched_by(phone)
    pause = {"state": "paused", "reason": "Fire drill."}
    assert hospital.ask("PATCH", "/departments/PHARMACY", pause)[0] == 200
    expect(told(phone, "closed")).to_have_text("Pharmacy is paused. Fire drill.")
    expect(told(phone, "wait")).to_be_hidden()
    assert hospital.ask("PATCH", "/departments/PHARMACY", {"state": "open"})[0] == 200
    expect(told(phone, "closed")).to_be_hidden()
    expect(told(phone, "wait")).to_be_visible()
    assert fetched == []


def test_a_call_changes_the_whole_screen_rings_and_shakes(hospital: Hospital, phone: Page) -> None:
    phone.get_by_role("button", name="Tell me when I am called").click()
    expect(phone.get_by_text("It will show a notification.")).to_be_visible()
    expect(phone.get_by_text("This phone will ring, unless it is muted.")).to_be_visible()
    before = phone.evaluate(BACKGROUND)
    called = [call_next(hospital) for _turn in range(3)][-1]
    expect(phone.get_by_role("heading", name="It is your turn!")).to_be_visible()
    expect(phone.locator(".go strong")).to_have_text("1")
    expect(phone).to_have_title(f"{called['label']}: please go to counter 1")
    expect(phone.locator("#news")).to_have_text(f"{called['label']}: please go to counter 1")
    wait_until_page(phone, f"before => {BACKGROUND} !== before", before)
    assert barriers(phone) == []
    act(hospital, called["id"], "recall")
    expect(phone.get_by_role("heading", name="You are called again!")).to_be_visible()
    wait_until_page(phone, "recorded.filter(({ title }) => title).length >= 2")
    heard = phone.evaluate("recorded")
    notices = [each for each in heard if "title" in each]
    assert [each["title"] for each in notices] == ["It is your turn!", "You are called again!"]
    assert notices[0]["body"] == "Please go to counter 1 Pharmacy"
    assert (
        sum(isinstance(each.get("shaken"), list) and len(each["shaken"]) > 1 for each in heard) == 2
    )
    assert has_stayed(phone)
    act(hospital, called["id"], "complete")
    expect(phone.get_by_text("You are done for now.")).to_be_visible()


def test_nothing_is_asked_unprompted(hospital: Hospital, phone: Page) -> None:
    for _turn in range(3):
        call_next(hospital)
    expect(phone.get_by_role("heading", name="It is your turn!")).to_be_visible()
    assert phone.evaluate("window.allowed ?? 'never asked'") == "never asked"
    assert not any("title" in each for each in phone.evaluate("recorded"))


def test_late_back_and_giving_up_asked_twice(
    hospital: Hospital, phone: Page, asha: Arrival
) -> None:
    phone.get_by_role("button", name="I'm running late").click()
    expect(phone.get_by_text("You keep your place.")).to_be_visible()
    assert status_of(hospital, asha) == "on_hold"
    phone.get_by_role("button", name="I'm back").click()
    expect(told(phone, "position")).to_have_text("3")
    assert has_stayed(phone), "sound that was allowed stays allowed"
    phone.get_by_role("link", name="Give up my place").click()
    question = "Do you really want to give up your place?"
    expect(phone.get_by_role("heading", name=question)).to_be_visible()
    assert barriers(phone) == []
    phone.get_by_role("link", name="No, keep my place").click()
    assert status_of(hospital, asha) == "waiting"
    phone.get_by_role("link", name="Give up my place").click()
    phone.get_by_role("button", name="Yes, give up my place").click()
    expect(phone.get_by_text("This place has been given up.")).to_be_visible()
    assert status_of(hospital, asha) == "cancelled"


def test_the_way_leads_on_to_the_next_department(
    hospital: Hospital, phone: Page, asha: Arrival
) -> None:
    act(hospital, asha.token, "transfer", department="LAB")
    lab = phone.locator("[data-department=LAB]")
    expect(lab.get_by_role("heading", name="Laboratory")).to_be_visible()
    expect(phone.locator(".journey li").first).to_contain_text("sent on at")
    call_next(hospital, department="LAB")
    expect(lab.locator("[data-told=last]")).to_contain_text("L-002 to counter 1")
    assert has_stayed(phone)


def test_without_scripts_it_refreshes_and_its_forms_work(
    hospital: Hospital, open_page: OpenPage, asha: Arrival
) -> None:
    """A real browser sends these forms with `Origin: null`, since the page has no referrer."""
    page = open_page(hospital, PHONE, javascript=False)
    page.goto(asha.link)
    expect(page.get_by_role("button", name="Tell me when I am called")).to_be_hidden()
    page.get_by_role("button", name="I'm running late").click()
    expect(page.get_by_text("You keep your place.")).to_be_visible()
    page.get_by_role("button", name="I'm back").click()
    page.get_by_role("link", name="Give up my place").click()
    page.get_by_role("button", name="Yes, give up my place").click()
    expect(page.get_by_text("This place has been given up.")).to_be_visible()
    assert status_of(hospital, asha) == "cancelled"


def test_offline_it_says_how_old_it_is_and_recovers(
    hospital: Hospital, open_page: OpenPage, asha: Arrival
) -> None:
    page = open_page(hospital, PHONE, forgive=AWAY)
    page.clock.install()
    page.goto(asha.link)
    age = page.locator("#as-of")
    expect(age).to_contain_text(JUST_NOW)
    hospital.freeze()
    page.context.set_offline(True)
    page.clock.run_for(16_000)
    expect(age).to_have_attribute("data-age", "amber")
    expect(age).to_contain_text("We are trying to reach the hospital.")
    page.clock.run_for(50_000)
    stale = page.get_by_role("alert").filter(has_text="Please listen for your number.")
    expect(stale).to_be_visible()
    expect(stale).to_have_text(re.compile(r"could not be renewed since \d?\d:\d\d\b"))
    hospital.thaw()
    call_next(hospital)
    page.context.set_offline(False)
    page.clock.run_for(6_000)
    expect(told(page, "position")).to_have_text("2")
    expect(stale).to_be_hidden()


def test_a_phone_that_cannot_fetch_what_it_was_told_of_says_how_old_it_is(
    hospital: Hospital, phone: Page, asha: Arrival
) -> None:
    age = phone.locator("#as-of")
    expect(age).to_contain_text(JUST_NOW)
    phone.route(asha.link, lambda route: route.fulfill(status=500))
    with phone.expect_response(asha.link):
        act(hospital, asha.token, "hold")
    let_pass(phone, milliseconds=16_000)
    expect(age).to_have_attribute("data-age", "amber")
    phone.wait_for_timeout(A_HEARTBEAT)
    expect(age).to_have_attribute("data-age", "amber")
    phone.unroute(asha.link)
    expect(phone.get_by_text("You keep your place.")).to_be_visible()
    expect(age).to_have_attribute("data-age", "fresh")


def test_arabic_is_chosen_and_kept(hospital: Hospital, open_page: OpenPage, asha: Arrival) -> None:
    languages = {"languages": ["en", "ar"]}
    hospital.manage("shell", "-c", CLINIC_SPEAKS.format(**languages))
    page = open_page(hospital, PHONE)
    page.goto(asha.link)
    page.locator(".tongues summary").click()
    page.get_by_role("button", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []


CLINIC_SPEAKS = "from queues.models import Clinic; Clinic.objects.update(languages={languages})"
THE_DAY_IS_OVER = """
from queues.models import Visit
Visit.objects.update(day="2020-01-01")
"""


def test_the_link_dies_with_the_day_and_the_page_notices(
    hospital: Hospital, open_page: OpenPage, asha: Arrival
) -> None:
    page = open_page(hospital, PHONE, forgive=("status of 410",))
    page.goto(asha.link)
    expect(told(page, "position")).to_have_text("3")
    hospital.manage("shell", "-c", THE_DAY_IS_OVER)
    act(hospital, asha.token, "cancel")
    farewell = page.get_by_role("heading", name="This number was for another day.")
    expect(farewell).to_be_visible()
    assert page.evaluate("document.scripts.length") == 0, "nothing is left that would follow"


def test_it_names_nobody_and_asks_nobody_else(hospital: Hospital, phone: Page) -> None:
    """`open_page` sees to the other hosts."""
    assert "Visitor" not in phone.content()
    assert phone.context.cookies() == []


@pytest.mark.parametrize(("width", "height"), [(360, 640), (180, 320)])
def test_nothing_is_lost_on_a_small_phone_or_at_twice_the_size(
    hospital: Hospital, phone: Page, width: int, height: int
) -> None:
    phone.set_viewport_size({"width": width, "height": height})
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
    heights = phone.evaluate(HEIGHTS)
    assert heights
    assert min(heights) >= 44
