"""./dev bench wall_for_days: does a wall that runs for months grow?

A real wall page in the system's Chromium is told 10,000 boards by socket, one after another, each
with another panel, and now and then a call that takes the screen and is spoken. After a garbage
collection its DOM nodes, listeners and heap are counted: at 10,000 boards they must be what they
were at 1,000.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import django
from django.utils import timezone
from playwright.sync_api import CDPSession, Page, WebSocketRoute

from bench._circumstances import circumstances_on
from bench._results import Bar, publish
from bench._table import table
from queues.tests.browser.chromium import chromium
from queues.tests.hospital import Hospital

COUNTED = ("Nodes", "JSEventListeners", "JSHeapUsedSize")
GROWS_AT_MOST = 1.1
CALLS_EVERY = 400  # boards; a call has its seconds on screen
WALL = "/display/main/?departments=OPD"
TOLD_AT_ONCE = 100
FIRST_SEQ = 1_000  # after all that the page has seen
Counts = dict[str, int]


def main() -> None:
    django.setup()
    parser = argparse.ArgumentParser(prog="python -m bench.wall_for_days", description=__doc__)
    parser.add_argument("--boards", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hospital = Hospital(f"sqlite:///{folder}/hospital.sqlite3", Path(folder, "server.log"))
        hospital.manage("collectstatic", "--no-input")
        hospital.open()
        with hospital.serving():
            _publish(options.boards, *_measured(hospital, options.boards))


def _measured(hospital: Hospital, boards: int) -> tuple[Counts, Counts]:
    """Early, and at the end."""
    early = boards // 10
    with chromium("--autoplay-policy=no-user-gesture-required") as browser:
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        wire = page.context.new_cdp_session(page)
        wire.send("Performance.enable")
        sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/live/**", lambda socket: sockets.append(socket))
        page.goto(hospital.url + WALL)
        drawn = page.locator("#panel-OPD").evaluate("panel => panel.outerHTML")
        _tell(page, sockets, drawn, range(1, early + 1))
        before = _counts(page, wire)
        _tell(page, sockets, drawn, range(early + 1, boards + 1))
        return before, _counts(page, wire)


def _publish(boards: int, before: Counts, after: Counts) -> None:
    bars = [Bar(name, after[name] / before[name], GROWS_AT_MOST, at_most=True) for name in COUNTED]
    rows = [
        [bar.label, f"{before[bar.label]:,}", f"{after[bar.label]:,}", *bar.told] for bar in bars
    ]
    head = ["counted", f"at {boards // 10:,}", f"at {boards:,}", "ratio", "goal", ""]
    title = f"A wall after {boards:,} boards"
    publish(
        "wall_for_days",
        f"{circumstances_on('SQLite')}\n\n{table(title, head, rows)}",
        title=title,
        unit=f"times as much as after {boards // 10:,}",
        bars=bars,
    )


def _tell(page: Page, sockets: list[WebSocketRoute], drawn: str, numbers: range) -> None:
    """Boards of an ordinary day, in a hurry; the page has seen the last of them afterwards.

    Only locators: a handle of an element would keep the panel that it stood in.
    """
    for number in numbers:
        sockets[-1].send(json.dumps(_board(drawn, number)))
        if number % TOLD_AT_ONCE == 0:
            page.locator(f'.called[data-label="{_label(number)}"]').wait_for(state="attached")
    page.locator(".takeover").wait_for(state="hidden", timeout=120_000)


def _board(drawn: str, number: int) -> dict[str, Any]:
    """The latest label is another one each time; now and then it is one that is newly called."""
    called = number - number % CALLS_EVERY
    label, counter = _label(number), str(number % 12 + 1)
    return {
        "is": "board",
        "department": "OPD",
        "day": str(timezone.now().date()),
        "seq": FIRST_SEQ + number,
        "html": re.sub(r"A-\d+", label, drawn),
        "message": f"Message {number // 50}",
        "calls": [{"seq": FIRST_SEQ + called, "label": label, "counter": counter}],
    }


def _label(number: int) -> str:
    return f"A-{number % 1000:03d}"


def _counts(page: Page, wire: CDPSession) -> Counts:
    page.wait_for_timeout(1_000)
    wire.send("HeapProfiler.collectGarbage")
    metrics = wire.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: int(metric["value"]) for metric in metrics}


if __name__ == "__main__":
    main()
