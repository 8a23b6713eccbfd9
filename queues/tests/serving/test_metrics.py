"""/metrics, on the real server: all its processes count together, and strangers see nothing."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import pytest

from nextpatient.counting import PREFIX
from queues.tests.hospital import AWAY, Hospital
from queues.tests.serving.conftest import Serve, get
from queues.tests.template import Template

SECRET = "xlQFyXkiRYH-CmdzSfMx928R9NqsgEqVRnMlWmLVLJ0"
TOKEN = "a-token-of-at-least-thirty-two-characters"


def measured(hospital: Hospital, name: str, **labels: str) -> float:
    """What one look at the meters says; 0 where nothing was counted yet."""
    status, headers, body = get(hospital, "/metrics")
    assert (status, headers["content-type"].split(";")[0]) == (200, "text/plain")
    wanted = {f'{label}="{value}"' for label, value in labels.items()}
    for line in body.splitlines():
        found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if found and wanted <= set((found[1] or "").split(",")):
            return float(found[2])
    return 0.0


def children(pid: int) -> list[int]:
    """The processes that serve; among the children there is a tracker of what they share."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {int(one): Path(f"/proc/{one}/cmdline").read_text() for one in listed}
    return [one for one, command in commands.items() if "spawn_main" in command]


def test_processes_count_together_and_outlive_one_of_them(serve: Serve) -> None:
    served = serve("--workers", "2", THREADS="3")
    assert served.server
    of = {"method": "GET", "route": "robots.txt", "status": "200"}
    wait_until_measured(served, "nextpatient_pool_threads", 6)
    for _time in range(20):
        get(served, "/robots.txt")
    assert {measured(served, "nextpatient_requests_total", **of) for _time in range(8)} == {20}

    first, *_others = children(served.server.pid)
    os.kill(first, signal.SIGKILL)
    while first in children(served.server.pid) or len(children(served.server.pid)) < 2:
        time.sleep(0.1)
    wait_until_measured(served, "nextpatient_pool_threads", 6)
    assert measured(served, "nextpatient_requests_total", **of) == 20


def test_what_was_counted_goes_with_the_server(serve: Serve) -> None:
    """Also what one that was killed has left behind, when the next one starts."""
    killed, stopped = serve(), serve()
    of_killed, of_stopped = folders_of(killed), folders_of(stopped)
    assert len(of_killed) == len(of_stopped) == 1
    killed.kill()
    assert folders_exist(of_killed)
    stopped.stop()
    assert not folders_exist(of_stopped)
    serve()
    assert not folders_exist(of_killed)


def folders_of(hospital: Hospital) -> list[Path]:
    assert hospital.server
    return list(Path(gettempdir()).glob(f"{PREFIX}{hospital.server.pid}-*"))


def folders_exist(folders: list[Path]) -> bool:
    return any(folder.exists() for folder in folders)


def wait_until_measured(hospital: Hospital, name: str, value: float) -> None:
    """A process that has just begun has counted nothing yet."""
    end = time.monotonic() + 60
    while True:
        try:
            if measured(hospital, name) == value:
                return
        except AWAY:  # dealt to the process that was killed
            pass
        assert time.monotonic() < end, f"{name} never was {value}"
        time.sleep(0.2)


def test_routes_are_named_by_their_pattern(serve: Serve) -> None:
    served = serve()
    for path in (f"/t/{SECRET}/?name=Asha", "/no/such/page", "/static/none.css"):
        get(served, path)
    get(served, "/robots.txt", "PROPFIND")
    _status, _headers, body = get(served, "/metrics")
    for route in ("t/<str:secret>/", "(none)", "static/"):
        assert f'route="{route}"' in body
    assert 'method="other"' in body
    for told in (SECRET, "Asha", "such", "none.css", "PROPFIND"):
        assert told not in body


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X_Forwarded_For": "127.0.0.1"}, 200),
        ({"X_Forwarded_For": "203.0.113.9"}, 403),
        ({"X_Forwarded_For": "127.0.0.1, 203.0.113.9"}, 403),
        ({"X_Forwarded_For": "unknown"}, 403),
        ({"X_Real_IP": "127.0.0.1"}, 403),
        ({"X_Forwarded_For": "203.0.113.9", "Authorization": f"Bearer {TOKEN}"}, 200),
        ({"X_Forwarded_For": "203.0.113.9", "Authorization": "Bearer "}, 403),
    ],
)
def test_who_may_see_them(guarded: Hospital, headers: dict[str, str], status: int) -> None:
    assert get(guarded, "/metrics", **headers)[0] == status


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    folder = tmp_path_factory.mktemp("guarded")
    hospital = Hospital(f"sqlite:///{folder}/none.sqlite3", folder / "server.log")
    hospital.environment["METRICS_TOKEN"] = TOKEN
    with hospital.serving():
        yield hospital


def test_without_a_token_of_ours_no_token_opens(serve: Serve) -> None:
    served = serve(METRICS_TOKEN="", METRICS_ALLOW="192.0.2.1")
    assert get(served, "/metrics")[0] == 403
    assert get(served, "/metrics", Authorization="Bearer ")[0] == 403


@pytest.mark.django_db(transaction=True)
def test_ledgers_and_duties_are_told(founded: Template, tmp_path: Path) -> None:
    with founded.copied(tmp_path / "server.log") as hospital:
        before = time.time()
        hospital.manage("duties", "--once")
        with hospital.serving():
            ran = measured(
                hospital,
                "nextpatient_duty_last_success_timestamp_seconds",
                duty="mark_no_shows",
            )
            of = {"clinic": "main", "ledger": "clinic"}
            assert measured(hospital, "nextpatient_ledger_seq", **of) == 2  # founded, and the key
            assert measured(hospital, "nextpatient_database_up") == 1
    assert before - 1 < ran < time.time() + 1
