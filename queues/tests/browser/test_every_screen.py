"""Every screen, in light and dark, from left and from right: quick, still, and in nobody's way.

`open_page` adds that none of them has an error or calls another host.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route

from queues.tests.browser.arrivals import Arrival, arrive
from queues.tests.browser.chromium import OpenPage, Scheme, log_in
from queues.tests.browser.devices import DESK, KIOSK, PHONE, WALL, Device
from queues.tests.browser.measures import Load, barriers
from queues.tests.hospital import Hospital

LIGHT_ENOUGH = 60_000  # bytes on the wire for a first load, without letters and sounds
STILL_ENOUGH = 0.02  # Chromium's measure of what moves while it loads
ANYBODY = ""
CRASHED = "/crashed/"


@dataclass(frozen=True)
class Screen:
    name: str
    address: str
    device: Device = PHONE
    seen_by: str = ANYBODY
    status: int = 200
    forgive: tuple[str, ...] = field(default=())


def refusal(status: int) -> tuple[str, ...]:
    """Chromium notes on the console that the page itself came with such a status."""
    return (rf"status of {status}\b",)


SCREENS = (
    Screen("front", "/"),
    Screen("login", "/login/"),
    Screen("desks", "/desk/", DESK, "admin"),
    Screen("desk", "/desk/main/OPD/", DESK, "clerk"),
    Screen("token", "/desk/main/OPD/tokens/{token}/", DESK, "clerk"),
    Screen("reception", "/desk/main/OPD/reception/", DESK, "clerk"),
    Screen("found", "/desk/main/OPD/reception/?q=Rao", DESK, "clerk"),
    Screen("record", "/patients/{patient}/?back=/desk/main/OPD/", DESK, "clerk"),
    Screen("settings", "/desk/main/OPD/settings/", DESK, "admin"),
    Screen("history", "/events/main/OPD/", DESK, "admin"),
    Screen("kiosk", "/kiosk/main/", KIOSK),
    Screen("kiosk, new", "/kiosk/main/new/?department=OPD", KIOSK),
    Screen("kiosk, returning", "/kiosk/main/returning/?department=OPD", KIOSK),
    Screen("phone", "{link}"),
    Screen("wall", "/display/main/", WALL),
    Screen("not found", "/nowhere/", status=404, forgive=refusal(404)),
    Screen("not yours", "/desk/main/LAB/", DESK, "nurse", status=403, forgive=refusal(403)),
    Screen("crashed", CRASHED, status=500, forgive=refusal(500)),
)
LOOKS: tuple[tuple[Scheme, str], ...] = (
    ("light", "en"),
    ("dark", "en"),
    ("light", "ar"),
    ("dark", "ar"),
)


@pytest.fixture(scope="module")
def asha(quiet_hospital: Hospital) -> Arrival:
    return arrive(quiet_hospital)


def crash(route: Route) -> None:
    """Nothing in the house fails on demand; this is the page that would be sent."""
    page = Path(settings.BASE_DIR, "templates", "500.html").read_text()
    route.fulfill(status=500, content_type="text/html; charset=utf-8", body=page)


@pytest.fixture
def seen(
    screen: Screen, quiet_hospital: Hospital, open_page: OpenPage, asha: Arrival
) -> Callable[[Scheme, str], tuple[Page, Load]]:
    def see(scheme: Scheme, locale: str) -> tuple[Page, Load]:
        page = open_page(
            quiet_hospital,
            screen.device,
            color_scheme=scheme,
            locale=locale,
            forgive=screen.forgive,
        )
        page.route(f"**{CRASHED}", crash)
        if screen.seen_by:
            log_in(page, screen.seen_by)
        address = screen.address.format(token=asha.token, patient=asha.patient, link=asha.link)
        return page, Load(page, address)

    return see


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
@pytest.mark.parametrize(("scheme", "locale"), LOOKS)
def test_a_screen_is_light_still_and_in_nobodys_way(
    screen: Screen,
    scheme: Scheme,
    locale: str,
    seen: Callable[[Scheme, str], tuple[Page, Load]],
) -> None:
    page, load = seen(scheme, locale)
    assert load.status == screen.status
    assert load.weight <= LIGHT_ENOUGH, load.by_file()
    assert load.layout_shift < STILL_ENOUGH
    assert barriers(page) == []
