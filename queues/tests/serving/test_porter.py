"""Every request has an id, which its log lines and its answer carry; and says nothing of anybody."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nextpatient.porter import id_of
from queues.tests.serving.conftest import Serve, get

SECRET = "xlQFyXkiRYH-CmdzSfMx928R9NqsgEqVRnMlWmLVLJ0"


@pytest.mark.parametrize("given", [b"4fd1-9c_a.07", b"a" * 64])
def test_a_sane_id_is_taken_over(given: bytes) -> None:
    assert id_of([(b"x-request-id", given)]) == given.decode()


@pytest.mark.parametrize(
    "given", [b"", b"short", b"a" * 65, b"with space", b'"quoted-1"', b"line\nline2", b"\xff" * 9]
)
def test_any_other_is_replaced(given: bytes) -> None:
    assert re.fullmatch("[0-9a-f]{16}", id_of([(b"x-request-id", given)]))


def test_the_log_of_a_hospital_is_one_object_a_line(serve: Serve, tmp_path: Path) -> None:
    served = serve(PUBLIC_URL="https://queue.example.org", LOG_FORMAT="")
    _status, headers, _body = get(
        served,
        f"/t/{SECRET}/?phone=9845012345",
        X_Forwarded_Proto="https",
        X_Request_ID="asked-by-the-proxy",
    )
    assert headers["x-request-id"] == "asked-by-the-proxy"
    served.stop()
    log = (tmp_path / "server.log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    asked = [line for line in lines if line.get("request") == "asked-by-the-proxy"]
    failed, answered = asked  # without a database it is an error, told from a thread of the pool
    assert (failed["logger"], failed["level"]) == ("django.request", "ERROR")
    assert failed["message"] == "Internal Server Error: t/<str:secret>/"
    assert failed["error"][-1] == "OperationalError"
    assert answered["logger"] == "nextpatient.requests"
    told = {name: answered[name] for name in ("method", "route", "status")}
    assert told == {"method": "GET", "route": "t/<str:secret>/", "status": 500}
    assert answered["ms"] > 0
    assert SECRET not in log
    assert "9845012345" not in log


def test_at_a_terminal_no_line_is_written_for_each_request(serve: Serve, tmp_path: Path) -> None:
    served = serve()
    get(served, "/robots.txt")
    served.stop()
    assert "robots" not in (tmp_path / "server.log").read_text()
