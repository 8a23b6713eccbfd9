"""A real server: what hangs by the door never lags behind what the same server was told, and not for
long behind what happens elsewhere."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from queues.tests.hospital import Hospital, scratch_database
from queues.tests.serving.conftest import get

OPEN = "from queues.models import Clinic; Clinic.objects.update(open_walls=True)"
ELSEWHERE = """
from queues.actions import issuing, patients; from queues.models import Department, Patient
from queues.rules.rights import SYSTEM
issuing.issue(Patient.objects.get(name='Elsewhere'), Department.objects.get(code='OPD'), by=SYSTEM)
"""
HEARD_WITHIN = 5.0  # seconds


@pytest.fixture
def hospital(tmp_path: Path, transactional_db: None) -> Iterator[Hospital]:
    with scratch_database(tmp_path) as url:
        house = Hospital(url, tmp_path / "server.log")
        house.open("--no-demo")
        house.manage("shell", "-v", "0", "-c", OPEN)
        with house.serving():
            yield house


def read(hospital: Hospital, path: str) -> Any:
    status, _headers, body = get(hospital, path)
    assert status == 200, body
    return json.loads(body)


def arrives(hospital: Hospital, name: str) -> str:
    person = {"name": name, "age": 34, "gender": "female"}
    status, made = hospital.ask("POST", "/patients", person)
    assert status == 201, made
    return str(made["patient"]["id"] if "patient" in made else made["id"])


def test_it_never_lags_behind_what_this_server_did(hospital: Hospital) -> None:
    for number in range(1, 11):
        patient = arrives(hospital, f"Patient {number}")
        wish = {"patient_id": patient, "department": "OPD"}
        status, issued = hospital.ask("POST", "/token", wish)
        assert status == 201, issued
        assert len(read(hospital, "/api/queue?department=OPD")["waiting"]) == number
    for number in range(1, 3):
        call = {"department": "OPD", "counter": str(number)}
        assert hospital.ask("POST", "/queue/call_next", call)[0] == 200
        serving = read(hospital, "/api/now_serving?department=OPD")["serving"]
        assert len(serving) == number


def test_a_place_moves_with_its_queue(hospital: Hospital) -> None:
    for name in ("Asha", "Ben"):
        wish = {"patient_id": arrives(hospital, name), "department": "OPD"}
        assert hospital.ask("POST", "/token", wish)[0] == 201
    where = "/api/place?department=OPD&label=A-002"
    told = read(hospital, where)
    assert (told["status"], told["position"], told["ahead"]) == ("waiting", 2, 1)
    for _call in range(2):
        call = {"department": "OPD", "counter": "1", "complete": True}
        assert hospital.ask("POST", "/queue/call_next", call)[0] == 200
    told = read(hospital, where)
    assert (told["status"], told["position"], told["counter"]) == ("called", None, "1")
    assert get(hospital, "/api/place?department=OPD&label=A-009")[0] == 404


def test_walls_that_are_closed_tell_nothing_any_more(hospital: Hospital) -> None:
    for path in ("/api/queue?department=OPD", "/api/now_serving?department=OPD"):
        read(hospital, path)
    hospital.manage("shell", "-v", "0", "-c", OPEN.replace("True", "False"))
    until = time.monotonic() + HEARD_WITHIN + 5  # so long a board may be read
    while get(hospital, "/api/queue?department=OPD")[0] == 200:
        assert time.monotonic() < until, "it goes on telling"
        time.sleep(0.1)


def test_it_hears_of_what_happens_elsewhere(hospital: Hospital) -> None:
    arrives(hospital, "Elsewhere")
    assert read(hospital, "/api/queue?department=OPD")["waiting"] == []
    hospital.manage("shell", "-v", "0", "-c", ELSEWHERE)
    until = time.monotonic() + HEARD_WITHIN
    while not read(hospital, "/api/queue?department=OPD")["waiting"]:
        assert time.monotonic() < until, "it never heard"
        time.sleep(0.1)


def test_one_connection_asks_many_times(hospital: Hospital) -> None:
    client = http.client.HTTPConnection("127.0.0.1", hospital.port, timeout=30)
    for _time in range(3):
        for method in ("GET", "HEAD"):
            client.request(method, "/api/now_serving?department=OPD")
            answer = client.getresponse()
            assert (answer.status, bool(answer.read())) == (200, method == "GET")
    client.close()
