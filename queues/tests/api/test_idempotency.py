"""Every POST may carry an Idempotency-Key: sent again, it is answered again and done once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from queues.actions import issuing
from queues.models import Clinic, Department, Event, KeptAnswer, Patient, Token, Visit
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient
from queues.tests.crowd import waiting_room

ASHA = {"name": "Asha", "phone": "9845012345", "age": 34}
ONCE = {"Idempotency-Key": "5f0c7a0e-6a1d-4d52-9f0b-1f0f3f1a2b3c"}


@pytest.fixture
def posts(opd: Department) -> dict[str, tuple[str, dict[str, Any]]]:
    """One of each kind of POST, with which something happens."""
    one, other = cast.patient(opd.clinic, "Asha"), cast.patient(opd.clinic, "Ben")
    (token,) = waiting_room(opd, 1)
    return {
        "register": ("/patients", ASHA),
        "lookup": ("/patients/lookup", {"number": one.number}),
        "merge": (f"/patients/{one.public_id}/merge", {"into": str(other.public_id)}),
        "issue": ("/token", {"patient_id": str(other.public_id), "department": "OPD"}),
        "call_next": ("/queue/call_next", {"department": "OPD", "counter": "1"}),
        "hold": (f"/token/{token.public_id}/action", {"action": "hold"}),
        "transfer": (
            f"/token/{token.public_id}/action",
            {"action": "transfer", "department": "LAB"},
        ),
    }


POSTS = ["register", "lookup", "merge", "issue", "call_next", "hold", "transfer"]


@pytest.mark.parametrize("kind", POSTS)
def test_sent_again_it_is_answered_again(
    admin_api: ApiClient, posts: dict[str, tuple[str, dict[str, Any]]], kind: str
) -> None:
    path, body = posts[kind]
    first = admin_api.post(path, body, **ONCE)
    assert first.status_code in (200, 201)
    events = Event.objects.count()
    for _again in range(2):
        again = admin_api.post(path, body, **ONCE)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again["Content-Type"] == first["Content-Type"]
    assert Event.objects.count() == events


@pytest.mark.parametrize("kind", POSTS)
def test_another_body_under_the_same_key(
    admin_api: ApiClient, posts: dict[str, tuple[str, dict[str, Any]]], kind: str
) -> None:
    path, body = posts[kind]
    assert admin_api.post(path, body, **ONCE).status_code in (200, 201)
    events = Event.objects.count()
    other = {**body, "phone": "9845099999", "reason": "another", "counter": "2", "doctor_id": None}
    problem(admin_api.post(path, other, **ONCE), 422, "idempotency_key_reused")
    assert Event.objects.count() == events


def test_another_address_under_the_same_key(
    admin_api: ApiClient, posts: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    admin_api.post(*posts["register"], **ONCE)
    problem(admin_api.post(*posts["issue"], **ONCE), 422, "idempotency_key_reused")


def test_an_empty_answer_is_kept_as_well(admin_api: ApiClient, opd: Department) -> None:
    body = {"department": "OPD", "counter": "1"}
    assert admin_api.post("/queue/call_next", body, **ONCE).status_code == 204
    waiting_room(opd, 1)
    assert admin_api.post("/queue/call_next", body, **ONCE).status_code == 204
    assert Token.objects.get().status == "waiting"


def test_a_refusal_is_not_kept(admin_api: ApiClient, opd: Department) -> None:
    """Nothing was done, so the same request may succeed later."""
    (token,) = waiting_room(opd, 1)
    path, body = f"/token/{token.public_id}/action", {"action": "start"}
    problem(admin_api.post(path, body, **ONCE), 409, "invalid_state")
    assert not KeptAnswer.objects.exists()
    admin_api.post(path, {"action": "call", "counter": "1"})
    assert admin_api.post(path, body, **ONCE).json()["token"]["status"] == "serving"


def test_a_key_belongs_to_who_sent_it(calling_as: Callable[..., ApiClient]) -> None:
    first, second = calling_as(Role.KIOSK), calling_as(Role.KIOSK)
    ids = {api.post("/patients", ASHA, **ONCE).json()["id"] for api in (first, second)}
    assert len(ids) == 2


def test_keys_that_differ_in_one_letters_case_are_two_keys(admin_api: ApiClient) -> None:
    for key in ("retry-a", "retry-A", "retry-á", "retry-a."):
        answer = admin_api.post("/patients", {**ASHA, "name": key}, **{"Idempotency-Key": key})
        assert answer.status_code == 201, answer.content
    assert Patient.objects.count() == 4


@pytest.mark.parametrize("key", ["x" * 256, "x" * 300, "tab\there", "bell\x07", "nul\x00"])
def test_a_key_that_is_none(admin_api: ApiClient, clinic: Clinic, key: str) -> None:
    answer = admin_api.post("/patients", ASHA, **{"Idempotency-Key": key})
    assert faulty(problem(answer, 422, "invalid")) == {"Idempotency-Key"}
    assert not Patient.objects.exists()


def test_a_key_of_255_characters(admin_api: ApiClient) -> None:
    answer = admin_api.post("/patients", ASHA, **{"Idempotency-Key": "x" * 255})
    assert answer.status_code == 201


def test_no_secret_is_kept(admin_api: ApiClient, opd: Department) -> None:
    """The link comes back with the answer, but not out of the kept one."""
    patient = cast.patient(opd.clinic, "Asha")
    body = {"patient_id": str(patient.public_id), "department": "OPD"}
    first = admin_api.post("/token", body, **ONCE).json()
    token = Token.objects.get()
    admin_api.post(
        f"/token/{token.public_id}/action", {"action": "hold"}, **{"Idempotency-Key": "2"}
    )
    admin_api.post(
        f"/token/{token.public_id}/action",
        {"action": "undo"},
        **{"Idempotency-Key": "3"},
    )
    visit = Visit.objects.get()
    assert visit.secret in first["status_url"]
    kept = json.dumps(list(KeptAnswer.objects.values("key", "owner", "fingerprint", "body")))
    assert KeptAnswer.objects.count() == 3
    for secret in (visit.secret, visit.url, visit.nonce, visit.link_hash):
        assert secret not in kept
    assert admin_api.post("/token", body, **ONCE).json() == first


def test_answers_without_a_key_are_not_kept(admin_api: ApiClient, asha: Patient) -> None:
    issuing.issue(asha, cast.department(asha.registered_at, "OPD"), by=SYSTEM)
    admin_api.post("/queue/call_next", {"department": "OPD", "counter": "1"})
    assert not KeptAnswer.objects.exists()
