"""POST /api/token and GET /api/token/{id}: a number is given, and looked at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from queues.actions import departments
from queues.models import Clinic, Department, Doctor, Event, Patient, Token, Visit
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient

TOLD_AT_ONCE = {
    "id",
    "label",
    "department",
    "priority",
    "status",
    "position",
    "ahead",
    "eta",
    "status_url",
}
TOLD_LATER = {"counter", "arrived_at", "called_at", "started_at", "ended_at"}


def asked(patient: Patient, department: str = "OPD", **more: Any) -> dict[str, Any]:
    return {"patient_id": str(patient.public_id), "department": department, **more}


@pytest.mark.parametrize("role", [Role.KIOSK, Role.STAFF, Role.ADMIN])
def test_a_number_is_given(
    calling_as: Callable[..., ApiClient], asha: Patient, role: Role, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://queue.example.org"
    answer = calling_as(role).post("/token", asked(asha))
    assert answer.status_code == 201
    told = answer.json()
    assert told.keys() >= TOLD_AT_ONCE
    assert (told["label"], told["department"]) == ("A-001", "OPD")
    assert (told["priority"], told["status"]) == ("walk_in", "waiting")
    assert (told["position"], told["ahead"]) == (1, 0)
    assert told["eta"].keys() == {"minutes", "from", "to"}
    visit = Visit.objects.get()
    assert told["status_url"] == f"https://queue.example.org/t/{visit.secret}/"
    assert answer["Cache-Control"] == "no-store"


def test_each_newcomer_is_told_their_place(
    kiosk_api: ApiClient, asha: Patient, ben: Patient, chen: Patient
) -> None:
    told = [kiosk_api.post("/token", asked(patient)).json() for patient in (asha, ben, chen)]
    assert [one["label"] for one in told] == ["A-001", "A-002", "A-003"]
    assert [(one["position"], one["ahead"]) for one in told] == [(1, 0), (2, 1), (3, 2)]
    assert told[2]["eta"]["from"] <= told[2]["eta"]["minutes"] <= told[2]["eta"]["to"]
    assert told[2]["eta"]["minutes"] > told[0]["eta"]["minutes"]


def test_whoever_waits_already_is_told_so_with_their_token(
    kiosk_api: ApiClient, staff_api: ApiClient, asha: Patient
) -> None:
    first = kiosk_api.post("/token", asked(asha)).json()
    refused = problem(kiosk_api.post("/token", asked(asha)), 409, "already_waiting")
    assert refused["token_id"] == first["id"]
    assert refused["label"] == "A-001"
    assert refused["state"] == "waiting"
    problem(staff_api.post("/token", asked(asha)), 409, "already_waiting")
    assert Token.objects.count() == 1


def test_a_second_department_is_another_token_under_the_same_number_and_link(
    kiosk_api: ApiClient, asha: Patient
) -> None:
    opd, lab = (kiosk_api.post("/token", asked(asha, code)).json() for code in ("OPD", "LAB"))
    assert opd["label"] == lab["label"] == "A-001"
    assert opd["status_url"] == lab["status_url"]
    assert opd["id"] != lab["id"]


def test_codes_are_found_in_any_case(kiosk_api: ApiClient, asha: Patient) -> None:
    assert kiosk_api.post("/token", asked(asha, "opd")).json()["department"] == "OPD"


# Priorities


@pytest.mark.parametrize("priority", list(Priority))
def test_staff_give_every_priority(staff_api: ApiClient, asha: Patient, priority: Priority) -> None:
    assert staff_api.post("/token", asked(asha, priority=priority)).json()["priority"] == priority


@pytest.mark.parametrize("priority", list(Priority))
def test_a_kiosk_gives_no_urgency(kiosk_api: ApiClient, asha: Patient, priority: Priority) -> None:
    answer = kiosk_api.post("/token", asked(asha, priority=priority))
    if priority in ("emergency", "paid"):
        problem(answer, 403, "staff_only")
        assert not Token.objects.exists()
    else:
        assert answer.json()["priority"] == priority


@pytest.mark.parametrize(("age", "priority"), [(64, "walk_in"), (65, "elderly"), (90, "elderly")])
def test_age_suggests_elderly(
    kiosk_api: ApiClient, clinic: Clinic, age: int, priority: str
) -> None:
    patient = cast.patient(clinic, "Dora", age=age)
    assert kiosk_api.post("/token", asked(patient)).json()["priority"] == priority


# Doctors


def test_a_token_for_a_doctor(kiosk_api: ApiClient, asha: Patient, opd: Department) -> None:
    doctor = Doctor.objects.create(name="Dr Rao")
    doctor.departments.add(opd)
    told = kiosk_api.post("/token", asked(asha, doctor_id=str(doctor.public_id))).json()
    assert told["doctor_id"] == str(doctor.public_id)
    assert told["eta"] is None, "no open counter is this doctor's"


def test_a_doctor_of_another_department(
    kiosk_api: ApiClient, asha: Patient, lab: Department
) -> None:
    doctor = Doctor.objects.create(name="Dr Rao")
    doctor.departments.add(lab)
    answer = kiosk_api.post("/token", asked(asha, doctor_id=str(doctor.public_id)))
    assert faulty(problem(answer, 422, "invalid")) == {"doctor_id"}


def test_a_doctor_nobody_knows(kiosk_api: ApiClient, asha: Patient) -> None:
    problem(kiosk_api.post("/token", asked(asha, doctor_id=str(uuid4()))), 404, "not_found")


# When no number is given


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_department_that_is_not_open_says_why(
    kiosk_api: ApiClient, staff_api: ApiClient, asha: Patient, opd: Department, state: str
) -> None:
    departments.change(opd, {"state": state, "state_reason": "Back at 14:00."}, by=SYSTEM)
    for api in (kiosk_api, staff_api):
        refused = problem(api.post("/token", asked(asha)), 409, f"department_{state}")
        assert "Back at 14:00." in refused["detail"]
        assert (refused["state"], refused["reason"]) == (state, "Back at 14:00.")


def test_the_daily_limit(
    kiosk_api: ApiClient, asha: Patient, ben: Patient, opd: Department
) -> None:
    departments.change(opd, {"daily_limit": 1}, by=SYSTEM)
    assert kiosk_api.post("/token", asked(asha)).status_code == 201
    problem(kiosk_api.post("/token", asked(ben)), 409, "daily_limit_reached")


def test_an_emergency_is_taken_beyond_the_limit(
    staff_api: ApiClient, asha: Patient, opd: Department
) -> None:
    departments.change(opd, {"daily_limit": 0}, by=SYSTEM)
    assert staff_api.post("/token", asked(asha, priority="emergency")).status_code == 201


def test_outside_its_hours(kiosk_api: ApiClient, asha: Patient, opd: Department) -> None:
    weekday = (opd.clinic.service_day().weekday() + 3) % 7
    departments.change(opd, {"hours": [[weekday, "08:00", "09:00"]]}, by=SYSTEM)
    problem(kiosk_api.post("/token", asked(asha)), 409, "outside_hours")


def test_after_the_last_issue(kiosk_api: ApiClient, asha: Patient, opd: Department) -> None:
    departments.change(opd, {"last_issue": datetime.min.time()}, by=SYSTEM)
    problem(kiosk_api.post("/token", asked(asha)), 409, "outside_hours")


# Who may, and who sees


def test_nobody_gets_a_number_without_a_key(anonymous_api: ApiClient, asha: Patient) -> None:
    problem(anonymous_api.post("/token", asked(asha)), 401, "unauthorized")


def test_a_key_of_one_department_gives_numbers_there_only(
    calling_as: Callable[..., ApiClient], lab: Department, asha: Patient
) -> None:
    for role in (Role.KIOSK, Role.STAFF):
        problem(calling_as(role, lab).post("/token", asked(asha, "OPD")), 403, "forbidden")
    assert calling_as(Role.KIOSK, lab).post("/token", asked(asha, "LAB")).status_code == 201


def test_a_token_is_seen_by_the_key_that_made_it_and_by_staff(
    calling_as: Callable[..., ApiClient], kiosk_api: ApiClient, asha: Patient
) -> None:
    made = kiosk_api.post("/token", asked(asha)).json()
    for api in (kiosk_api, calling_as(Role.STAFF), calling_as(Role.ADMIN)):
        seen = api.get(f"/token/{made['id']}")
        assert seen.status_code == 200
        assert seen.json() == made
        assert seen.json().keys() >= TOLD_AT_ONCE | TOLD_LATER


def test_a_token_is_not_there_for_another_kiosk_nor_for_another_clinic(
    calling_as: Callable[..., ApiClient], anonymous_api: ApiClient, asha: Patient
) -> None:
    made = calling_as(Role.KIOSK).post("/token", asked(asha)).json()
    there = cast.department(cast.clinic("north"), "OPD")
    path = f"/token/{made['id']}"
    nothing = problem(calling_as(Role.STAFF).get(f"/token/{uuid4()}"), 404, "not_found")
    for api in (
        calling_as(Role.KIOSK),
        calling_as(Role.STAFF, there),
        calling_as(Role.ADMIN, there),
    ):
        assert problem(api.get(path), 404, "not_found") == nothing, "as if it did not exist"
    problem(anonymous_api.get(path), 401, "unauthorized")


def test_a_token_tells_no_name(kiosk_api: ApiClient, asha: Patient) -> None:
    answer = kiosk_api.post("/token", asked(asha))
    for secret in (asha.name, asha.phone, asha.number, str(asha.public_id)):
        assert secret not in answer.content.decode()
    assert asha.name not in str(list(Event.objects.values()))
