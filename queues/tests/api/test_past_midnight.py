"""Other systems at half past midnight, in the middle of a doctor's work."""

from __future__ import annotations

from typing import Any

import pytest

from queues.models import Appointment, Clinic, Department, Doctor, Patient, Session, Slot
from queues.rules.weeks import DAY
from queues.tests import night as nights
from queues.tests.api.problem import problem
from queues.tests.conftest import ApiClient
from queues.tests.night import Night, Strike, booked

pytestmark = pytest.mark.django_db
LIST = "/doctor/rao"


@pytest.fixture
def clinic(db: None, night: Night, strike: Strike) -> Clinic:
    return nights.clinic(night)


@pytest.fixture
def rao(night: Night, opd: Department) -> Doctor:
    doctor = nights.doctor(night, opd)
    doctor.code = "rao"
    doctor.save()
    return doctor


@pytest.fixture
def hers(night: Night, rao: Doctor, asha: Patient) -> Appointment:
    return booked(rao, night.at(23), asha)


@pytest.fixture
def his(night: Night, rao: Doctor, ben: Patient) -> Appointment:
    return booked(rao, night.at(1), ben)


@pytest.fixture(autouse=True)
def half_past(night: Night, strike: Strike, hers: Appointment, his: Appointment) -> None:
    strike(night.at(0, 30))


def listed(api: ApiClient, **query: Any) -> tuple[str, list[str]]:
    told = api.get(LIST, **query).json()
    return told["date"], [one["id"] for one in told["items"]]


def test_the_list_is_the_one_that_goes_on(
    staff_api: ApiClient, night: Night, hers: Appointment, his: Appointment
) -> None:
    both = [str(hers.public_id), str(his.public_id)]
    assert listed(staff_api) == (str(night.day), both)
    assert listed(staff_api, date=str(night.day)) == (str(night.day), both)
    assert listed(staff_api, date=str(night.day + DAY)) == (str(night.day + DAY), [])


def test_in_the_morning_it_is_the_next(staff_api: ApiClient, night: Night, strike: Strike) -> None:
    strike(night.at(8))
    assert listed(staff_api) == (str(night.day + DAY), [])


def test_somebody_checks_in_and_is_seen(
    staff_api: ApiClient, rao: Doctor, his: Appointment
) -> None:
    here = staff_api.patch(f"/token/{his.public_id}/status", {"status": "checked_in"}).json()
    assert (here["status"], here["token"]["status"]) == ("checked_in", "waiting")
    seen = staff_api.patch(f"/token/{his.public_id}/status", {"status": "in_consultation"}).json()
    assert seen["token"]["counter"] == nights.room(rao).code


def test_a_consultation_is_begun(calling_as: Any, night: Night, hers: Appointment) -> None:
    api = calling_as("doctor")
    told = api.post("/consultations", {"appointment_id": str(hers.public_id)})
    assert (told.status_code, told.json()["status"]) == (201, "draft")


def test_running_late_is_of_the_hours_that_go_on(
    staff_api: ApiClient, night: Night, his: Appointment
) -> None:
    told = staff_api.post(f"{LIST}/delay", {"minutes": 30}).json()
    running = Session.objects.get(day=night.day)
    assert (told["session_id"], told["told"]) == (str(running.public_id), 1)


def test_between_two_nights_it_is_of_the_next(
    staff_api: ApiClient, night: Night, strike: Strike
) -> None:
    strike(night.at(8))
    told = staff_api.post(f"{LIST}/delay", {"minutes": 30}).json()
    following = Session.objects.get(day=night.day + DAY)
    assert told["session_id"] == str(following.public_id)


def test_when_a_service_day_has_no_hours_left_it_says_so(
    staff_api: ApiClient, night: Night, strike: Strike, rao: Doctor
) -> None:
    strike(night.at(9) + DAY)
    problem(staff_api.post(f"{LIST}/delay", {"minutes": 30}), 409, "no_slots")


def test_hours_name_a_slot_past_midnight(
    staff_api: ApiClient, night: Night, his: Appointment, chen: Patient
) -> None:
    """Though no work begins on its date."""
    Slot.objects.filter(day=night.day + DAY).delete()
    told = staff_api.get("/status/rao/1-1:30").json()
    assert [one["id"] for one in told["items"]] == [str(his.public_id)]
    body = {
        "doctor_id": "rao",
        "slot_id": "00:30-01:00",
        "source": "online",
        "patient_id": str(chen.public_id),
    }
    made = staff_api.post("/book", body).json()
    assert made["starts_at"] == night.at(0, 30).isoformat()


def test_by_their_date_too(staff_api: ApiClient, night: Night, his: Appointment) -> None:
    told = staff_api.get("/status/rao/1-1:30", date=str(night.day + DAY)).json()
    assert [one["id"] for one in told["items"]] == [str(his.public_id)]
    assert staff_api.get("/status/rao/1-1:30", date=str(night.day)).json()["items"] == []
    problem(staff_api.get("/status/rao/1-1:30", date=str(night.day + 3 * DAY)), 404, "not_found")


def test_the_first_slot_of_a_date(staff_api: ApiClient, night: Night, chen: Patient) -> None:
    body = {"doctor_id": "rao", "patient_id": str(chen.public_id), "source": "walk_in"}
    made = staff_api.post("/token/book", {**body, "date": str(night.day + DAY)}).json()
    assert made["starts_at"] == night.at(0, 30).isoformat()


def test_hours_without_a_date_are_the_next_by_the_clock(
    admin_api: ApiClient, night: Night, opd: Department
) -> None:
    made = admin_api.post("/doctor/new?department=OPD", {"0-1": 1, "9-10": 1}).json()
    starts = [slot["starts_at"] for slot in made["slots"]]
    assert starts == [night.at(0).isoformat(), night.at(9).isoformat()]
    over = admin_api.post("/doctor/new", {"0-0:15": 1}).json()
    assert over["slots"][0]["starts_at"] == (night.at(0) + DAY).isoformat()
