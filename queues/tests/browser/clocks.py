"""The clock by which a page knows how long something takes, in the hands of a test: so that what
has to be done at one moment is, and nobody sits through what takes long."""

from __future__ import annotations

from playwright.sync_api import Page

A_HEARTBEAT = 4_000  # milliseconds in which the server says once that all is well
STANDS_STILL = """() => {
  const now = performance.now();
  performance.now = () => now;
}"""
GOES_FORWARD = """(milliseconds) => {
  const before = performance.now.bind(performance);
  performance.now = () => before() + milliseconds;
}"""


def stop_time(page: Page) -> None:
    page.evaluate(STANDS_STILL)


def let_pass(page: Page, *, milliseconds: int) -> None:
    page.evaluate(GOES_FORWARD, milliseconds)
