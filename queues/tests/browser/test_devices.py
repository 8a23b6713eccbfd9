"""A wall and a kiosk that nobody knows: each shows a code, is let in, works, and goes dark again,
while nobody touches it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from queues.tests.browser.chromium import OpenPage, log_in
from queues.tests.browser.devices import DESK, KIOSK, WALL
from queues.tests.hospital import Hospital

DARK = (r"403", r"WebSocket")  # what Chromium notes of a screen that shows nothing, and of its end


@pytest.fixture
def admin(hospital: Hospital, open_page: OpenPage) -> Page:
    """Who has every screen paired from now on."""
    page = open_page(hospital, DESK)
    log_in(page, "admin")
    page.goto("/devices/")
    for box in ("open_walls", "open_kiosks"):
        page.locator(f"[name={box}]").uncheck()
    page.locator(".open-form button").click()
    expect(page.locator(".message.success")).to_be_visible()
    return page


def let_in(admin: Page, code: str, name: str) -> None:
    admin.locator("#code").fill(code)
    admin.locator(".find-code button").click()
    expect(admin.locator(".asking .code")).to_have_text(code)
    admin.locator(".asking [name=name]").fill(name)
    admin.locator(".asking button.primary").click()
    expect(admin.locator(".message.success")).to_contain_text(name)


def revoke(admin: Page, name: str) -> None:
    row = admin.locator(".device-rows tr", has_text=name)
    expect(row.locator(".badge")).to_have_text("alive")
    row.locator("summary").click()
    row.locator("button.danger").click()


def test_screens_are_let_in_and_go_dark(
    hospital: Hospital, open_page: OpenPage, admin: Page
) -> None:
    wall = open_page(hospital, WALL, forgive=DARK)
    kiosk = open_page(hospital, KIOSK, forgive=DARK)
    wall.goto("/display/main/?language=es")
    kiosk.goto("/kiosk/main/")
    for screen, name, shows in ((wall, "Lobby", "#wall"), (kiosk, "Entrance", ".languages")):
        code = screen.locator(".pairing-code")
        expect(code).to_be_visible()
        let_in(admin, code.inner_text(), name)
        expect(screen.locator(shows)).to_be_visible()
    assert wall.url.endswith("/display/main/?language=es"), "as it was opened"
    for screen, name in ((wall, "Lobby"), (kiosk, "Entrance")):
        revoke(admin, name)
        expect(screen.locator(".pairing-code")).to_be_visible()
    assert wall.locator("#wall").count() == kiosk.locator(".languages").count() == 0
