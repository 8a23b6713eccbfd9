"""What a page costs and how it behaves while it loads, as the browser itself counts it."""

from __future__ import annotations

import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

NOT_COUNTED = ("Font", "Media")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
LETTERS_LATE = 0.3  # seconds, in which a page is drawn without them
SETTLES_IN = 400  # milliseconds, for what comes after the letters
# Counted by the page's own clock, and until it has drawn what came in that time.
SETTLED = """async (milliseconds) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(done));
  await document.fonts.ready;
  await new Promise((done) => setTimeout(done, milliseconds));
  await drawn();
  await drawn();
  await new Promise((done) => setTimeout(done));
  return shifted;
}"""
WATCH_SHIFTS = """
window.shifted = 0;
window.moved = [];
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value, sources } of list.getEntries()) {
    if (hadRecentInput) continue;
    window.shifted += value;
    for (const { node, previousRect: was, currentRect: is } of sources) {
      const name = node ? `${node.nodeName} ${node.className ?? ""}` : "gone";
      window.moved.push(`${name}: ${was.x},${was.y} to ${is.x},${is.y}`);
    }
  }
}).observe({ type: "layout-shift", buffered: true });
"""

# Text is looked at and not its element: a word that is too long leaves the box that holds it.
STICKS_OUT = """() => {
  const has_edges = (one) => {
    const { borderLeftWidth, borderRightWidth } = getComputedStyle(one);
    return one.localName === "main" || (parseFloat(borderLeftWidth) && parseFloat(borderRightWidth));
  };
  const found = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const at = text.parentElement;
    const is_seen = text.textContent.trim() && at.checkVisibility();
    if (!is_seen || at.closest(".unseen, option, thead, .picture, .numbers")) continue;
    let box = at;
    while (!has_edges(box)) box = box.parentElement;
    const { left, right } = box.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(text);
    const lines = [...range.getClientRects()];
    if (lines.some((line) => line.right > right + 1 || line.left < left - 1)) {
      found.push(text.textContent.trim());
    }
  }
  return found;
}"""


class Load:
    """The first load of a page: its bytes on the wire, and how far things moved meanwhile.

    Letters come late, when the page has long been drawn without them, as over a slow network.
    """

    def __init__(self, page: Page, address: str) -> None:
        self.kinds: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.files: dict[str, str] = {}
        wire = page.context.new_cdp_session(page)
        wire.on("Network.responseReceived", self._received)
        wire.on("Network.loadingFinished", self._finished)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.add_init_script(WATCH_SHIFTS)
        page.route("**/*.woff2", _late)
        answer = page.goto(address, wait_until="load")
        assert answer
        self.status = answer.status
        self.layout_shift: float = page.evaluate(SETTLED, SETTLES_IN)
        self.moved: list[str] = page.evaluate("moved")
        wire.detach()

    @property
    def weight(self) -> int:
        return sum(self.by_file().values())

    def by_file(self) -> dict[str, int]:
        counted = [each for each, kind in self.kinds.items() if kind not in NOT_COUNTED]
        return {self.files[each]: self.sizes.get(each, 0) for each in counted}

    def _received(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]
        self.files[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = round(event["encodedDataLength"])


def _late(route: Route) -> None:
    time.sleep(LETTERS_LATE)
    route.continue_()


def barriers(page: Page) -> list[str]:
    """What axe-core finds to be in somebody's way: the rule, where, and why."""
    run_only = {"type": "tag", "values": list(RULES)}
    found = Axe().run(page, options={"runOnly": run_only, "resultTypes": ["violations"]})
    return [
        f"{broken['id']}: {' '.join(str(part) for part in node['target'])}: "
        f"{' '.join(node['failureSummary'].split())}"
        for broken in found.response["violations"]
        for node in broken["nodes"]
    ]


def sticking_out(page: Page) -> list[str]:
    """What a page has that does not fit: words beyond the edge of their box, or of the screen."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found: list[str] = page.evaluate(STICKS_OUT)
    return [*found, *([f"the page, by {wider}"] if wider > 0 else [])]
