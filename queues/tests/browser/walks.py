"""What people do again and again: take a number at the kiosk, sit down at a desk."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from queues.tests.browser.clocks import let_pass

ANSWERS = {"name": "Dora Diaz", "phone": "9845012345", "birth": "1980"}
TOO_SOON = 600  # milliseconds in which the desk takes a second press for half of a double click


def let_a_moment_pass(page: Page) -> None:
    """So that the next press is a press of its own."""
    let_pass(page, milliseconds=TOO_SOON)


def choose(page: Page, answer: str, leads_to: str) -> None:
    page.locator(f"main [value='{answer}']").click()
    page.wait_for_url(f"**/{leads_to}/")


def type_in(page: Page, typed: str, leads_to: str) -> None:
    page.locator("main input[name=answer]").fill(typed)
    page.locator("main .primary").click()
    page.wait_for_url(f"**/{leads_to}/")


def steps(page: Page, language: str = "en") -> Iterator[str]:
    """From the language to the last question, stopping at each page on the way."""
    page.goto("/kiosk/main/")
    yield "start"
    choose(page, language, "who")
    yield "who"
    choose(page, "new", "name")
    for question, then in (("name", "phone"), ("phone", "birth"), ("birth", "need")):
        yield question
        type_in(page, ANSWERS[question], then)
    yield "need"
    choose(page, "OPD", "doctor")
    yield "doctor"
    choose(page, "any", "about")
    yield "about"


def answer_all(page: Page, language: str = "en") -> None:
    for _step in steps(page, language):
        pass


def take_a_number(page: Page, language: str = "en") -> None:
    answer_all(page, language)
    choose(page, "nothing", "ticket")


def sit_down(page: Page, department: str, counter: str) -> None:
    """Who logged in chooses a counter, and is there."""
    page.goto(f"/desk/main/{department}/")
    page.locator(f"#choose-{counter}-button").click()
    expect(page.locator("#mine-label")).to_be_visible()
