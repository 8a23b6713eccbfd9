"""The application is the same under daphne, which `manage.py runserver` uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from queues.tests.hospital import Hospital
from queues.tests.serving.conftest import get
from queues.tests.serving.test_told_by_the_door import OPEN, arrives
from queues.tests.template import Template

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hospital(founded: Template, tmp_path: Path) -> Iterator[Hospital]:
    with founded.copied(tmp_path / "server.log") as house:
        port = str(house.port)
        house.served_by = [
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            port,
            "nextpatient.asgi:application",
        ]
        house.manage("shell", "-v", "0", "-c", OPEN)
        house.start()
        yield house


def test_daphne_serves_it_too(hospital: Hospital) -> None:
    wish = {"patient_id": arrives(hospital, "Asha"), "department": "OPD"}
    assert hospital.ask("POST", "/token", wish)[0] == 201
    status, told, body = get(hospital, "/api/queue?department=OPD")
    assert (status, len(json.loads(body)["waiting"])) == (200, 1)
    again = get(hospital, "/api/queue?department=OPD", If_None_Match=told["etag"])
    assert (again[0], again[2]) == (304, "")
    assert get(hospital, "/api/queue?department=OPD", "HEAD")[::2] == (200, "")
    status, told, page = get(hospital, "/login/")
    assert (status, "</html>" in page) == (200, True)
    assert told["x-request-id"]
    assert get(hospital, "/api/nothing")[0] == 404


def test_sockets_are_refused_in_a_word_there_too(hospital: Hospital) -> None:
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(f"ws://127.0.0.1:{hospital.port}/elsewhere/", origin=Origin(hospital.url)),
    ):
        pass
