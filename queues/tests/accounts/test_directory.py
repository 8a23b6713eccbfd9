"""Log-in by the hospital's directory: through a real OpenID provider, as a browser goes through it,
but without one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings, settings

from queues.models import Clinic, Event, User
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.accounts.conftest import code, with_app
from queues.tests.views.conftest import Browser

NODE, FOLDER = shutil.which("node"), Path(__file__).parent / "provider"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not NODE or not (FOLDER / "node_modules").is_dir(), reason="there is no Node.js"
    ),
]
BACK = "http://testserver/login/directory/back/"
DESKS = "/desk/"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider, for as long as this file's tests run."""
    command = [NODE or "", str(FOLDER / "provider.mjs"), BACK]
    pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet, text=True) as provider:
        assert provider.stdin
        assert provider.stdout
        yield f"http://127.0.0.1:{int(provider.stdout.readline())}"
        provider.stdin.close()  # and so it ends


@pytest.fixture(autouse=True)
def _the_hospital_has_a_directory(issuer: str, settings: LazySettings) -> None:
    app = {
        "provider_id": "directory",
        "name": "City Hospital",
        "client_id": "nextpatient",
        "secret": "a-secret-of-the-tests",
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}


def through_the_directory(browser: Browser, name: str) -> str:
    """From our button to the address at which the directory sends them back."""
    to = browser.post("/login/directory/to/")["Location"]
    assert "code_challenge=" in to
    there = requests.Session()
    page = there.get(to)
    for typed in ({"prompt": "login", "login": name, "password": "any"}, {"prompt": "consent"}):
        [action] = re.findall(r'<form[^>]* action="([^"]+)" method="post"', page.text)
        page = there.post(urljoin(page.url, action), typed, allow_redirects=False)
        while page.is_redirect and not page.headers["Location"].startswith(BACK):
            page = there.get(urljoin(page.url, page.headers["Location"]), allow_redirects=False)
    return page.headers["Location"].removeprefix("http://testserver")


def come_back(browser: Browser, name: str) -> str:
    answer = browser.get(through_the_directory(browser, name), follow=True)
    return str(answer.content.decode())


def test_known_by_address_at_first_and_by_the_directorys_name_from_then_on(
    clinic: Clinic, browser: Browser
) -> None:
    nadia = cast.user(clinic, "nadia", Role.NURSE)
    assert "Log in with City Hospital" in browser.text("/login/")
    come_back(browser, "nadia")
    assert browser.get(DESKS).status_code == 200
    assert Event.objects.filter(kind="directory_linked", subject=nadia.public_id).count() == 1
    assert User.objects.get(pk=nadia.pk).check_password(cast.PASSWORD)

    User.objects.filter(pk=nadia.pk).update(email="another@example.org")
    later = Browser()
    come_back(later, "nadia")
    assert later.get(DESKS).status_code == 200
    assert SocialAccount.objects.get().uid == "nadia"


def test_whom_nobody_invited_stays_outside(clinic: Clinic, browser: Browser) -> None:
    assert "You are not known here" in come_back(browser, "stranger")
    assert browser.get(DESKS).status_code == 302
    assert not User.objects.exists()


def test_an_address_that_is_not_verified_or_was_passed_on_opens_nothing(
    clinic: Clinic, browser: Browser
) -> None:
    cast.user(clinic, "nadia", Role.NURSE)
    assert "You are not known here" in come_back(browser, "liar")
    come_back(Browser(), "nadia")
    assert "You are not known here" in come_back(browser, "moved")
    assert browser.get(DESKS).status_code == 302


def test_who_has_left_is_not_let_in(clinic: Clinic, browser: Browser) -> None:
    nadia = cast.user(clinic, "nadia", Role.NURSE)
    come_back(Browser(), "nadia")
    User.objects.filter(pk=nadia.pk).update(is_active=False)
    assert "not active" in come_back(browser, "nadia")
    assert browser.get(DESKS).status_code == 302


def test_a_second_factor_is_asked_for_here_too(clinic: Clinic, browser: Browser) -> None:
    secret = with_app(cast.user(clinic, "nadia", Role.ADMIN))
    assert "Your second factor" in come_back(browser, "nadia")
    assert browser.get(DESKS).status_code == 302
    browser.post("/login/second/", {"code": code(secret)})
    assert browser.get(DESKS).status_code == 200


@pytest.mark.django_db(transaction=True)  # allauth tells of it after the commit
def test_who_comes_by_the_directory_alone_sets_one_up_too(clinic: Clinic, browser: Browser) -> None:
    amina = cast.user(clinic, "nadia", Role.ADMIN)
    amina.set_unusable_password()
    amina.save()
    assert "set up a second factor" in come_back(browser, "nadia")
    [secret] = re.findall(r'class="secret"[^>]*>(\w+)<', browser.text("/account/app/"))
    browser.post("/account/app/", {"code": code(secret)})
    assert browser.get(DESKS).status_code == 200
    assert browser.get("/account/app/remove/")["Location"].startswith("/account/again/")


def test_anothers_way_back_logs_nobody_in(clinic: Clinic, browser: Browser) -> None:
    """A link with somebody else's code, given to a victim."""
    cast.user(clinic, "nadia", Role.NURSE)
    back = through_the_directory(browser, "nadia")
    victim = Browser()
    assert "The directory did not log you in" in victim.get(back).content.decode()
    assert victim.get(DESKS).status_code == 302


def test_a_link_alone_sends_nobody_to_the_directory(db: None, browser: Browser) -> None:
    assert browser.get("/login/directory/to/").status_code == 200
    assert Browser(enforce_csrf_checks=True).post("/login/directory/to/").status_code == 403


def test_its_settings_are_all_that_it_takes() -> None:
    given = {
        "OIDC_ISSUER": "https://login.example.org/realms/hospital/",
        "OIDC_CLIENT_ID": "queue",
        "OIDC_CLIENT_SECRET": "shh",
        "OIDC_NAME": "City Hospital",
    }
    program = (
        "import json; from nextpatient.settings import *; "
        "policy = CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']; "
        "print(json.dumps([SOCIALACCOUNT_PROVIDERS['openid_connect']['APPS'], policy]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **given},
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
    )
    [app], policy = json.loads(done.stdout)
    assert app["settings"]["server_url"] == "https://login.example.org/realms/hospital"
    assert (app["client_id"], app["secret"], app["name"]) == ("queue", "shh", "City Hospital")
    assert app["settings"]["oauth_pkce_enabled"]
    assert policy == ["'self'", "https://login.example.org"]


def test_without_its_settings_there_is_no_such_way(
    db: None, browser: Browser, settings: LazySettings
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert "Log in with City" not in browser.text("/login/")
    assert browser.post("/login/directory/to/").status_code == 404
