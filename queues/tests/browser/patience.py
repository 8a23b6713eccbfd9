"""Waiting for what comes by itself. A page that lives may change between two looks at it, so a
test looks once, and again until it sees what it waits for: of what a page shows, `expect` does so."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

PATIENCE = 20_000  # milliseconds, for whatever should come to be; a busy machine needs some
expect.set_options(timeout=PATIENCE)


def wait_until(page: Page, holds: Callable[[], object]) -> None:
    """For what only the test itself hears of; the page goes on meanwhile."""
    end = time.monotonic() + PATIENCE / 1000
    while not holds():
        assert time.monotonic() < end, "it did not come to that"
        page.wait_for_timeout(20)
