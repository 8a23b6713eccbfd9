"""Consultations through the API: for keys of administrators, and nothing of them for others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from queues.actions import issuing
from queues.models import (
    Appointment,
    Consultation,
    Department,
    Doctor,
    KeptAnswer,
    Notice,
    Patient,
    Session,
    Slot,
)
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda
from queues.tests.agenda import booked
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient

pytestmark = pytest.mark.django_db
LINE = {"medicine": "Omeprazole", "dose": "20 mg", "when": "morning", "days": 14}


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def slot(rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, timezone.now() + timedelta(minutes=1))[0]


@pytest.fixture
def ashas(slot: Slot, asha: Patient) -> Appointment:
    return booked(slot, asha).appointment


def begun(api: ApiClient, appointment: Appointment, **headers: str) -> dict[str, Any]:
    body = {"appointment_id": str(appointment.public_id)}
    answer = api.post("/consultations", body, **headers)
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_one_is_begun_written_completed_and_added_to(
    admin_api: ApiClient, ashas: Appointment, asha: Patient
) -> None:
    draft = begun(admin_api, ashas)
    assert (draft["status"], draft["patient_id"]) == ("draft", str(asha.public_id))
    path = f"/consultations/{draft['id']}"
    parts = {"complaint": "Cough\nsince Monday", "prescription": [LINE], "follow_up_days": 14}
    written = admin_api.patch(path, parts).json()
    assert {name: written[name] for name in parts} == parts
    assert admin_api.patch(path, {"follow_up_days": None}).json()["complaint"] == parts["complaint"]
    slot = agenda.slots(ashas.doctor, ashas.department, timezone.now() + timedelta(days=15))[0]
    ending = {"diagnosis": "Bronchitis", "follow_up_days": 14}
    done = admin_api.post(f"{path}/complete", ending)
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    again = done.json()["follow_up"]
    assert ([one["slot_id"] for one in again["free"]], again["appointment_id"]) == (
        [str(slot.public_id)],
        None,
    )
    added = admin_api.post(f"{path}/addendum", {"text": "Allergic to penicillin"})
    assert added.status_code == 201
    assert [one["text"] for one in added.json()["addenda"]] == ["Allergic to penicillin"]
    assert admin_api.get(path).json() == added.json()
    ashas.refresh_from_db()
    assert ashas.status == "completed"


def test_a_walk_in_by_the_number(admin_api: ApiClient, asha: Patient, opd: Department) -> None:
    rao = agenda.doctor(opd)
    token = issuing.issue(asha, opd, by=SYSTEM, doctor=rao)
    body = {"token_id": str(token.public_id)}
    problem(admin_api.post("/consultations", body), 409, "no_room")
    opd.counters.filter(code="1").update(doctor=rao)
    draft = admin_api.post("/consultations", body).json()
    assert (draft["token_id"], draft["doctor_id"]) == (str(token.public_id), str(rao.public_id))


def test_the_list_by_patient_and_status(
    admin_api: ApiClient, ashas: Appointment, asha: Patient, ben: Patient
) -> None:
    draft = begun(admin_api, ashas)
    mine = {"patient_id": str(asha.public_id)}
    page = admin_api.get("/consultations", **mine, status="draft").json()
    assert ([one["id"] for one in page["items"]], page["total"]) == ([draft["id"]], 1)
    assert admin_api.get("/consultations", **mine, status="completed").json()["total"] == 0
    assert admin_api.get("/consultations", patient_id=str(ben.public_id)).json()["total"] == 0
    assert admin_api.get("/consultations", page=99).json()["items"] == []


@pytest.mark.parametrize("role", [Role.STAFF, Role.KIOSK])
def test_other_keys_may_not_even_look(
    calling_as: Callable[..., ApiClient], admin_api: ApiClient, ashas: Appointment, role: Role
) -> None:
    path = f"/consultations/{begun(admin_api, ashas)['id']}"
    api = calling_as(role)
    body = {"appointment_id": str(ashas.public_id)}
    for answer in (
        api.post("/consultations", body),
        api.get("/consultations"),
        api.get(path),
        api.patch(path, {"notes": "x"}),
        api.post(f"{path}/complete", {}),
        api.post(f"{path}/addendum", {"text": "x"}),
    ):
        problem(answer, 403, "forbidden")


def test_refusals(admin_api: ApiClient, ashas: Appointment, asha: Patient) -> None:
    assert faulty(problem(admin_api.post("/consultations", {}), 422, "invalid"))
    nobody = {"appointment_id": str(asha.public_id)}
    problem(admin_api.post("/consultations", nobody), 404, "not_found")
    problem(admin_api.get("/consultations/nothing"), 404, "not_found")
    path = f"/consultations/{begun(admin_api, ashas)['id']}"
    problem(admin_api.post(f"{path}/addendum", {"text": "early"}), 409, "invalid_state")
    wrong = {"prescription": [LINE, {"dose": "1"}], "notes": "x" * 20001, "follow_up_days": 0}
    body = problem(admin_api.patch(path, wrong), 422, "invalid")
    assert faulty(body) == {"prescription", "notes", "follow_up_days"}
    problem(admin_api.patch(path, {"prescription": "none"}), 422, "invalid")
    problem(admin_api.patch(path, {"colour": "red"}), 422, "invalid")
    admin_api.post(f"{path}/complete", {})
    problem(admin_api.post(f"{path}/complete", {}), 409, "invalid_state")
    problem(admin_api.patch(path, {"notes": "late"}), 409, "invalid_state")
    problem(admin_api.post(f"{path}/addendum", {"text": " "}), 422, "invalid")


@pytest.mark.parametrize("typed", [{}, 0, False, "", [{}], [{"medicine": " "}], [None]])
def test_what_is_no_prescription_does_not_wipe_one(
    admin_api: ApiClient, ashas: Appointment, typed: Any
) -> None:
    path = f"/consultations/{begun(admin_api, ashas)['id']}"
    admin_api.patch(path, {"prescription": [LINE]})
    wrong = problem(admin_api.patch(path, {"prescription": typed}), 422, "invalid")
    assert faulty(wrong) == {"prescription"}
    problem(admin_api.post(f"{path}/complete", {"prescription": typed}), 422, "invalid")
    assert admin_api.get(path).json()["prescription"] == [LINE]
    assert admin_api.patch(path, {"prescription": []}).json()["prescription"] == []


def test_sent_twice_it_is_done_once_and_no_word_is_kept_for_it(
    admin_api: ApiClient, ashas: Appointment
) -> None:
    key = {"Idempotency-Key": "once"}
    assert begun(admin_api, ashas, **key) == begun(admin_api, ashas, **key)
    path = f"/consultations/{Consultation.objects.get().public_id}"
    ends = [
        admin_api.post(f"{path}/complete", {"notes": "Secret"}, **{"Idempotency-Key": "end"})
        for _time in range(2)
    ]
    assert [end.status_code for end in ends] == [200, 200]
    assert ends[0].json() == ends[1].json()
    assert "Secret" not in str(list(KeptAnswer.objects.values_list("body", flat=True)))


# Running late


def test_a_doctor_runs_late(staff_api: ApiClient, ashas: Appointment, rao: Doctor) -> None:
    Session.objects.update(day=timezone.now().astimezone(ashas.clinic.zone).date())
    answer = staff_api.post(f"/doctor/{rao.public_id}/delay", {"minutes": 20})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["delay"], told["told"]) == (20, 1)
    assert Notice.objects.get(about=Notice.About.DOCTOR_LATE).appointment == ashas
    assert Session.objects.get().delay_minutes == 20


def test_the_session_may_be_named(staff_api: ApiClient, slot: Slot, rao: Doctor) -> None:
    Doctor.objects.filter(pk=rao.pk).update(code="rao")
    body = {"minutes": 5, "session_id": str(slot.session.public_id)}
    assert staff_api.post("/doctor/rao/delay", body).json()["delay"] == 5
    body["session_id"] = str(rao.public_id)
    problem(staff_api.post("/doctor/rao/delay", body), 404, "not_found")


def test_who_may_not_and_when_not(
    staff_api: ApiClient, kiosk_api: ApiClient, rao: Doctor, lab: Department
) -> None:
    path = f"/doctor/{rao.public_id}/delay"
    problem(kiosk_api.post(path, {"minutes": 5}), 403, "forbidden")
    problem(staff_api.post(path, {"minutes": 5}), 409, "no_slots")
    problem(staff_api.post(path, {"minutes": -1}), 422, "invalid")
    problem(staff_api.post("/doctor/nobody/delay", {"minutes": 5}), 404, "not_found")
