"""Waiting for a doctor's time, by other systems and by the patient's own link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from queues.actions import rebooking
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Event,
    Patient,
    Slot,
    WaitlistEntry,
)
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient

ONCE = {"Idempotency-Key": "0d3b9c0a-1a5b-4e3f-9d43-8d0d5f3c2b11"}


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def nine(rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), minutes=60)[0]


@pytest.fixture
def taken(nine: Slot, ben: Patient) -> Appointment:
    return booked(nine, ben).appointment


def wish(patient: Patient, **more: Any) -> dict[str, Any]:
    return {"patient_id": str(patient.public_id), "source": "online", **more}


def joined(api: ApiClient, asha: Patient, rao: Doctor, **more: Any) -> tuple[Any, WaitlistEntry]:
    answer = api.post("/waitlist", wish(asha, doctor_id=str(rao.public_id), **more))
    assert answer.status_code == 201, answer.content
    return answer.json(), WaitlistEntry.objects.get()


def test_whoever_joins_waits(
    staff_api: ApiClient, taken: Appointment, asha: Patient, rao: Doctor
) -> None:
    more = {"times_of_day": ["Morning"], "earliest": taken.day.isoformat(), "reason": " a cough "}
    told, entry = joined(staff_api, asha, rao, **more)
    assert (told["status"], told["id"]) == ("waiting", str(entry.public_id))
    assert (told["doctor_id"], told["clinic"]) == (str(rao.public_id), "main")
    assert (told["times_of_day"], told["appointments"]) == (["morning"], [])
    assert told["status_url"] == entry.url
    assert entry.reason == "a cough"
    assert staff_api.get(f"/waitlist/{entry.public_id}").json() == told


def test_a_place_that_is_free_is_theirs_at_once(
    staff_api: ApiClient, nine: Slot, asha: Patient, rao: Doctor
) -> None:
    told, _entry = joined(staff_api, asha, rao)
    assert told["status"] == "booked"
    assert [one["slot_id"] for one in told["appointments"]] == [str(nine.public_id)]


def test_a_specialty_or_one_slot(
    staff_api: ApiClient, taken: Appointment, asha: Patient, chen: Patient, nine: Slot
) -> None:
    told = staff_api.post("/waitlist", wish(asha, specialty="CARDIOLOGY")).json()
    assert (told["specialty"], told["doctor_id"]) == ("cardiology", None)
    told = staff_api.post("/waitlist", wish(chen, slot_id=str(nine.public_id))).json()
    assert told["slot_id"] == str(nine.public_id)


def test_an_offer_is_taken(
    staff_api: ApiClient, taken: Appointment, asha: Patient, rao: Doctor, clinic: Clinic
) -> None:
    clinic.offer_minutes = 10
    clinic.save()
    _told, entry = joined(staff_api, asha, rao)
    path = f"/waitlist/{entry.public_id}"
    problem(staff_api.post(f"{path}/accept", {}), 409, "invalid_state")
    rebooking.cancel(taken, by=SYSTEM)
    offered = staff_api.get(path).json()
    assert offered["status"] == "offered"
    assert offered["appointments"][0]["status"] == "waitlisted"
    mine = ApiClient(entry.secret)
    done = mine.post(f"{path}/accept", {}, **ONCE).json()
    assert (done["status"], done["appointments"][0]["status"]) == ("booked", "scheduled")
    events = Event.objects.count()
    assert mine.post(f"{path}/accept", {}, **ONCE).json() == done
    assert Event.objects.count() == events
    assert_slots_agree()


def test_they_leave(staff_api: ApiClient, taken: Appointment, asha: Patient, rao: Doctor) -> None:
    _told, entry = joined(staff_api, asha, rao)
    path = f"/api/waitlist/{entry.public_id}"
    assert staff_api.client.delete(path).json()["status"] == "left"
    problem(staff_api.client.delete(path), 409, "invalid_state")


def test_a_link_opens_its_own_alone(
    staff_api: ApiClient, taken: Appointment, asha: Patient, rao: Doctor
) -> None:
    _told, entry = joined(staff_api, asha, rao)
    mine = ApiClient(entry.secret)
    assert mine.get(f"/waitlist/{entry.public_id}").json()["status"] == "waiting"
    problem(mine.get(f"/appointments/{taken.public_id}"), 404, "not_found")
    problem(ApiClient(taken.secret).get(f"/waitlist/{entry.public_id}"), 404, "not_found")


def test_another_clinics_are_not_there(
    staff_api: ApiClient,
    kiosk_api: ApiClient,
    calling_as: Callable[..., ApiClient],
    taken: Appointment,
    asha: Patient,
    rao: Doctor,
) -> None:
    _told, entry = joined(staff_api, asha, rao)
    north = calling_as(Role.STAFF, cast.department(cast.clinic("north"), "OPD"))
    path = f"/waitlist/{entry.public_id}"
    problem(north.get(path), 404, "not_found")
    problem(north.post("/waitlist", wish(asha, doctor_id=str(rao.public_id))), 404, "not_found")
    problem(kiosk_api.get(path), 403, "forbidden")
    problem(kiosk_api.post("/waitlist", wish(asha, specialty="x")), 403, "forbidden")


def test_a_stranger_is_a_place_in_a_line(
    staff_api: ApiClient,
    calling_as: Callable[..., ApiClient],
    taken: Appointment,
    asha: Patient,
    ben: Patient,
    rao: Doctor,
) -> None:
    """Who waits for any clinic: told without who they are, and not another's to take off."""
    entry = waits(asha, doctor=rao, reason="a cough")
    north = calling_as(Role.STAFF, cast.department(cast.clinic("north"), "OPD"))
    path = f"/waitlist/{entry.public_id}"
    told = north.get(path).json()
    assert {name: value for name, value in told.items() if value} == {
        "id": str(entry.public_id),
        "status": "waiting",
        "doctor_id": str(rao.public_id),
        "priority": "online",
        "places": 1,
        "joined_at": entry.joined_at.isoformat(),
    }
    problem(north.client.delete(f"/api{path}"), 403, "forbidden")
    problem(north.post(f"{path}/accept", {}), 403, "forbidden")
    mine = ApiClient(entry.secret).get(path).json()
    assert (mine["patient_id"], mine["status_url"]) == (str(asha.public_id), entry.url)
    assert staff_api.get(path).json()["patient_id"] == str(asha.public_id), "registered here"
    assert staff_api.client.delete(f"/api{path}").json()["status"] == "left"
    problem(north.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", "vip"),
        ("earliest", "soon"),
        ("latest", "2020-01-01"),
        ("times_of_day", ["noon"]),
        ("times_of_day", {"a": 1}),
        ("times_of_day", [7]),
        ("places", 0),
        ("places", 11),
        ("places", "many"),
        ("specialty", "x" * 61),
        ("specialty", ["a"]),
        ("patient_id", None),
        ("reason", "A\x00B"),
    ],
)
def test_one_bad_field(
    staff_api: ApiClient, taken: Appointment, asha: Patient, rao: Doctor, field: str, value: Any
) -> None:
    body = wish(asha, doctor_id=str(rao.public_id), **{field: value})
    body = {**body, field: value}
    assert faulty(problem(staff_api.post("/waitlist", body), 422, "invalid")) == {field}
    assert not WaitlistEntry.objects.exists()


def test_nothing_to_wait_for(staff_api: ApiClient, asha: Patient) -> None:
    refused = problem(staff_api.post("/waitlist", wish(asha)), 422, "invalid")
    assert faulty(refused) == {"doctor_id"}


def test_the_last_day_before_the_first(staff_api: ApiClient, asha: Patient, nine: Slot) -> None:
    days = {"earliest": nine.day + timedelta(days=2), "latest": nine.day + timedelta(days=1)}
    body = wish(asha, specialty="x", **{name: day.isoformat() for name, day in days.items()})
    assert faulty(problem(staff_api.post("/waitlist", body), 422, "invalid")) == {"latest"}
