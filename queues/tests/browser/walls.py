"""A wall that is looked at, and calls that it is told of."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from queues.tests.browser.patience import wait_until
from queues.tests.hospital import Hospital

OPD = "/display/main/?departments=OPD"


def at(page: Page, address: str = OPD) -> Page:
    """The wall, live: its first word by socket has come."""
    heard: list[object] = []
    page.once(
        "websocket", lambda socket: socket.on("framereceived", lambda text: heard.append(text))
    )
    page.goto(address)
    wait_until(page, lambda: heard)
    return page


def wake(page: Page) -> None:
    """Somebody touches the screen, and it may sound."""
    badge = page.locator(".badge-blocked")
    expect(badge).to_be_visible()
    page.keyboard.press("Space")
    expect(badge).to_be_hidden()


def call(hospital: Hospital, counter: str = "R1", department: str = "OPD") -> dict[str, Any]:
    """Whoever is at the counter is done, and the next is called."""
    body = {"department": department, "counter": counter, "complete": True}
    status, answer = hospital.ask("POST", "/queue/call_next", body)
    assert status == 200, answer
    token: dict[str, Any] = answer["token"]
    return token


def takes_over(page: Page, label: str) -> None:
    expect(page.locator(".takeover:visible .takeover-label")).to_have_text(label)
