"""First days, by the real pages. An administrator's: a password is not enough, an app for codes and
a passkey are set up, and from then on the passkey alone opens the door. A nurse's: by the link of an
invitation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from queues.actions.demo import PASSWORD
from queues.tests.browser.chromium import OpenPage, log_in
from queues.tests.browser.devices import DESK, PHONE
from queues.tests.hospital import Hospital
from queues.tests.template import Template


@pytest.fixture
def strict(template: Template, tmp_path: Path) -> Iterator[Hospital]:
    """As in production; and by a name, since passkeys are made for names."""
    with template.hospital(tmp_path / "server.log", SECOND_FACTOR="admins") as running:
        running.url = f"http://localhost:{running.port}"
        yield running


def with_security_key(page: Page) -> None:
    """Chromium's own: somebody is there, and their finger is the right one."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    finger = {"hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **finger}})


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def test_from_a_password_to_a_passkey(strict: Hospital, open_page: OpenPage) -> None:
    page = open_page(strict, DESK)
    with_security_key(page)
    page.goto("/desk/")
    page.get_by_label("User name or e-mail").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Log in")
    expect(page.get_by_text("Please set up a second factor first.")).to_be_visible()

    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password").fill(PASSWORD)  # is it you?
    press(page, "Go on")
    secret = page.locator(".secret").inner_text()
    shown = page.evaluate("Math.floor(Date.now() / 30000)")
    page.get_by_label("Code that the app shows").fill(format_hotp_value(hotp_value(secret, shown)))
    press(page, "Set it up")
    expect(page.locator(".codes li")).to_have_count(10)

    page.goto("/account/passkeys/add/")
    press(page, "Add a passkey")
    expect(page).to_have_url(re.compile("/account/$"))
    expect(page.get_by_text("There is 1 passkey.")).to_be_visible()

    press(page, "Log out")
    page.goto("/desk/")
    press(page, "Log in with a passkey")
    expect(page).to_have_url(re.compile("/desk/$"))


def test_from_an_invitation_to_the_desk(hospital: Hospital, open_page: OpenPage) -> None:
    """In a browser, since only a browser says where a form comes from."""
    admin = open_page(hospital, DESK)
    log_in(admin, "admin")
    admin.goto("/house/staff/")
    admin.get_by_label("E-mail").fill("nia@example.org")
    admin.get_by_label("Role").select_option("nurse")
    press(admin, "Invite")
    link = admin.get_by_label("Link of the invitation").input_value()

    nia = open_page(hospital, PHONE)
    nia.goto(hospital.url + link[link.index("/join/") :])
    nia.get_by_label("User name").fill("nia")
    nia.get_by_label("Name that colleagues see").fill("Nia")
    nia.get_by_label("Password").fill("three quiet geese")
    press(nia, "Make my account")
    expect(nia).to_have_url(re.compile("/desk/$"))
