"""/api/doctor, /api/doctors, /api/schedule: doctors, their weeks and their slots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from queues.models import Clinic, Counter, Department, Doctor, Leave, ScheduleRule, Slot
from queues.rules.rights import Role
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient

HOURS: dict[str, Any] = {"10-11": {"capacity": 4, "hard_limit": 5}, "9-10": 3}
SLOT = {"id", "starts_at", "ends_at", "capacity", "hard_limit", "booked"}


@pytest.fixture
def day(clinic: Clinic) -> str:
    return agenda.tomorrow(clinic).date().isoformat()


def test_a_doctor_with_slots(admin_api: ApiClient, clinic: Clinic, day: str) -> None:
    answer = admin_api.post(f"/doctor/D1?date={day}&name=Dr Rao&specialty=Heart", HOURS)
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    assert told.keys() == {"id", "code", "name", "slots"}
    doctor = Doctor.objects.get()
    assert (told["id"], told["code"], told["name"]) == (str(doctor.public_id), "D1", "Dr Rao")
    assert (doctor.specialty, [d.code for d in doctor.departments.all()]) == ("Heart", ["OPD"])
    assert [slot.keys() for slot in told["slots"]] == [SLOT, SLOT]
    assert [(one["starts_at"], one["capacity"], one["hard_limit"]) for one in told["slots"]] == [
        (f"{day}T09:00:00+00:00", 3, 3),
        (f"{day}T10:00:00+00:00", 4, 5),
    ]
    assert Counter.objects.get(doctor=doctor).code == "R1"


def test_the_same_again_only_changes_the_places(
    admin_api: ApiClient, clinic: Clinic, day: str
) -> None:
    first = admin_api.post(f"/doctor/D1?date={day}", HOURS).json()
    assert first["name"] == "D1"
    assert admin_api.post(f"/doctor/d1?date={day}", HOURS).json() == first
    by_id = f"/doctor/{first['id']}?date={day}"
    again = admin_api.post(by_id, {"9-10": 7}).json()
    assert again["slots"] == [{**first["slots"][0], "capacity": 7, "hard_limit": 7}]
    assert (Doctor.objects.count(), Slot.objects.count()) == (1, 2)


def test_never_below_what_is_booked(admin_api: ApiClient, clinic: Clinic, day: str) -> None:
    admin_api.post(f"/doctor/D1?date={day}", HOURS)
    slot = Slot.objects.select_related("session__department__clinic", "doctor").earliest(
        "starts_at"
    )
    booked(slot, None)
    booked(slot, None)
    answer = admin_api.post(f"/doctor/D1?date={day}", {"9-10": 1})
    assert problem(answer, 409, "below_booked")["booked"] == 2
    path = f"/slots/{slot.public_id}"
    problem(admin_api.patch(path, {"capacity": 1, "hard_limit": 1}), 409, "below_booked")
    assert admin_api.patch(path, {"capacity": 6}).json()["hard_limit"] == 6
    problem(admin_api.patch(f"/slots/{uuid4()}", {"capacity": 6}), 404, "not_found")


def test_an_hour_that_is_over_is_tomorrows(admin_api: ApiClient, clinic: Clinic) -> None:
    now = timezone.now().astimezone(clinic.zone)
    this = f"{now:%H}-{now.hour + 1}"
    before = f"{(now - timedelta(hours=1)):%H}-{now.hour}" if now.hour else "0-0"
    told = admin_api.post("/doctor/D1", {this: 1}).json()
    assert told["slots"][0]["starts_at"].startswith(now.date().isoformat())
    if now.hour:
        tomorrow = (now + timedelta(days=1)).date().isoformat()
        told = admin_api.post("/doctor/D1", {before: 1}).json()
        assert told["slots"][0]["starts_at"].startswith(tomorrow)
        answer = admin_api.post(f"/doctor/D1?date={now.date()}", {before: 1})
        assert faulty(problem(answer, 422, "invalid")) == {before}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"nine": 3}, {"nine"}),
        ({"10-9": 3, "9-25": 1, "9-10": 1}, {"10-9", "9-25"}),
        ({"9-10": -1}, {"9-10"}),
        ({"9-10": {"capacity": 4, "hard_limit": 3}}, {"9-10"}),
        ({"9-10": {"hard_limit": 3}}, {"9-10"}),
        ({"9-10": {"capacity": 3, "color": 3}}, {"9-10"}),
        ({"9-10": True}, {"9-10"}),
        ({"9-10": "3"}, {"9-10"}),
        ({"self": 3}, {"self"}),
        ({"": 3}, {"body"}),
        ({}, {"body"}),
        ({"9-10": 1, "09:30-10:30": 1}, {"09:30-10:30"}),
    ],
)
def test_what_makes_no_sense_is_named(
    admin_api: ApiClient, clinic: Clinic, day: str, body: dict[str, Any], wrong: set[str]
) -> None:
    answer = admin_api.post(f"/doctor/D1?date={day}", body)
    assert faulty(problem(answer, 422, "invalid")) == wrong
    assert not Doctor.objects.exists()


def test_an_unknown_id_is_no_code(admin_api: ApiClient, clinic: Clinic, day: str) -> None:
    problem(admin_api.post(f"/doctor/{uuid4()}?date={day}", HOURS), 404, "not_found")
    problem(admin_api.post("/doctor/D1?date=tomorrow", HOURS), 422, "invalid")
    problem(admin_api.post("/doctor/D1?department=NONE", HOURS), 404, "not_found")
    problem(admin_api.post(f"/doctor/{'D' * 41}", HOURS), 422, "invalid")


def test_hours_of_another_department_are_not_ours(
    admin_api: ApiClient, calling_as: Callable[..., ApiClient], lab: Department, day: str
) -> None:
    """Somebody who sets the Lab's hours resized those of the doctor's other department."""
    (slot,) = admin_api.post(f"/doctor/D1?date={day}&department=OPD", {"9-10": 1}).json()["slots"]
    in_the_lab = calling_as(Role.ADMIN, lab)
    problem(in_the_lab.post(f"/doctor/D1?date={day}", {"9-10": 66}), 403, "forbidden")
    answer = in_the_lab.post(f"/doctor/D1?date={day}&department=LAB", {"9-10": 66})
    assert problem(answer, 409, "times_overlap")["slot_id"] == slot["id"]
    assert Slot.objects.get().capacity == 1


def test_a_doctor_of_another_clinic_is_not_there(admin_api: ApiClient, day: str) -> None:
    """By the hours that it set, a clinic took in anybody's doctor and changed their record."""
    made = admin_api.post(f"/doctor/D1?date={day}", HOURS).json()
    north = ApiClient(cast.key(cast.clinic("north"), Role.ADMIN))
    for name in ("D1", made["id"]):
        problem(north.post(f"/doctor/{name}?date={day}", {"9-10": 77}), 404, "not_found")
        problem(north.post(f"/doctor/{name}?date={day}", {"20-21": 1}), 404, "not_found")
        problem(north.patch(f"/doctors/{name}", {"specialty": "Other"}), 404, "not_found")
    assert sorted(Slot.objects.values_list("capacity", flat=True)) == [3, 4]


def test_a_doctor_of_two_clinics_has_the_hours_of_each(
    admin_api: ApiClient, clinic: Clinic, day: str
) -> None:
    (slot,) = admin_api.post(f"/doctor/D1?date={day}", {"9-10": 1}).json()["slots"]
    north = cast.clinic("north", "Etc/GMT-5")
    Doctor.objects.get().departments.add(cast.department(north, "OPD"))
    there = ApiClient(cast.key(north, Role.ADMIN))
    answer = there.post(f"/doctor/D1?date={day}", {"14-15": 77})  # the same hour on their clock
    assert problem(answer, 409, "times_overlap")["slot_id"] == slot["id"]
    assert there.post(f"/doctor/D1?date={day}", {"16-17": 2}).status_code == 201
    assert sorted(Slot.objects.values_list("capacity", flat=True)) == [1, 2]


@pytest.mark.parametrize("role", [Role.KIOSK, Role.STAFF])
def test_only_administrators_set_weeks(
    calling_as: Callable[..., ApiClient], role: Role, clinic: Clinic
) -> None:
    api = calling_as(role)
    problem(api.post("/doctor/D1", HOURS), 403, "forbidden")
    problem(api.post("/doctors", {"name": "Dr Rao", "departments": ["OPD"]}), 403, "forbidden")
    problem(api.get("/schedule/rules"), 403, "forbidden")


def test_doctors_are_added_listed_and_changed(admin_api: ApiClient, clinic: Clinic) -> None:
    given = {
        "name": "Dr Rao",
        "specialty": "Cardiology",
        "languages": ["en", "ta"],
        "departments": ["OPD"],
        "code": "D1",
    }
    answer = admin_api.post("/doctors", given)
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert made == {**given, "id": made["id"], "active": True, "user_id": None}
    assert admin_api.get("/doctors").json() == {"items": [made]}
    changed = admin_api.patch("/doctors/d1", {"languages": ["hi"], "active": False}).json()
    assert changed == {**made, "languages": ["hi"], "active": False}
    problem(admin_api.post("/doctors", given), 422, "invalid")
    problem(admin_api.patch("/doctors/D2", {}), 404, "not_found")


@pytest.fixture
def rule(admin_api: ApiClient, opd: Department) -> dict[str, Any]:
    rao = agenda.doctor(opd)
    starts_on = agenda.tomorrow(opd.clinic).date()
    answer = admin_api.post(
        "/schedule/rules",
        {
            "doctor_id": str(rao.public_id),
            "department": "OPD",
            "weekday": starts_on.weekday(),
            "opens": "09:00",
            "closes": "12:00",
            "slot_minutes": 60,
            "capacity": 2,
            "starts_on": starts_on.isoformat(),
        },
    )
    assert answer.status_code == 201, answer.json()
    told: dict[str, Any] = answer.json()
    return told


def test_a_week_is_written_down(admin_api: ApiClient, rule: dict[str, Any]) -> None:
    assert (rule["hard_limit"], rule["room"], rule["ends_on"]) == (2, None, None)
    assert Slot.objects.count() == 12
    assert admin_api.get("/schedule/rules", doctor=rule["doctor_id"]).json() == {"items": [rule]}
    changed = admin_api.patch(f"/schedule/rules/{rule['id']}", {"room": "1", "capacity": 3}).json()
    assert changed == {**rule, "room": "1", "capacity": 3, "hard_limit": 3}
    deleted = admin_api.client.delete(f"/api/schedule/rules/{rule['id']}")
    assert deleted.status_code == 204
    assert not Slot.objects.exists()
    assert not ScheduleRule.objects.exists()


def test_a_leave_asks_about_bookings(admin_api: ApiClient, rule: dict[str, Any]) -> None:
    slot = Slot.objects.select_related("session__department__clinic", "doctor").earliest(
        "starts_at"
    )
    theirs = booked(slot, None).appointment
    day = slot.day.isoformat()
    leave = {"doctor_id": rule["doctor_id"], "starts_on": day, "ends_on": day}
    told = problem(admin_api.post("/schedule/leaves", leave), 409, "has_bookings")
    assert (told["bookings"], told["answers"]) == (1, ["keep", "move", "cancel"])
    assert told["appointments"][0]["id"] == str(theirs.public_id)
    problem(admin_api.post("/schedule/leaves?bookings=forget", leave), 422, "invalid")
    answer = admin_api.post("/schedule/leaves?bookings=move", leave)
    assert answer.status_code == 201, answer.json()
    theirs.refresh_from_db()
    assert theirs.day == slot.day + timedelta(days=7)
    path = f"/schedule/leaves/{answer.json()['id']}"
    assert admin_api.get("/schedule/leaves").json() == {"items": [answer.json()]}
    assert admin_api.patch(path, {"reason": "congress"}).json()["reason"] == "congress"
    assert admin_api.client.delete(f"/api{path}").status_code == 204
    assert not Leave.objects.exists()
    assert_slots_agree()


def test_a_leave_is_of_this_clinic_unless_it_is_said(
    admin_api: ApiClient, rule: dict[str, Any]
) -> None:
    """The doctor works at another clinic too, of which this key knows nothing."""
    far = cast.department(cast.clinic("far"), "OPD")
    doctor = Doctor.objects.get(public_id=rule["doctor_id"])
    doctor.departments.add(far)
    day = Slot.objects.earliest("starts_at").day.isoformat()
    leave = {"doctor_id": rule["doctor_id"], "starts_on": day, "ends_on": day}
    told = problem(
        admin_api.post("/schedule/leaves", {**leave, "everywhere": True}), 403, "forbidden"
    )
    assert "Far Clinic" in told["detail"]
    mine = admin_api.post("/schedule/leaves", leave).json()
    assert mine["everywhere"] is False
    path = f"/schedule/leaves/{mine['id']}"
    problem(admin_api.patch(path, {"everywhere": True}), 403, "forbidden")
    assert admin_api.patch(path, {"reason": "congress"}).json()["everywhere"] is False
    Leave.objects.update(clinic=far.clinic)
    problem(admin_api.patch(path, {"reason": "x"}), 404, "not_found")
    assert admin_api.get("/schedule/leaves").json() == {"items": []}
    Leave.objects.update(clinic=None)
    assert admin_api.get("/schedule/leaves").json()["items"][0]["everywhere"] is True
    problem(admin_api.patch(path, {"reason": "x"}), 403, "forbidden")
    problem(admin_api.client.delete(f"/api{path}"), 403, "forbidden")
    problem(admin_api.patch(f"/doctors/{doctor.public_id}", {"active": False}), 403, "forbidden")


def test_an_extra_session(admin_api: ApiClient, rule: dict[str, Any]) -> None:
    given = {
        "doctor_id": rule["doctor_id"],
        "department": "OPD",
        "day": rule["starts_on"],
        "opens": "11:30",
        "closes": "13:00",
        "slot_minutes": 30,
        "capacity": 1,
    }
    problem(admin_api.post("/schedule/extras", given), 409, "times_overlap")
    made = admin_api.post("/schedule/extras", {**given, "opens": "12:00"})
    assert made.status_code == 201, made.json()
    path = f"/schedule/extras/{made.json()['id']}"
    assert admin_api.get("/schedule/extras").json() == {"items": [made.json()]}
    assert admin_api.patch(path, {"closes": "14:00"}).json()["closes"] == "14:00"
    assert Slot.objects.count() == 16
    assert admin_api.client.delete(f"/api{path}").status_code == 204
    assert Slot.objects.count() == 12


def test_every_wrong_field_is_named(admin_api: ApiClient, rule: dict[str, Any]) -> None:
    given = {
        "doctor_id": rule["doctor_id"],
        "department": "NONE",
        "weekday": 1,
        "opens": "soon",
        "closes": "12:00",
        "slot_minutes": 15,
        "capacity": 1,
        "starts_on": "3/4/2026",
    }
    told = problem(admin_api.post("/schedule/rules", given), 422, "invalid")
    assert faulty(told) == {"department", "opens", "starts_on"}
