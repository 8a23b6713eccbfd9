"""Other systems read a doctor's list, and move those on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from queues.actions import checking_in, issuing, rebooking, tokens
from queues.models import Appointment, Clinic, Counter, Department, Doctor, Patient, Slot, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient
from queues.tests.consulting import slots_of_today


@pytest.fixture
def rao(opd: Department) -> Doctor:
    doctor = agenda.doctor(opd)
    doctor.code = "D1"
    doctor.save()
    return doctor


@pytest.fixture
def nine(rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), minutes=60, capacity=4)[0]


@pytest.fixture
def now_slot(rao: Doctor, opd: Department, clinic: Clinic) -> Slot:
    """One that has begun: whoever is booked in it can check in."""
    clinic.turns_at = (timezone.now().hour + 12) % 24  # the day does not turn meanwhile
    clinic.save()
    return agenda.slots(rao, opd, timezone.now() - timedelta(minutes=5), minutes=60, capacity=4)[0]


@pytest.fixture
def room(desk_a: Counter, rao: Doctor) -> Counter:
    """The doctor's own."""
    Counter.objects.filter(pk=desk_a.pk).update(doctor=rao)
    desk_a.doctor = rao
    return desk_a


def cancel(api: ApiClient, one: Appointment, **more: Any) -> Any:
    body = {"doctor_id": "D1", "slot_id": "9-10", "token_id": str(one.public_id), **more}
    return api.post("/cancel", body)


def put(api: ApiClient, one: Appointment | Token, status: str, **more: Any) -> Any:
    return api.patch(f"/token/{one.public_id}/status", {"status": status, **more})


# GET /api/doctor


def test_the_list_in_its_order(staff_api: ApiClient, nine: Slot, asha: Patient) -> None:
    booked(nine, None, Priority.WALK_IN)
    booked(nine, asha, Priority.PAID)
    booked(nine, None, Priority.EMERGENCY)
    told = staff_api.get("/doctor/d1", date=nine.day.isoformat()).json()
    assert [one["source"] for one in told["items"]] == ["emergency", "paid", "walk_in"]
    assert [one["number"] for one in told["items"]] == [3, 2, 1]
    assert told["items"][1]["patient_id"] == str(asha.public_id)
    assert (told["date"], told["delay"]) == (nine.day.isoformat(), 0)
    assert [one["id"] for one in told["sessions"]] == [str(nine.session.public_id)]
    assert "Asha" not in str(told)
    assert "status_url" not in str(told)


def test_without_a_day_it_is_todays_or_where_there_are_no_hours_today_the_next(
    staff_api: ApiClient, nine: Slot, rao: Doctor, opd: Department
) -> None:
    booked(nine, None)
    told = staff_api.get("/doctor/D1").json()
    assert (told["date"], len(told["items"])) == (nine.day.isoformat(), 1)
    slots_of_today(rao, opd, 1)
    told = staff_api.get("/doctor/D1").json()
    assert (told["date"] < nine.day.isoformat(), told["items"]) == (True, [])


def test_who_was_seen_has_had_their_share_of_the_slot(staff_api: ApiClient, nine: Slot) -> None:
    first, second = (booked(nine, None).appointment for _ in range(2))
    day = {"date": nine.day.isoformat()}
    before = staff_api.get("/doctor/D1", **day).json()["items"][1]
    Appointment.objects.filter(pk=first.pk).update(status="completed")
    (left,) = staff_api.get("/doctor/D1", **day).json()["items"]
    assert left["id"] == before["id"] == str(second.public_id)
    assert left["estimated_time"] == before["estimated_time"]


def test_whoever_becomes_an_emergency_at_the_desk_goes_first(
    staff_api: ApiClient, rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    first, second = slots_of_today(rao, opd, 2)
    paid = booked(first, asha, Priority.PAID).appointment
    walk_in = booked(second, ben, Priority.WALK_IN).appointment
    token = checking_in.check_in(walk_in, by=SYSTEM)

    def listed() -> list[tuple[str, str]]:
        items = staff_api.get("/doctor/D1").json()["items"]
        return [(item["id"], item["priority"]) for item in items]

    assert listed() == [(str(paid.public_id), "paid"), (str(walk_in.public_id), "walk_in")]
    tokens.set_priority(token, Priority.EMERGENCY, by=SYSTEM)
    assert listed() == [(str(walk_in.public_id), "emergency"), (str(paid.public_id), "paid")]


def test_of_two_clinics_each_sees_its_own(
    staff_api: ApiClient, calling_as: Callable[..., ApiClient], nine: Slot, rao: Doctor
) -> None:
    north = cast.department(cast.clinic("north"), "OPD")
    assert problem(calling_as(Role.STAFF, north).get("/doctor/D1"), 404, "not_found")
    there = agenda.slots(rao, north, agenda.tomorrow(north.clinic, 15))[0]
    booked(there, None)
    told = calling_as(Role.STAFF, north).get("/doctor/D1", date=there.day.isoformat()).json()
    assert [one["clinic"] for one in told["items"]] == ["north"]
    assert staff_api.get("/doctor/D1", date=there.day.isoformat()).json()["items"] == []


@pytest.mark.parametrize(
    "path", ["/doctor/D2", f"/doctor/{uuid4()}", "/doctor/%00", "/status/D2/9-10"]
)
def test_a_doctor_that_there_is_not(staff_api: ApiClient, rao: Doctor, path: str) -> None:
    problem(staff_api.get(path), 404, "not_found")


def test_a_bad_day(staff_api: ApiClient, rao: Doctor) -> None:
    assert faulty(problem(staff_api.get("/doctor/D1", date="x"), 422, "invalid")) == {"date"}


@pytest.mark.parametrize("path", ["/doctor/D1", "/status/D1/9-10"])
def test_a_kiosk_reads_no_list(kiosk_api: ApiClient, nine: Slot, path: str) -> None:
    problem(kiosk_api.get(path), 403, "forbidden")


# GET /api/status


def test_who_is_booked_in_a_slot(staff_api: ApiClient, nine: Slot, asha: Patient) -> None:
    booked(nine, None, Priority.WALK_IN)
    booked(nine, asha, Priority.PAID)
    gone = booked(nine, None).appointment
    rebooking.cancel(gone, by=SYSTEM)
    told = staff_api.get("/status/D1/9-10").json()
    assert [one["priority"] for one in told["items"]] == ["paid", "walk_in"]
    assert (told["slot"]["booked"], told["slot"]["capacity"]) == (2, 4)
    assert "Asha" not in str(told)
    assert told == staff_api.get(f"/status/{nine.doctor.public_id}/{nine.public_id}").json()


# POST /api/cancel


@pytest.mark.parametrize("by_number", [True, False])
def test_it_cancels(staff_api: ApiClient, nine: Slot, asha: Patient, by_number: bool) -> None:
    one = booked(nine, asha).appointment
    token_id = one.number if by_number else str(one.public_id)
    answer = cancel(staff_api, one, token_id=token_id)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert_slots_agree()


def test_twice_is_a_clear_conflict(staff_api: ApiClient, nine: Slot, asha: Patient) -> None:
    one = booked(nine, asha).appointment
    cancel(staff_api, one)
    assert problem(cancel(staff_api, one), 409, "already_cancelled")["by"]
    assert_slots_agree()


@pytest.mark.parametrize("token_id", [2, "2", str(uuid4()), "x", 2_147_483_647])
def test_nobody_of_that_name(staff_api: ApiClient, nine: Slot, token_id: Any) -> None:
    one = booked(nine, None).appointment
    problem(cancel(staff_api, one, token_id=token_id), 404, "not_found")


def test_in_another_slot_it_is_not_there(
    staff_api: ApiClient, nine: Slot, rao: Doctor, opd: Department
) -> None:
    agenda.slots(rao, opd, nine.ends_at, minutes=60)
    other = agenda.doctor(opd, "Dr Iyer")
    agenda.slots(other, opd, nine.starts_at, minutes=60)
    one = booked(nine, None).appointment
    problem(cancel(staff_api, one, slot_id="10-11"), 404, "not_found")
    problem(cancel(staff_api, one, doctor_id=str(other.public_id)), 404, "not_found")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("token_id", None),
        ("token_id", -1),
        ("token_id", True),
        ("token_id", [1]),
        ("date", "x"),
        ("date", 0),
    ],
)
def test_a_bad_cancelling(staff_api: ApiClient, nine: Slot, field: str, value: Any) -> None:
    one = booked(nine, None).appointment
    fields = faulty(problem(cancel(staff_api, one, **{field: value}), 422, "invalid"))
    assert {name.split(".")[0] for name in fields} == {field}


# PATCH /api/token/{id}/status


def test_confirmed_then_missed(staff_api: ApiClient, now_slot: Slot, asha: Patient) -> None:
    one = booked(now_slot, asha).appointment
    assert put(staff_api, one, "confirmed").json()["status"] == "confirmed"
    told = put(staff_api, one, "No-Show").json()
    assert (told["status"], told["token"]) == ("no_show", None)
    assert_slots_agree()


def test_a_morning_with_the_doctor(
    staff_api: ApiClient, now_slot: Slot, asha: Patient, room: Counter
) -> None:
    one = booked(now_slot, asha, Priority.WALK_IN).appointment
    here = put(staff_api, one, "checked_in").json()
    assert (here["status"], here["token"]["status"]) == ("checked_in", "waiting")
    seen = put(staff_api, one, "in_consultation").json()
    assert (seen["status"], seen["token"]["counter"]) == ("in_consultation", room.code)
    assert seen["token"]["status"] == "serving"
    done = put(staff_api, one, "completed").json()
    assert (done["status"], done["token"]["status"]) == ("completed", "completed")
    problem(put(staff_api, one, "completed"), 409, "invalid_state")
    problem(put(staff_api, one, "cancelled"), 409, "invalid_state")


def test_before_their_day_nobody_is_seen_or_missed(
    staff_api: ApiClient, nine: Slot, asha: Patient
) -> None:
    one = booked(nine, asha).appointment
    for status in ("checked_in", "in_consultation", "no_show"):
        assert problem(put(staff_api, one, status), 409, "too_early")["starts_at"]


def test_whoever_never_checked_in_moves_alone(
    staff_api: ApiClient, now_slot: Slot, asha: Patient
) -> None:
    one = booked(now_slot, asha).appointment
    problem(put(staff_api, one, "completed"), 409, "invalid_state")
    told = put(staff_api, one, "in_consultation").json()
    assert (told["status"], told["token"]) == ("in_consultation", None)
    assert put(staff_api, one, "completed").json()["status"] == "completed"


def test_a_number_moves_with_its_appointment(
    staff_api: ApiClient, now_slot: Slot, asha: Patient, room: Counter
) -> None:
    token = checking_in.check_in(booked(now_slot, asha).appointment, by=SYSTEM)
    told = put(staff_api, token, "in_consultation").json()
    assert told["appointment"]["status"] == "in_consultation"
    assert told["token"]["id"] == str(token.public_id)
    assert told["token"]["status_url"] == token.visit.url


def test_a_number_without_an_appointment(
    staff_api: ApiClient, opd: Department, rao: Doctor, asha: Patient, room: Counter
) -> None:
    token = issuing.issue(asha, opd, by=SYSTEM, doctor=rao)
    problem(put(staff_api, token, "confirmed"), 409, "invalid_state")
    told = put(staff_api, token, "in_consultation").json()
    assert (told["id"], told["status"]) == (str(token.public_id), "in_consultation")
    assert told["appointment"] is None
    assert put(staff_api, token, "completed").json()["token"]["status"] == "completed"
    problem(put(staff_api, token, "no_show"), 409, "invalid_state")


def test_at_check_in_an_unnamed_place_gets_its_name(
    staff_api: ApiClient, now_slot: Slot, asha: Patient
) -> None:
    one = booked(now_slot, None).appointment
    assert faulty(problem(put(staff_api, one, "checked_in"), 422, "invalid")) == {"patient_id"}
    told = put(staff_api, one, "checked_in", patient_id=str(asha.public_id)).json()
    assert told["appointment"]["patient_id"] == str(asha.public_id)


def test_a_kiosk_checks_in_and_nothing_else(
    kiosk_api: ApiClient, now_slot: Slot, asha: Patient
) -> None:
    one = booked(now_slot, asha).appointment
    for status in ("confirmed", "in_consultation", "completed", "cancelled", "no_show"):
        problem(put(kiosk_api, one, status), 403, "forbidden")
    assert put(kiosk_api, one, "checked_in").status_code == 200


@pytest.mark.parametrize("status", ["scheduled", "displaced", "", "x", None, 7, ["confirmed"]])
def test_a_status_that_cannot_be_asked_for(staff_api: ApiClient, nine: Slot, status: Any) -> None:
    one = booked(nine, None).appointment
    answer = staff_api.patch(f"/token/{one.public_id}/status", {"status": status})
    assert faulty(problem(answer, 422, "invalid")) == {"status"}


def test_another_clinics_are_not_there(
    calling_as: Callable[..., ApiClient], nine: Slot, asha: Patient
) -> None:
    api = calling_as(Role.STAFF, cast.department(cast.clinic("north"), "OPD"))
    one = booked(nine, asha).appointment
    problem(put(api, one, "confirmed"), 404, "not_found")
    problem(cancel(api, one), 404, "not_found")
    problem(api.get("/status/D1/9-10"), 404, "not_found")
