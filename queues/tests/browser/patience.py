"""Waiting for what comes by itself. A page that lives may change between two looks at it, so a
test looks once, and again until it sees what it waits for: of what a page shows, `expect` does so."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Page, expect

PATIENCE = 20_000  # milliseconds, for whatever should come to be; a busy machine needs some
expect.set_options(timeout=PATIENCE)


def wait_until(page: Page, holds: Callable[[], object]) -> None:
    """For what only the test itself hears of; the page goes on meanwhile."""
    end = time.monotonic() + PATIENCE / 1000
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        page.wait_for_timeout(20)


def wait_until_page(page: Page, says: str, arg: Any = None, patience: int = PATIENCE) -> None:
    """For what only a script of the page knows. Playwright's own way of waiting for that would have
    the page run a text as a script, which our policy forbids it."""
    end = time.monotonic() + patience / 1000
    while not _says(page, says, arg):
        assert time.monotonic() < end, f"it did not come to that: {says}"
        page.wait_for_timeout(20)


def _says(page: Page, says: str, arg: Any) -> Any:
    try:
        return page.evaluate(says, arg)
    except Error as error:
        if "navigation" not in str(error):
            raise
        return None  # the next page is asked
