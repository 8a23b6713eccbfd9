"""./dev pictures: a look at every screen, into docs/pictures/, with a page that shows them all.

It stands among the tests in browsers because it is made of their parts: their list of screens,
their devices and log-ins, and their hospital. What it shows is what they hold to account.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django has to be set up first

from queues.tests.browser.arrivals import Arrival, arrive  # noqa: E402
from queues.tests.browser.chromium import Pages, Scheme, chromium  # noqa: E402
from queues.tests.browser.devices import DESK, KIOSK, PHONE, TABLET, WALL, Device  # noqa: E402
from queues.tests.browser.screens import SCREENS, Screen, way_to  # noqa: E402
from queues.tests.hospital import Hospital  # noqa: E402

ALBUM = settings.BASE_DIR / "docs" / "pictures"
TEN_IN_THE_MORNING = 10
SETTLES_IN = 600  # milliseconds
SHOWN_IN_FULL = ("front", "desk", "kiosk", "phone", "wall")


@dataclass(frozen=True)
class Look:
    device: Device
    scheme: Scheme = "light"
    locale: str = "en"

    def caption(self) -> str:
        size = f"{self.device.name}, {self.device.width}×{self.device.height}"
        language = {"en": "", "ar": ", Arabic"}[self.locale]
        return f"{size}, {self.scheme}{language}"


@dataclass(frozen=True)
class Picture:
    screen: Screen
    look: Look
    file: str


def pictures() -> Iterator[Picture]:
    for screen in SCREENS:
        name = screen.name.replace(",", "").replace(" ", "-")
        own = screen.device
        yield Picture(screen, Look(own), f"{name}.png")
        if screen.name in SHOWN_IN_FULL:
            yield Picture(screen, Look(own, "dark"), f"{name}-dark.png")
            yield Picture(screen, Look(own, locale="ar"), f"{name}-arabic.png")
        if own is DESK and screen.name == "desk":
            yield Picture(screen, Look(TABLET), f"{name}-tablet.png")
            yield Picture(screen, Look(PHONE), f"{name}-phone.png")
        if own is KIOSK:
            yield Picture(screen, Look(WALL), f"{name}-wide.png")
        if own is WALL:
            yield Picture(screen, Look(KIOSK), f"{name}-upright.png")


def zone_where_it_is_morning() -> str:
    """Nobody waits for a doctor at three at night, whenever the pictures are taken."""
    ahead = (TEN_IN_THE_MORNING - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"  # whose signs run the other way


def take(picture: Picture, pages: Pages, hospital: Hospital, guest: Arrival) -> None:
    look = picture.look
    page = pages.open(
        hospital,
        look.device,
        color_scheme=look.scheme,
        locale=look.locale,
        forgive=picture.screen.forgive,
    )
    page.goto(way_to(picture.screen, page, guest))
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(SETTLES_IN)
    page.screenshot(path=ALBUM / picture.file)
    page.context.close()


def index(album: list[Picture]) -> str:
    lines = ["# Every screen", "", "Taken by `./dev pictures`, on a morning made up for it.", ""]
    for screen in dict.fromkeys(picture.screen for picture in album):
        lines += [f"## {screen.name.capitalize()}", ""]
        for picture in album:
            if picture.screen is screen:
                title = f"{screen.name.capitalize()}: {picture.look.caption()}"
                lines += [f"![{title}]({picture.file})", f"*{picture.look.caption()}*", ""]
    return "\n".join(lines)


def main() -> None:
    album = list(pictures())
    with tempfile.TemporaryDirectory() as scratch, chromium() as browser:
        hospital = Hospital(f"sqlite:///{scratch}/hospital.sqlite3", Path(scratch, "server.log"))
        hospital.environment["TIME_ZONE"] = zone_where_it_is_morning()
        hospital.manage("migrate", "--no-input")
        hospital.run("-m", "queues.tests.browser.morning")
        hospital.take_key()
        with hospital.serving():
            pages = Pages(browser)
            guest = arrive(hospital)
            for picture in album:
                take(picture, pages, hospital, guest)
                print(f"  docs/pictures/{picture.file}", flush=True)
            assert not pages.heard(), pages.heard()
    for old in set(ALBUM.glob("*.png")) - {ALBUM / picture.file for picture in album}:
        old.unlink()
    (ALBUM / "README.md").write_text(index(album))


if __name__ == "__main__":
    main()
