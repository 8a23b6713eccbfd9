"""The negative controls: what would fail a test of this folder is indeed noticed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from queues.tests.browser.chromium import OpenPage, Pages
from queues.tests.browser.devices import DESK
from queues.tests.browser.measures import Load, barriers, sticking_out
from queues.tests.browser.patience import wait_until
from queues.tests.hospital import Hospital

LATE = """<!doctype html><html lang="en"><title>Late</title><main><h1>Late</h1>
<p id="first" style="height: 500px">First</p><script>
addEventListener("load", () => setTimeout(() => {
  const bar = document.createElement("div");
  bar.style.height = "300px";
  document.querySelector("#first").before(bar);
}, 50));
</script></main></html>"""
NAMELESS = """<!doctype html><html lang="en"><title>Nameless</title><main><h1>Nameless</h1>
<button></button></main></html>"""
NARROW = """<!doctype html><html lang="en"><title>Narrow</title><main><h1>Narrow</h1>
<p style="border: 1px solid; inline-size: 3rem">Subrahmanyam</p>
<div style="inline-size: 120vw">wide</div></main></html>"""


def served(page: Page, body: str) -> Load:
    page.route("**/made-up/", lambda route: route.fulfill(content_type="text/html", body=body))
    return Load(page, "/made-up/")


@pytest.mark.parametrize(
    ("script", "heard"),
    [
        ("console.error('alas')", "console: alas"),
        ("setTimeout(() => { throw new Error('oh') })", "script: "),
        ("location.assign('http://127.0.0.1:9/')", "another host: http://127.0.0.1:9/"),
        ("fetch('http://127.0.0.1:9/')", "console: Connecting to 'http://127.0.0.1:9/' violates"),
        ("new WebSocket('ws://a.test/')", "console: Connecting to 'ws://a.test/' violates"),
    ],
)
def test_a_page_that_complains_is_heard(
    script: str, heard: str, quiet_hospital: Hospital, browser: Browser
) -> None:
    pages = Pages(browser)
    page = pages.open(quiet_hospital, DESK)
    page.goto("/")
    page.evaluate(f"() => {{ {script} }}")
    wait_until(page, lambda: any(text.startswith(heard) for text in pages.heard()))
    pages.close()


def test_what_a_test_brings_about_is_forgiven(
    quiet_hospital: Hospital, open_page: OpenPage
) -> None:
    page = open_page(quiet_hospital, DESK, forgive=("alas",))
    page.goto("/")
    page.evaluate("console.error('alas')")


def test_what_moves_is_seen(quiet_hospital: Hospital, open_page: OpenPage) -> None:
    assert served(open_page(quiet_hospital, DESK), LATE).layout_shift > 0.02


def test_a_barrier_is_found(quiet_hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(quiet_hospital, DESK)
    served(page, NAMELESS)
    assert [found.split(":")[0] for found in barriers(page)] == ["button-name"]


def test_what_does_not_fit_is_found(quiet_hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(quiet_hospital, DESK)
    served(page, NARROW)
    assert [found.split(",")[0] for found in sticking_out(page)] == ["Subrahmanyam", "the page"]


def test_a_page_weighs_what_the_wire_carries(quiet_hospital: Hospital, open_page: OpenPage) -> None:
    load = Load(open_page(quiet_hospital, DESK), "/")
    stylesheets = [size for address, size in load.by_file().items() if address.endswith(".css")]
    assert len(stylesheets) >= 3
    assert all(size > 200 for size in stylesheets), "each came over the wire"


def test_a_server_comes_back_where_it_was(hospital: Hospital, open_page: OpenPage) -> None:
    page = open_page(hospital, DESK, forgive=("ERR_CONNECTION_REFUSED",))
    page.goto("/")
    before = page.title()
    hospital.kill()
    hospital.start()
    page.goto("/")
    assert page.title() == before
    hospital.freeze()
    hospital.thaw()
    hospital.stop()
    hospital.start()
    assert hospital.ask("GET", "/queue?department=OPD")[0] == 200
