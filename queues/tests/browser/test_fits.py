"""Doctors' time on whatever it is looked at, from left and from right: nothing is cut off, nothing
has to be pushed aside to be read, also where a name is long."""

from __future__ import annotations

import pytest

from queues.tests.browser.booked_day import LONG_NAME
from queues.tests.browser.chromium import OpenPage, log_in
from queues.tests.browser.devices import PHONE, TABLET, WALL, Device
from queues.tests.browser.measures import sticking_out
from queues.tests.hospital import Hospital

TODAY = "/appointments/today/?show=all"
A_DOCTOR = "/schedule/", ".doctor-card a"
# Where one begins, and the links that lead on from there, each from the page before.
WAYS: tuple[tuple[str, ...], ...] = (
    (TODAY,),
    (TODAY, f"a.name:has-text('{LONG_NAME}')"),
    (TODAY, f"tr:has-text('{LONG_NAME}') a[href*='/move/']"),
    ("/appointments/new/?department=OPD&source=paid",),
    ("/patients/",),
    ("/patients/new/",),
    ("/doctor/", ".door:has-text('Kaur')"),
    ("/schedule/",),
    A_DOCTOR,
    (*A_DOCTOR, ".session"),
    (*A_DOCTOR, "a[href*='/rules/new/']"),
    ("/schedule/doctors/new/",),
)


@pytest.fixture(scope="module")
def booked(quiet_hospital: Hospital) -> Hospital:
    quiet_hospital.run("-m", "queues.tests.browser.booked_day")
    return quiet_hospital


@pytest.mark.parametrize(
    ("device", "locale"), [(PHONE, "en"), (PHONE, "ar"), (TABLET, "en"), (WALL, "en")]
)
def test_doctors_time_fits(
    booked: Hospital, open_page: OpenPage, device: Device, locale: str
) -> None:
    page = open_page(booked, device, locale=locale)
    log_in(page, "admin")
    for start, *links in WAYS:
        page.goto(start)
        for link in links:
            page.goto(page.locator(link).first.get_attribute("href") or "")
        assert sticking_out(page) == [], page.url
