"""/healthz and /readyz, on the real server: alive without anything, ready only with everything."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from nextpatient.looks import REMEMBERED_FOR
from queues.tests.hospital import Hospital, scratch_database
from queues.tests.serving.conftest import Serve, get

NOBODY = "mysql://nextpatient:open-sesame@127.0.0.1:1/nextpatient"


def test_alive_is_said_without_anything_else(serve: Serve) -> None:
    served = serve(DATABASE_URL=NOBODY, REDIS_URL="redis://127.0.0.1:1/0")
    status, headers, body = get(served, "/healthz", Host="10.0.0.5")
    assert (status, body) == (200, "alive\n")
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


def test_what_is_missing_is_named_and_nothing_else(serve: Serve) -> None:
    served = serve(DATABASE_URL=NOBODY, REDIS_URL="redis://127.0.0.1:1/0")
    status, headers, body = get(served, "/readyz")
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    told = json.loads(body)
    assert (told["code"], told["missing"]) == ("not_ready", ["database", "channel layer"])
    assert "open-sesame" not in body
    assert "127.0.0.1" not in body
    status, _headers, body = get(served, "/metrics")
    assert (status, "nextpatient_database_up 0.0" in body) == (200, True)


def test_head_is_answered_and_nothing_is_changed(serve: Serve) -> None:
    served = serve()
    status, headers, body = get(served, "/healthz", "HEAD")
    assert (status, headers["content-length"], body) == (200, "6", "")
    status, headers, _body = get(served, "/healthz", "POST")
    assert (status, headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.django_db(transaction=True)
def test_it_is_ready_when_its_tables_are_those_of_its_code(tmp_path: Path) -> None:
    with scratch_database(tmp_path) as database_url:
        hospital = Hospital(database_url)
        hospital.manage("migrate", "--no-input", "queues", "0001")
        with hospital.serving():
            status, _headers, body = get(hospital, "/readyz")
            assert (status, json.loads(body)["missing"]) == (503, ["migrations"])
            hospital.manage("migrate", "--no-input")
            time.sleep(REMEMBERED_FOR)
            assert get(hospital, "/readyz")[::2] == (200, "ready\n")
