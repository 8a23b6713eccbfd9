"""kill -9 in the middle of 200 registrations: what was said is kept, and the rest can be retried."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

import pytest

from queues.rules.labels import label
from queues.tests.hospital import AWAY, Hospital
from queues.tests.template import Template

pytestmark = pytest.mark.django_db(transaction=True)

PATIENTS, KIOSKS = 200, 8
CUT_AFTER = 60  # tokens acknowledged
Token = dict[str, Any]


def registered(hospital: Hospital, number: int) -> Token:
    """Registration and number of one patient, each sent under the same key however often."""
    person = {"name": f"Visitor {number}", "phone": f"98450{number:05}", "age": 30}
    status, patient = hospital.ask("POST", "/patients", person, once=f"patient-{number}")
    assert status == 201, patient
    wanted = {"patient_id": patient["id"], "department": "OPD"}
    status, token = hospital.ask("POST", "/token", wanted, once=f"token-{number}")
    assert status == 201, token
    its: Token = token
    return its


def one_kiosk(
    hospital: Hospital, numbers: range, acknowledged: dict[int, Token], enough: Event
) -> None:
    """Until the server is gone."""
    for number in numbers:
        try:
            acknowledged[number] = registered(hospital, number)
        except AWAY:
            return
        if len(acknowledged) >= CUT_AFTER:
            enough.set()


def all_kiosks(hospital: Hospital, acknowledged: dict[int, Token], enough: Event) -> None:
    with ThreadPoolExecutor(KIOSKS) as threads:
        queues = [range(first, PATIENTS, KIOSKS) for first in range(KIOSKS)]
        work = partial(one_kiosk, hospital, acknowledged=acknowledged, enough=enough)
        list(threads.map(work, queues))


def waiting_labels(hospital: Hospital) -> list[str]:
    _status, queue = hospital.ask("GET", "/queue?department=OPD")
    return [place["label"] for place in queue["waiting"]]


def test_what_was_acknowledged_outlives_a_kill(founded: Template) -> None:
    before: dict[int, Token] = {}
    after: dict[int, Token] = {}
    enough = Event()
    with founded.copied() as hospital:
        with hospital.serving() as server, ThreadPoolExecutor(1) as outside:
            crowd = outside.submit(all_kiosks, hospital, before, enough)
            assert enough.wait(60), "the kiosks got nowhere"
            server.kill()
            crowd.result()
        assert CUT_AFTER <= len(before) < PATIENTS, "it was in the middle"

        assert hospital.manage("verify_events").startswith("Whole: ")
        with hospital.serving():
            kept = waiting_labels(hospital)
            assert len(kept) == len(set(kept))
            assert kept == [label("A", number) for number in range(1, len(kept) + 1)]
            for token in before.values():
                status, seen = hospital.ask("GET", f"/token/{token['id']}")
                assert (status, seen["label"], seen["status"]) == (200, token["label"], "waiting")

            all_kiosks(hospital, after, enough)  # everybody once more, under the same keys
            assert {number: after[number]["id"] for number in before} == {
                number: token["id"] for number, token in before.items()
            }
            assert [one["status_url"] for number, one in after.items() if number in before] == [
                before[number]["status_url"] for number in after if number in before
            ]
            all_labels = [label("A", number) for number in range(1, PATIENTS + 1)]
            assert waiting_labels(hospital) == all_labels
            assert sorted(token["label"] for token in after.values()) == all_labels
        assert hospital.manage("verify_events").startswith("Whole: ")
