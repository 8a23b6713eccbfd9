"""Every screen of the house, and the way to it: for the tests of them all, and for the pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, Route

from queues.tests.browser.arrivals import Arrival
from queues.tests.browser.chromium import log_in
from queues.tests.browser.devices import DESK, KIOSK, PHONE, WALL, Device
from queues.tests.browser.patience import wait_until_page

ANYBODY = ""
CRASHED = "/crashed/"
# Kiosk and desk send without leaving the page.
NOTHING_ON_ITS_WAY = "!document.querySelector('.busy, [aria-busy=true]')"


@dataclass(frozen=True)
class Screen:
    """`steps` are what is pressed, from the address on, until the screen is there."""

    name: str
    address: str
    device: Device = PHONE
    seen_by: str = ANYBODY
    steps: tuple[str, ...] = ()
    status: int = 200

    @property
    def forgive(self) -> tuple[str, ...]:
        """Chromium notes on the console that a page itself came with an error's status."""
        return () if self.status == 200 else (rf"status of {self.status}\b",)


SCREENS = (
    Screen("front", "/"),
    Screen("login", "/login/"),
    Screen("password forgotten", "/account/password/forgotten/"),
    Screen("account", "/account/", DESK, "admin"),
    Screen("account, sessions", "/account/sessions/", PHONE, "admin"),
    Screen("account, password", "/account/password/", PHONE, "admin"),
    Screen("desks", "/desk/", DESK, "admin"),
    Screen("desk", "/desk/main/OPD/", DESK, "clerk", ('form[action$="/counters/1/"] button',)),
    Screen("desk without a counter", "/desk/main/LAB/", DESK, "lab"),
    Screen("token", "/desk/main/OPD/tokens/{token}/", DESK, "clerk"),
    Screen("reception", "/desk/main/OPD/reception/", DESK, "clerk"),
    Screen("found at the reception", "/desk/main/OPD/reception/?q=Rao", DESK, "clerk"),
    Screen("record", "/patients/{patient}/?back=/desk/main/OPD/", DESK, "clerk"),
    Screen("settings", "/desk/main/OPD/settings/", DESK, "admin"),
    Screen("history", "/events/main/OPD/", DESK, "admin"),
    Screen("history, whole", "/events/", DESK, "admin"),
    Screen("record, anonymise", "/patients/{patient}/anonymise/", DESK, "admin"),
    Screen("paper", "/desk/main/OPD/paper/", DESK, "clerk"),
    Screen("paper, sheet", "/desk/main/OPD/paper/sheet/", DESK, "clerk"),
    Screen("paper, take in", "/desk/main/OPD/paper/take-in/", DESK, "clerk"),
    Screen("schedule", "/schedule/", DESK, "admin"),
    Screen("schedule, a doctor", "/schedule/", DESK, "admin", (".doctor-card a",)),
    Screen("schedule, new doctor", "/schedule/doctors/new/", DESK, "admin"),
    Screen("kiosk", "/kiosk/main/", KIOSK),
    Screen("kiosk, who", "/kiosk/main/", KIOSK, steps=("[value=en]",)),
    Screen("kiosk, phone", "/kiosk/main/", KIOSK, steps=("[value=en]", "[value=returning]")),
    Screen("kiosk, help", "/kiosk/main/help/", KIOSK),
    Screen("phone", "{link}"),
    Screen("phone, give up", "{link}", steps=('a[href*="/cancel/"]',)),
    Screen("phone, wrong link", "/t/nobody/", status=404),
    Screen("wall", "/display/main/", WALL),
    Screen("not found", "/nowhere/", status=404),
    Screen("not yours", "/desk/main/LAB/", DESK, "nurse", status=403),
    Screen("crashed", CRASHED, status=500),
    Screen("patients", "/patients/", DESK, "clerk"),
    Screen("patients, on a phone", "/patients/", PHONE, "clerk"),
    Screen("new patient", "/patients/new/", DESK, "clerk"),
    Screen("appointments", "/appointments/today/?show=all", DESK, "clerk"),
    Screen("appointments, on a phone", "/appointments/today/?show=all", PHONE, "clerk"),
    Screen("new appointment", "/appointments/new/?department=OPD&source=paid", DESK, "clerk"),
    Screen(
        "kiosk, appointment", "/kiosk/main/", KIOSK, steps=("[value=en]", "[value=appointment]")
    ),
    Screen("booking, find", "/book/"),
    Screen("booking, mine", "/book/mine/"),
    Screen("booking, wrong link", "/book/a/nobody/", status=404),
    Screen("doctor", "/doctor/", DESK, "doctor"),
    Screen("doctors", "/doctor/", DESK, "clerk"),
    Screen("consultation", "/doctor/", DESK, "doctor", ("#next-button", "#consult")),
    Screen("consultations", "/consultations/", DESK, "doctor"),
    Screen("devices", "/devices/", DESK, "admin"),
    Screen("house", "/house/", DESK, "admin"),
    Screen("house, the clinic", "/house/clinic/", PHONE, "admin"),
    Screen("house, staff", "/house/staff/", DESK, "admin"),
    Screen("house, keys", "/house/keys/", PHONE, "admin"),
    Screen("wall, not let in", "/pair/wall/", WALL, steps=(".pairing-code",)),
)


def way_to(screen: Screen, page: Page, guest: Arrival) -> str:
    """Go there, and say the address at which it can be loaded once more."""
    page.route(f"**{CRASHED}", _crash)
    if screen.seen_by:
        log_in(page, screen.seen_by)
    address = screen.address.format(token=guest.token, patient=guest.patient, link=guest.link)
    if not screen.steps:
        return address
    page.goto(address)
    for pressed in screen.steps:
        page.locator(pressed).first.click()
        page.wait_for_load_state("networkidle")
        wait_until_page(page, NOTHING_ON_ITS_WAY)
    return page.url


def _crash(route: Route) -> None:
    """Nothing in the house fails on demand; this is the page that would be sent."""
    page = Path(settings.BASE_DIR, "templates", "500.html").read_text()
    route.fulfill(status=500, content_type="text/html; charset=utf-8", body=page)
