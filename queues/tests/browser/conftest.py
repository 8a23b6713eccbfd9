"""Real browsers at a real server.

A test in this folder drives two processes: the server, which is a child with a database of its
own, and Chromium. It opens pages and looks at them:

    def test_the_wall_shows_who_is_called(hospital, open_page):
        wall = open_page(hospital, WALL)
        wall.goto("/display/main/")
        desk = open_page(hospital, DESK)
        log_in(desk, "clerk")

`hospital` is fresh for each test, on the morning of the demo. `quiet_hospital` is shared by a file,
for tests that only look. To read what the server wrote, ask its API (`hospital.ask`) or one of its
commands (`hospital.manage`): our own tables are not its tables, and since Playwright keeps an event
loop on the main thread, Django would refuse to open them here.

A test fails when one of its pages has an error on the console or in a script, or calls another
host, unless `open_page(..., forgive=("pattern",))` says that the test brings that about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from queues.tests.browser.chromium import OpenPage, Pages, chromium, where_chromium_is
from queues.tests.conftest import is_tried_here
from queues.tests.hospital import Hospital
from queues.tests.template import Template, made_once

# How a screen looks and feels does not depend on the engine below it, and once is enough. A day
# through the house, desks that race and walls that heal are tried on each.
LOOKS = {
    "mysql": ["account", "book", "fits", "kiosk", "paper", "phone", "wall_sizes"],
    "sqlite": ["every_screen", "what_is_noticed"],
}
collect_ignore = [
    f"test_{name}.py"
    for engine, names in LOOKS.items()
    for name in names
    if not is_tried_here(engine)
]

PICTURES_OF_FAILURES = settings.VAR / "browser"
TEST_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for the folder, and gone before the next: while Playwright runs, no test of this
    process can use Django's database or an event loop of its own."""
    if not where_chromium_is():
        pytest.skip("there is no Chromium here")
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def template(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Template]:
    """On the morning of the demo."""
    if not is_collected():  # pages name the files as they are now
        call_command("collectstatic", "--no-input", verbosity=0)
    call_command("messages", "--compile")
    folder = tmp_path_factory.mktemp("hospitals")
    with django_db_blocker.unblock(), made_once(folder, django_db_blocker) as made:
        yield made


def is_collected() -> bool:
    """Whether no file of ours is newer than what was made of them all. `./dev test` has collected
    them, and its other run may be serving them."""
    made = settings.STATIC_ROOT / "staticfiles.json"
    ours = (file for folder in settings.STATICFILES_DIRS for file in folder.rglob("*"))
    return made.exists() and all(each.stat().st_mtime <= made.stat().st_mtime for each in ours)


@pytest.fixture
def hospital(template: Template, tmp_path: Path) -> Iterator[Hospital]:
    with template.hospital(tmp_path / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def quiet_hospital(
    template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hospital]:
    with template.hospital(tmp_path_factory.mktemp("quiet") / "server.log") as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    pages = Pages(browser)
    yield pages.open
    if request.node.stash.get(TEST_FAILED, False):
        keep_pictures(pages, request.node.name)
    pages.close()
    assert pages.heard() == []


def keep_pictures(pages: Pages, test: str) -> None:
    PICTURES_OF_FAILURES.mkdir(exist_ok=True)
    for number, page in enumerate(pages.opened, 1):
        name = re.sub(r"\W+", "-", f"{test}-{number}")
        page.screenshot(path=PICTURES_OF_FAILURES / f"{name}.png")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With a failure comes what the server said; and `open_page` learns of it."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if report.failed:
        item.stash[TEST_FAILED] = True
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Hospital) and value.log and value.log.exists():
                report.sections.append(("the server's log", value.log.read_text()[-5000:]))
    return report  # type: ignore[return-value]
