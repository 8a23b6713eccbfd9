"""Every screen, in light and dark, from left and from right: quick, still, and in nobody's way.

`open_page` adds that none of them has an error or calls another host.
"""

from __future__ import annotations

import pytest

from queues.tests.browser.arrivals import Arrival, arrive
from queues.tests.browser.chromium import OpenPage, Scheme
from queues.tests.browser.measures import Load, barriers
from queues.tests.browser.screens import SCREENS, Screen, way_to
from queues.tests.hospital import Hospital

LIGHT_ENOUGH = 60_000  # bytes on the wire for a first load, without letters and sounds
STILL_ENOUGH = 0.02  # Chromium's measure of what moves while it loads
# Colours do not depend on the direction of writing, so each of both is looked at once.
LOOKS: tuple[tuple[Scheme, str], ...] = (("light", "en"), ("dark", "ar"))


@pytest.fixture(scope="module")
def asha(quiet_hospital: Hospital) -> Arrival:
    return arrive(quiet_hospital)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
@pytest.mark.parametrize(("scheme", "locale"), LOOKS)
def test_a_screen_is_light_still_and_in_nobodys_way(
    screen: Screen,
    scheme: Scheme,
    locale: str,
    quiet_hospital: Hospital,
    open_page: OpenPage,
    asha: Arrival,
) -> None:
    page = open_page(
        quiet_hospital,
        screen.device,
        color_scheme=scheme,
        locale=locale,
        forgive=screen.forgive,
    )
    load = Load(page, way_to(screen, page, asha))
    assert load.status == screen.status
    assert load.weight <= LIGHT_ENOUGH, load.by_file()
    assert load.layout_shift < STILL_ENOUGH, load.moved
    assert barriers(page) == []
