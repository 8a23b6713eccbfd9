"""./dev manage simulate_day --live: a running server's queue moves, and is left empty again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from queues.tests.hospital import Hospital
from queues.tests.template import Template, made_once

SECOND = "from queues.actions.founding import found; found('north', 'North', 'UTC')"
MOVES_WITHIN = 60  # seconds: a day of which an hour is seven and a half of them


def around_noon() -> str:
    """A zone in which the day is far from its end, whenever the tests are run."""
    ahead = (12 - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


@pytest.fixture(scope="module")
def noon(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Template]:
    folder, there = tmp_path_factory.mktemp("noon"), around_noon()
    with made_once(folder, django_db_blocker, "--no-demo", TIME_ZONE=there) as made:
        yield made


@pytest.fixture
def hospital(noon: Template, transactional_db: None) -> Iterator[Hospital]:
    with noon.copied() as house:
        house.manage("shell", "-v", "0", "-c", SECOND)  # so a public question has to name one
        named = ("simulation", "--role", "admin", "--clinic", "main")
        house.key = house.manage("api_key", *named).splitlines()[-1]
        with house.serving():
            yield house


def simulate(hospital: Hospital, tmp_path: Path, *words: str) -> subprocess.Popen[str]:
    """In a process that knows nothing of the server but its address and a key."""
    env = {
        **hospital.environment,
        "DATABASE_URL": f"sqlite:///{tmp_path}/nobodys.sqlite3",
        "NEXTPATIENT_KEY": hospital.key,
    }
    command = [sys.executable, "manage.py", "simulate_day", "--live", hospital.url, *words]
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(so: Callable[[], bool]) -> None:
    for _try in range(MOVES_WITHIN * 5):
        if so():
            return
        time.sleep(0.2)
    raise AssertionError("nothing moved")


def asked(hospital: Hospital, path: str) -> Any:
    status, answer = hospital.ask("GET", path)
    assert status == 200, answer
    return answer


def test_the_queue_moves_and_whoever_stops_it_leaves_it_empty(
    hospital: Hospital, tmp_path: Path
) -> None:
    picture = tmp_path / "day.svg"
    words = ("--doctors", "1", "--speed", "480", "--picture", str(picture))
    process = simulate(hospital, tmp_path, *words)
    try:
        until(lambda: bool(asked(hospital, "/now_serving?clinic=main&department=OPD")["serving"]))
        until(lambda: len(asked(hospital, "/events?department=OPD&limit=200")["items"]) > 100)
        process.send_signal(signal.SIGINT)
        said, _errors = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, said
    assert "The day was broken off at" in said
    assert picture.read_text().startswith("<svg")
    events = asked(hospital, "/events?department=OPD&limit=200")["items"]
    assert "running_late" in {event["kind"] for event in events}
    queue = asked(hospital, "/queue?clinic=main&department=OPD")
    assert (queue["waiting"], queue["serving"]) == ([], [])
    assert not (tmp_path / "nobodys.sqlite3").exists()


def test_a_key_that_may_not_is_told_in_a_sentence(hospital: Hospital, tmp_path: Path) -> None:
    hospital.key = "np_nonsense"
    process = simulate(hospital, tmp_path, "--speed", "480", "--picture", str(tmp_path / "a.svg"))
    said, _errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "The key does not open" in said
    assert "Traceback" not in said
