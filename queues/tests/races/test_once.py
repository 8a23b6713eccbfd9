"""The same Idempotency-Key at the same moment, through the API: one effect, equal answers."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from queues.actions import patients
from queues.forms import PatientForm
from queues.models import Clinic, Department, KeptAnswer, Kind, Patient, Token, Visit
from queues.rules.rights import SYSTEM, Role
from queues.rules.status import Status
from queues.tests import cast
from queues.tests.conftest import ApiClient
from queues.tests.crowd import crowd, waiting_room
from queues.tests.races.together import meeting, together, winners
from queues.tests.witness import assert_one_story, count

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 20
ASHA = {"name": "Asha", "phone": "9845012345", "age": 34, "gender": "female"}


def at_once(key: str, path: str, body: Any, **headers: str) -> list[Any]:
    def post() -> Any:
        return ApiClient(key).post(path, body, **headers)

    return winners(together([post] * TIMES))


def test_a_number_asked_for_20_times_at_once_is_given_once(opd: Department) -> None:
    (patient,) = crowd(opd.clinic, 1)
    kiosk = cast.key(opd.clinic, Role.KIOSK)
    body = {"patient_id": str(patient.public_id), "department": "OPD"}
    answers = at_once(kiosk, "/token", body, **{"Idempotency-Key": "tap"})
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1, "equal, down to the link"
    assert Token.objects.count() == Visit.objects.count() == count(Kind.ISSUED) == 1
    assert KeptAnswer.objects.count() == 1
    assert_one_story()


def test_a_registration_sent_20_times_at_once_makes_one_patient(clinic: Clinic) -> None:
    answers = at_once(cast.key(clinic, Role.KIOSK), "/patients", ASHA, **{"Idempotency-Key": "tap"})
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Patient.objects.count() == count(Kind.PATIENT_REGISTERED) == 1


def test_a_call_sent_20_times_at_once_calls_one_patient(opd: Department) -> None:
    """The lost click: the desk presses again and again, and hears of the same patient."""
    waiting_room(opd, 3)
    body = {"department": "OPD", "counter": "1"}
    answers = at_once(
        cast.key(opd.clinic, Role.STAFF), "/queue/call_next", body, **{"Idempotency-Key": "tap"}
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert Token.objects.filter(status=Status.CALLED).count() == count(Kind.CALLED) == 1
    assert_one_story()


def test_an_action_sent_20_times_at_once_is_done_once(opd: Department) -> None:
    (token,) = waiting_room(opd, 1)
    staff = cast.key(opd.clinic, Role.STAFF)
    path = f"/token/{token.public_id}/action"
    answers = at_once(staff, path, {"action": "hold"}, **{"Idempotency-Key": "tap"})
    assert {answer.status_code for answer in answers} == {200}
    assert count(Kind.HELD) == 1
    assert_one_story()


def test_one_key_of_two_systems_is_two_keys(clinic: Clinic) -> None:
    """What one system was answered is never told to another."""
    systems = [cast.key(clinic, Role.KIOSK), cast.key(clinic, Role.STAFF)]

    def post(key: str) -> Any:
        return ApiClient(key).post("/patients", ASHA, **{"Idempotency-Key": "tap"})

    answers = winners(together([partial(post, key) for key in systems * 5]))
    assert {answer.status_code for answer in answers} == {201}
    assert Patient.objects.count() == 2


# Controls


def test_without_a_key_20_registrations_are_20_patients(clinic: Clinic) -> None:
    answers = at_once(cast.key(clinic, Role.KIOSK), "/patients", ASHA)
    assert {answer.status_code for answer in answers} == {201}
    assert Patient.objects.count() == TIMES


def test_without_one_transaction_a_kept_answer_comes_too_late(clinic: Clinic) -> None:
    """Look for an answer, act, then keep it: everybody has acted before anybody has kept."""
    form = PatientForm(clinic, ASHA, by_staff=True)
    assert form.is_valid()
    person, gap = form.person(), meeting(TIMES)

    def look_then_act() -> bool:
        if KeptAnswer.objects.filter(owner="me", key="tap").exists():
            return False
        gap.wait()
        patients.register(clinic, person, by=SYSTEM)
        try:
            KeptAnswer.objects.create(owner="me", key="tap", fingerprint="")
        except IntegrityError:
            return False
        return True

    kept = together([look_then_act] * TIMES)
    assert kept.count(True) == 1
    assert Patient.objects.count() == TIMES, "the race is real"
