"""./dev bench call_to_wall: from the click on 'Call next' to the changed wall, in real browsers.

A desk and a wall in Chromium, 48 more sockets open, on SQLite. Both pages look at one clock, so
the time is from the press, as the browser heard it, to the moment at which the number stands in
the wall's page.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import quote

from playwright.sync_api import Page

from bench._circumstances import circumstances_on
from bench._results import Bar, publish
from bench._sockets import Crowd
from bench._table import table
from queues.tests.browser.arrivals import arrive
from queues.tests.browser.chromium import Pages, chromium, log_in
from queues.tests.browser.devices import DESK, WALL
from queues.tests.hospital import Hospital

MORE_SOCKETS = 48
TOO_SOON = 700  # milliseconds: the desk takes a second press for half of a double click
GOAL = 200.0  # milliseconds, for 99 of 100 calls
NOW = "performance.timeOrigin + performance.now()"
WATCH_PRESSES = f"""
addEventListener("click", () => window.pressedAt = {NOW}, true)
"""
WATCH_WALL = f"""
window.shown = {{}};
const note = () => {{
  for (const call of document.querySelectorAll(".panel .called"))
    window.shown[call.dataset.label] ??= {NOW};
}};
note();
new MutationObserver(note).observe(document.body, {{ childList: true, subtree: true }});
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.call_to_wall", description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        hospital = Hospital(f"sqlite:///{folder}/hospital.sqlite3", Path(folder) / "server.log")
        hospital.manage("collectstatic", "--no-input")
        hospital.open()
        with hospital.serving():
            for _ in range(calls + 5):
                arrive(hospital)
            pages = Pages(browser)
            times = _measured(hospital, pages, calls)
            pages.close()
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    bars = [
        Bar("the median", median(times)),
        Bar("99 of 100", p99, GOAL, at_most=True),
        Bar("the slowest", times[-1]),
    ]
    figures = [f"{median(times):.0f}", f"{times[-1]:.0f}", *bars[1].told]
    head = ["calls", "median, ms", "slowest, ms", "p99, ms", "goal", ""]
    title = f"From click to wall, {calls} calls"
    text = table(title, head, [[str(len(times)), *figures]])
    publish(
        "call_to_wall",
        f"{circumstances_on('SQLite')}\n\n{text}",
        title=title,
        unit="milliseconds",
        bars=bars,
    )


def _measured(hospital: Hospital, pages: Pages, calls: int) -> list[float]:
    wall = pages.open(hospital, WALL)
    wall.goto("/display/main/?departments=OPD")
    desk = pages.open(hospital, DESK)
    log_in(desk, "clerk")
    desk.goto("/desk/main/OPD/")
    desk.locator("#choose-2-button").click()
    desk.locator("#mine-label").wait_for()
    its_pass = wall.locator("[data-pass]").first.get_attribute("data-pass") or ""
    with more_sockets(hospital, its_pass):
        desk.evaluate(WATCH_PRESSES)
        wall.evaluate(WATCH_WALL)
        return [_one_call(desk, wall) for _ in range(calls)]


def _one_call(desk: Page, wall: Page) -> float:
    before = desk.locator("#mine-label").inner_text()
    desk.wait_for_timeout(TOO_SOON)
    desk.locator("#next-button").click()
    desk.wait_for_function(
        "before => document.querySelector('#mine-label').innerText !== before", arg=before
    )
    label = desk.locator("#mine-label").inner_text()
    wall.wait_for_function("label => window.shown[label]", arg=label)
    shown_at: float = wall.evaluate("label => window.shown[label]", label)
    pressed_at: float = desk.evaluate("window.pressedAt")
    return shown_at - pressed_at


@contextmanager
def more_sockets(hospital: Hospital, its_pass: str) -> Iterator[None]:
    """Other walls, on a loop of their own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    crowd = Crowd(f"127.0.0.1:{hospital.port}", f"/live/?pass={quote(its_pass)}")
    asyncio.run_coroutine_threadsafe(crowd.open(MORE_SOCKETS), loop).result(30)
    try:
        yield
    finally:
        crowd.close()
        loop.call_soon_threadsafe(loop.stop)


if __name__ == "__main__":
    main()
