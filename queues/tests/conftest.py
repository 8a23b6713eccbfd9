"""Fixtures of the whole suite. In CI a test that is skipped has failed: it proved nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test import client as django_client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from queues.models import Clinic, Counter, Department, Patient
from queues.rules.limits import Door, Rate
from queues.rules.rights import Actor, Role
from queues.rules.weeks import DAY
from queues.screens.answers import shelf
from queues.tests import cast
from queues.tests.night import NIGHTS, Night, Strike
from queues.tests.template import Template, made_once
from queues.tests.through_the_pool import ThroughThePool

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Threads need SQLite's database in a file; in one of this run's own, so that two runs do not
    write over each other. Nobody pulls the plug of a test, so nothing waits for the disk."""
    if connection.vendor == "sqlite":
        here = connection.settings_dict
        here["TEST"]["NAME"] = tmp_path_factory.mktemp("database") / "test.sqlite3"
        here["OPTIONS"]["init_command"] += "PRAGMA synchronous = OFF;"


@pytest.fixture(autouse=True)
def _static_files_without_their_manifest(settings: LazySettings) -> None:
    """The names with hashes are made when files are collected, which a test does not do; and a
    thousand files are not looked up again for each client of a test."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}


@pytest.fixture(autouse=True)
def _passwords_are_hashed_quickly(settings: LazySettings) -> None:
    """A good hash takes a quarter of a second on purpose, and many tests have somebody log in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _on_mariadb_the_cases_come_as_to_a_server() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "mysql":
            patch.setattr(django_client, "ClientHandler", ThroughThePool)
        yield


@pytest.fixture(autouse=True)
def _no_answer_is_kept_from_another_test() -> None:
    """Their hospitals begin with the same keys and numbers, which no two hospitals in life share."""
    shelf.forget()


@pytest.fixture(autouse=True)
def _a_thousand_tests_come_from_one_address(settings: LazySettings) -> None:
    """What holds callers back is tried by tests of its own."""
    settings.RATES = dict.fromkeys(Door, Rate(1_000_000, 1))


@pytest.fixture(autouse=True)
def _signed_heads_of_each_test_alone(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A database of its own has heads of its own, also for the commands that a test runs."""
    settings.HEADS = tmp_path / "heads"
    monkeypatch.setenv("HEADS", str(settings.HEADS))


@pytest.fixture(scope="session")
def founded(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Template]:
    """A hospital with one clinic, and nobody in it: for tests of real servers and commands."""
    with made_once(tmp_path_factory.mktemp("founded"), django_db_blocker, "--no-demo") as made:
        yield made


@pytest.fixture
def clinic(db: None) -> Clinic:
    return cast.clinic()


@pytest.fixture
def opd(clinic: Clinic) -> Department:
    return cast.department(clinic, "OPD")


@pytest.fixture
def lab(clinic: Clinic) -> Department:
    return cast.department(clinic, "LAB")


@pytest.fixture
def pharmacy(clinic: Clinic) -> Department:
    return cast.department(clinic, "PHARMACY")


@pytest.fixture
def desk_a(opd: Department) -> Counter:
    return cast.counter(opd, "1")


@pytest.fixture
def desk_b(opd: Department) -> Counter:
    return cast.counter(opd, "2")


@pytest.fixture
def asha(clinic: Clinic) -> Patient:
    return cast.patient(clinic, "Asha")


@pytest.fixture
def ben(clinic: Clinic) -> Patient:
    return cast.patient(clinic, "Ben")


@pytest.fixture
def chen(clinic: Clinic) -> Patient:
    return cast.patient(clinic, "Chen")


@pytest.fixture
def nurse(clinic: Clinic) -> Actor:
    return cast.staff(clinic)


@pytest.fixture(params=NIGHTS, ids=str)
def night(request: pytest.FixtureRequest) -> Night:
    found: Night = request.param
    return found


@pytest.fixture
def strike(night: Night, monkeypatch: pytest.MonkeyPatch) -> Strike:
    """It is noon of the day before, until the clock strikes again."""

    def at(moment: datetime) -> None:
        now = moment.astimezone(UTC)  # as Django tells the time
        monkeypatch.setattr(timezone, "now", lambda: now)

    at(night.at(12) - DAY)
    return at


class ApiClient:
    """Another system that calls our API with its key."""

    def __init__(self, key: str | None) -> None:
        self.client = Client(headers={"authorization": f"Bearer {key}"} if key else None)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api{path}", query)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(f"/api{path}", body, "application/json", headers=headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.patch(f"/api{path}", body, "application/json", headers=headers)


@pytest.fixture
def calling_as(clinic: Clinic) -> Callable[..., ApiClient]:
    """`calling_as(Role.STAFF)`, `calling_as(Role.STAFF, lab)`: a client with such a key."""

    def with_key(role: Role, department: Department | None = None) -> ApiClient:
        return ApiClient(cast.key(department.clinic if department else clinic, role, department))

    return with_key


@pytest.fixture
def staff_api(calling_as: Callable[..., ApiClient]) -> ApiClient:
    return calling_as(Role.STAFF)


@pytest.fixture
def kiosk_api(calling_as: Callable[..., ApiClient]) -> ApiClient:
    return calling_as(Role.KIOSK)


@pytest.fixture
def admin_api(calling_as: Callable[..., ApiClient]) -> ApiClient:
    return calling_as(Role.ADMIN)


@pytest.fixture
def anonymous_api() -> ApiClient:
    return ApiClient(None)


# What asks a database, and the same of each: who may enter, what a call's schema says, how a screen
# looks. It is tried on one engine: on the one that `LOOKS` names; or, where both are tried side by
# side, on the one that is named here, so that they take as long.
SAME_ON_EACH = {"queues/tests/doors/": "mysql", "queues/tests/api/test_schema.py": "sqlite"}
# A simulated day, whose actions have tests of their own on both; and that takes long.
ON_SQLITE_ALONE = ("queues/tests/commands/test_simulate_",)
ON_MYSQL_ALONE = ("queues/tests/models/test_mysql.py",)


def is_tried_here(engine: str) -> bool:
    looks = os.environ.get("LOOKS", "sqlite")
    return (engine if looks == "both" else looks) == connection.vendor


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What holds on each engine is tried once: it was asked for by name where nothing is left."""
    here = [item for item in items if belongs_here(item)]
    if here:
        config.hook.pytest_deselected(items=[item for item in items if item not in here])
        items[:] = here


def belongs_here(item: pytest.Item) -> bool:
    for same, engine in SAME_ON_EACH.items():
        if item.nodeid.startswith(same):
            return is_tried_here(engine)
    if connection.vendor == "sqlite":
        return not item.nodeid.startswith(ON_MYSQL_ALONE)
    return asks_a_database(item) and not item.nodeid.startswith(ON_SQLITE_ALONE)


def asks_a_database(item: pytest.Item) -> bool:
    """Rules, translations, how a command is put together do not. The browsers' hospitals have one of
    their own, a copy of their template's."""
    fixtures = {"db", "transactional_db", "template"} & {*getattr(item, "fixturenames", ())}
    return bool(fixtures or item.get_closest_marker("django_db"))


def pytest_report_header() -> str:
    return f"engine: {connection.vendor}" + (", redis" if os.environ.get("REDIS_URL") else "")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
