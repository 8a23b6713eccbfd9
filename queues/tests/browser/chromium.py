"""The system's Chromium, and pages in it that are watched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from queues.actions.demo import PASSWORD
from queues.tests.browser.complaints import Complaints
from queues.tests.browser.devices import Device
from queues.tests.browser.patience import PATIENCE
from queues.tests.hospital import Hospital

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
Scheme = Literal["light", "dark"]


class OpenPage(Protocol):
    """A page on a device of its own, with cookies of its own; `page.context.new_page()` shares
    them. What a test brings about on the console it forgives by a pattern."""

    def __call__(
        self,
        hospital: Hospital,
        device: Device,
        *,
        locale: str = "en",
        color_scheme: Scheme = "light",
        javascript: bool = True,
        forgive: tuple[str, ...] = (),
    ) -> Page: ...


def where_chromium_is() -> str | None:
    return shutil.which("chromium")


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Playwright starts it without a sandbox, which is right: it sees only our own pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=where_chromium_is(), args=[*QUIET, *flags]
        )
        yield browser
        browser.close()


class Pages:
    """The pages that one test opens, and what they complain of."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.complaints: list[Complaints] = []
        self.opened: list[Page] = []

    def open(
        self,
        hospital: Hospital,
        device: Device,
        *,
        locale: str = "en",
        color_scheme: Scheme = "light",
        javascript: bool = True,
        forgive: tuple[str, ...] = (),
    ) -> Page:
        context = self.browser.new_context(
            base_url=hospital.url,
            viewport=device.viewport,
            has_touch=device.is_touched,
            locale=locale,
            color_scheme=color_scheme,
            java_script_enabled=javascript,
        )
        context.set_default_timeout(PATIENCE)
        complaints = Complaints(urlsplit(hospital.url).netloc, forgive)
        complaints.listen_to(context)
        self.complaints.append(complaints)
        page = context.new_page()
        self.opened.append(page)
        return page

    def close(self) -> None:
        for page in self.opened:
            page.context.close()

    def heard(self) -> list[str]:
        return [text for complaints in self.complaints for text in complaints.heard]


def log_in(page: Page, username: str) -> None:
    """As one of the demo's people: admin, clerk, nurse, lab, doctor. Past the page, which takes
    longer than the log-in itself; `log_in_by_form` goes through it."""
    page.request.get("/login/")
    [token] = [one for one in page.context.cookies() if one["name"] == "csrftoken"]
    answer = page.request.post(
        "/login/",
        form={
            "login": username,
            "password": PASSWORD,
            "csrfmiddlewaretoken": token["value"],
        },
        max_redirects=0,
    )
    assert answer.status == 302, answer.text()


def log_in_by_form(page: Page, username: str) -> None:
    page.goto("/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button.primary").click()
    page.wait_for_url("**/desk/**")
