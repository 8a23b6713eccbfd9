"""Settings that would hurt are named before anything starts."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.core.checks import run_checks

from nextpatient.checks import all_wrong_settings
from queues.tests.hospital import Hospital

HOSPITAL: dict[str, Any] = {
    "PUBLIC_URL": "https://queue.example.org",
    "IS_HTTPS": True,
    "DEBUG": False,
    "SECOND_FACTOR": "admins",
    "SECRET_KEY": "Xq7-abcdefghijklmnopqrstuvwxyz0123456789ABCDEF",
    "LINK_KEY": "Zr9-abcdefghijklmnopqrstuvwxyz0123456789ABCDEF",
}


def found(settings: LazySettings, **changes: Any) -> list[str | None]:
    for name, value in {**HOSPITAL, **changes}.items():
        setattr(settings, name, value)
    return [one.id for one in all_wrong_settings()]


def test_a_hospital_may_start(settings: LazySettings) -> None:
    assert found(settings) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SECRET_KEY": "short"}, "nextpatient.E001"),
        ({"SECRET_KEY": "django-insecure-" + "abcdefghijklmnopqrstuvwxyz0123456789"}, "E001"),
        ({"LINK_KEY": "ab" * 50}, "E001"),
        ({"LINK_KEY": HOSPITAL["SECRET_KEY"]}, "E002"),
        ({"DEBUG": True}, "E003"),
        ({"METRICS_TOKEN": "guess"}, "E004"),
        ({"PUBLIC_URL": "queue.example.org"}, "E005"),
        ({"PUBLIC_URL": "https://queue.example.org/queue"}, "E005"),
        ({"TRUSTED_PROXIES": ["*"]}, "E006"),
        ({"TRUSTED_PROXIES": ["0.0.0.0/0"]}, "E006"),
        ({"TRUSTED_PROXIES": ["caddy"]}, "E006"),
        ({"METRICS_ALLOW": ["::/0"]}, "E006"),
        ({"LOG_FORMAT": "xml"}, "E007"),
        ({"SECOND_FACTOR": "maybe"}, "E008"),
        ({"SECOND_FACTOR": "off"}, "W001"),
    ],
)
def test_what_would_hurt_is_named(
    settings: LazySettings, changes: dict[str, Any], expected: str
) -> None:
    [only] = found(settings, **changes)
    assert only is not None
    assert only.endswith(expected)


def test_on_ones_own_machine_any_key_will_do(settings: LazySettings) -> None:
    here = {"PUBLIC_URL": "http://127.0.0.1:8000", "IS_HTTPS": False, "DEBUG": True}
    assert found(settings, **here, SECRET_KEY="short", LINK_KEY="short") == []


def test_every_command_looks_at_them(settings: LazySettings) -> None:
    settings.LOG_FORMAT = "xml"
    assert "nextpatient.E007" in [one.id for one in run_checks()]


@pytest.mark.parametrize(
    "server", [["nextpatient.serve"], ["uvicorn", "nextpatient.asgi:application"]], ids=str
)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": "guess-me"}, "SECRET_KEY is too short"),
        ({"DEBUG": "true"}, "DEBUG is on at an https address."),
    ],
)
def test_the_server_does_not_start(server: list[str], wrong: dict[str, str], sentence: str) -> None:
    hospital = Hospital("sqlite:///none.sqlite3")
    environment = {**hospital.environment, "PUBLIC_URL": "https://queue.example.org", **wrong}
    command = [sys.executable, "-m", *server, "--port", str(hospital.port)]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert "NextPatient does not start:\n" in done.stderr
    assert sentence in done.stderr
