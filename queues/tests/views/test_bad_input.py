"""What nobody should type, and somebody will: a clear answer, never a crash."""

from __future__ import annotations

import pytest

from queues.models import Clinic, Department, Patient
from queues.tests.views.at_kiosk import NEW, AtKiosk
from queues.tests.views.conftest import Browser

NASTY = [
    "\x00",
    "x" * 10_000,
    "🤒" * 300,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "-1",
    "9" * 5000,
]


@pytest.mark.parametrize("typed", NASTY, ids=range(len(NASTY)))
def test_in_every_field_of_the_kiosk(clinic: Clinic, typed: str) -> None:
    kiosk = AtKiosk()
    kiosk.send("/kiosk/main/", language=typed)
    kiosk.go_through(**NEW, need="OPD")
    for question in ("who", "phone", "birth", "need", "about"):
        response = kiosk.answer(question, typed)
        assert response.status_code == 422
        assert b"<script>" not in response.content
    assert kiosk.answer("name", typed).status_code in (302, 422)
    assert b"<script>" not in kiosk.get("/kiosk/main/name/").content
    kiosk.go_through(who="card")
    assert kiosk.answer("card", typed).status_code in (404, 422)


@pytest.mark.parametrize("typed", NASTY, ids=range(len(NASTY)))
def test_in_every_field_of_the_desk(
    desk: Browser, opd: Department, asha: Patient, typed: str
) -> None:
    reception = "/desk/main/OPD/reception/"
    assert desk.get(reception, {"search": typed}).status_code == 200
    assert desk.get(reception, {"ticket": typed}).status_code == 200
    fields = ("name", "phone", "age", "gender", "address", "priority", "doctor")
    everything = dict.fromkeys(fields, typed)
    assert desk.send(f"{reception}register/", **everything).status_code == 422
    assert desk.send(f"{reception}{asha.public_id}/", priority=typed).status_code == 422
    assert desk.send("/desk/main/OPD/state/", state=typed, reason=typed).status_code == 302
    assert desk.send(f"/patients/{asha.public_id}/correct/", **everything).status_code == 422
    assert desk.send(f"/patients/{asha.public_id}/merge/", into=typed).status_code == 422
    assert desk.get("/events/main/OPD/", {"before": typed}).status_code == 404
    opd.refresh_from_db()
    assert opd.state == "open"


@pytest.mark.parametrize("path", ["/t/%00/", "/desk/main/%00/", "/display/main/?departments=%00"])
def test_in_an_address(desk: Browser, opd: Department, path: str) -> None:
    assert desk.get(path).status_code == 404
