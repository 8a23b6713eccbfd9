"""One patient's day through three departments, with the kiosk, the desks, the phone and the wall
open at once. Nobody reloads anything."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from queues.tests.browser.chromium import OpenPage, log_in_by_form
from queues.tests.browser.devices import DESK, KIOSK, PHONE, WALL
from queues.tests.browser.walks import ANSWERS, let_a_moment_pass, sit_down, take_a_number
from queues.tests.hospital import Hospital

LINK = "from queues.models import Visit; print(Visit.objects.get(label='{label}').url)"


def call(page: Page, label: str) -> None:
    """This patient, out of turn: the day has to end."""
    let_a_moment_pass(page)
    page.locator(f"#row-{label} [value=call]").click()
    expect(page.locator("#mine-label")).to_have_text(label)


def do(page: Page, label: str, move: str) -> None:
    let_a_moment_pass(page)
    page.locator(f"#hand-{label} [value={move}]").click()


def start(page: Page, label: str) -> None:
    do(page, label, "start")
    expect(page.locator("#mine .serving")).to_be_visible()


def send_on(page: Page, label: str, department: str) -> None:
    menu = page.locator(f"#on-{label}")
    menu.locator("summary").click()
    menu.locator("[name=department]").select_option(department)
    do(page, label, "transfer")
    expect(page.locator("#said")).to_contain_text(f"{label} now waits in")


def test_a_patients_day(hospital: Hospital, open_page: OpenPage) -> None:
    kiosk = open_page(hospital, KIOSK)
    take_a_number(kiosk)
    label = kiosk.locator(".ticket-label").inner_text()
    assert re.fullmatch(r"A-\d{3}", label)

    phone = open_page(hospital, PHONE)
    phone.goto(hospital.manage("shell", "-v0", "-c", LINK.format(label=label)))
    phone.evaluate("window.stayed = true")
    wall = open_page(hospital, WALL)
    wall.goto("/display/main/")
    wall.evaluate("window.stayed = true")
    clerk = open_page(hospital, DESK)
    log_in_by_form(clerk, "clerk")
    sit_down(clerk, "OPD", "2")
    lab = open_page(hospital, DESK)
    log_in_by_form(lab, "lab")
    sit_down(lab, "LAB", "2")
    expect(wall.locator("#panel-OPD")).not_to_contain_text(label)
    expect(phone.locator("[data-told=ahead]")).to_contain_text("people are ahead of you")

    # Outpatients: whoever is at the counter is completed, then our patient is called.
    clerk.locator("#mine [value=complete]").click()
    expect(clerk.locator("#mine-label")).to_have_text("—")
    call(clerk, label)
    expect(wall.locator(f"#panel-OPD .called[data-label={label}]")).to_be_visible()
    expect(phone.locator("#call-title")).to_have_text("It is your turn!")
    expect(phone.locator("[data-call-words]")).to_contain_text("2")
    start(clerk, label)
    expect(phone.locator("main")).to_contain_text("You are being served at counter 2.")
    send_on(clerk, label, "LAB")

    # The Lab sees them come, under the same number.
    expect(lab.locator(f"#row-{label}")).to_be_visible()
    expect(phone.locator("#stop-LAB")).to_be_visible()
    call(lab, label)
    expect(wall.locator(f"#panel-LAB .called[data-label={label}]")).to_be_visible()
    expect(phone.locator("#call-title")).to_be_visible()
    start(lab, label)
    send_on(lab, label, "PHARMACY")

    # The pharmacy, where the day ends.
    sit_down(clerk, "PHARMACY", "1")
    call(clerk, label)
    expect(wall.locator(f"#panel-PHARMACY .called[data-label={label}]")).to_be_visible()
    expect(phone.locator("#call-title")).to_be_visible()
    start(clerk, label)
    do(clerk, label, "complete")
    expect(phone.locator("main")).to_contain_text("You are done for now.")
    for department in ("Outpatients", "Laboratory", "Pharmacy"):
        expect(phone.locator("main")).to_contain_text(department)
    expect(wall.locator(f"#panel-PHARMACY .now [data-label={label}]")).to_have_count(0)

    for page in (phone, wall):
        assert page.evaluate("window.stayed === true"), "it was never reloaded"
        for name in ANSWERS["name"].split():
            assert name not in page.content()
