"""A doctor's time is booked by other systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from queues.models import Appointment, Clinic, Department, Doctor, Event, KeptAnswer, Patient, Slot
from queues.rules.priority import Priority
from queues.rules.rights import Role
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient

ONCE = {"Idempotency-Key": "a7c2a3f4-2f51-4f7e-a0a5-6a4f0c9a5b11"}


@pytest.fixture
def rao(opd: Department) -> Doctor:
    doctor = agenda.doctor(opd)
    doctor.code = "D1"
    doctor.save()
    return doctor


@pytest.fixture
def nine(rao: Doctor, opd: Department) -> Slot:
    """9-10 tomorrow; the day after it has the same hours."""
    first = agenda.tomorrow(opd.clinic)
    agenda.slots(rao, opd, first + timedelta(days=1), minutes=60)
    return agenda.slots(rao, opd, first, minutes=60)[0]


def wish(slot: Slot, patient: Patient | None = None, **more: Any) -> dict[str, Any]:
    body = {
        "doctor_id": str(slot.doctor.public_id),
        "slot_id": str(slot.public_id),
        "source": "online",
        "patient_id": str(patient.public_id) if patient else None,
    }
    return {**body, **more}


def test_it_books(staff_api: ApiClient, nine: Slot, asha: Patient) -> None:
    answer = staff_api.post("/book", wish(nine, asha))
    assert answer.status_code == 201, answer.content
    told, theirs = answer.json(), Appointment.objects.get()
    assert told["id"] == told["token_id"] == str(theirs.public_id)
    assert (told["number"], told["sequence"], told["status"]) == (1, 3.7, "scheduled")
    assert told["slot_id"] == str(nine.public_id)
    assert told["estimated_time"] == nine.starts_at.isoformat()
    assert (told["delay"], told["displaced"]) == (0, None)
    assert told["status_url"] == theirs.url
    assert theirs.patient == asha
    assert_slots_agree()


@pytest.mark.parametrize("doctor", ["D1", "d1"])
@pytest.mark.parametrize("hours", ["9-10", "09:00-10:00", " 9 - 10 "])
def test_hours_serve_as_the_slot(staff_api: ApiClient, nine: Slot, doctor: str, hours: str) -> None:
    answer = staff_api.post("/book", wish(nine, doctor_id=doctor, slot_id=hours))
    assert answer.json()["slot_id"] == str(nine.public_id), "the earliest that is not over"


@pytest.mark.parametrize("in_query", [True, False])
def test_hours_of_a_day(staff_api: ApiClient, nine: Slot, in_query: bool) -> None:
    day = (nine.day + timedelta(days=1)).isoformat()
    body = wish(nine, slot_id="9-10")
    if in_query:
        answer = staff_api.post(f"/book?date={day}", body)
    else:
        answer = staff_api.post("/book", {**body, "date": day})
    assert answer.json()["starts_at"].startswith(day)


def test_hours_are_the_clinics(calling_as: Callable[..., ApiClient]) -> None:
    delhi = cast.clinic("delhi", "Asia/Kolkata")
    opd = cast.department(delhi, "OPD")
    slot = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(delhi), minutes=60)[0]
    answer = calling_as(Role.STAFF, opd).post("/book", wish(slot, slot_id="9-10"))
    assert answer.json()["slot_id"] == str(slot.public_id)
    assert answer.json()["starts_at"].endswith("T09:00:00+05:30")


@pytest.mark.parametrize("hours", ["8-9", "9-11", "9:30-10", str(uuid4()), "nine", "9-10\x00"])
def test_a_time_that_there_is_not(staff_api: ApiClient, nine: Slot, hours: str) -> None:
    problem(staff_api.post("/book", wish(nine, slot_id=hours)), 404, "not_found")


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("EMERGENCY", "emergency"),
        ("Follow-up", "follow_up"),
        ("walk in", "walk_in"),
        ("Walk_In", "walk_in"),
        ("elderly", "elderly"),
    ],
)
def test_sources_as_others_write_them(
    staff_api: ApiClient, nine: Slot, asha: Patient, written: str, source: str
) -> None:
    told = staff_api.post("/book", wish(nine, asha, source=written)).json()
    assert (told["source"], told["priority"]) == (source, source)


def test_staff_book_for_somebody_without_a_name(staff_api: ApiClient, nine: Slot) -> None:
    assert staff_api.post("/book", wish(nine)).json()["patient_id"] is None


def test_a_full_slot_is_refused_with_what_is_free(
    staff_api: ApiClient, nine: Slot, asha: Patient, ben: Patient
) -> None:
    booked(nine, asha)
    refused = problem(staff_api.post("/book", wish(nine, ben)), 409, "slot_full")
    assert [one["starts_at"][:10] for one in refused["alternatives"]] == [
        (nine.day + timedelta(days=1)).isoformat()
    ]
    assert_slots_agree()


def test_refusals_tell_times_by_the_clinics_clock(
    staff_api: ApiClient, nine: Slot, rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    """As all other answers do; they were told by Greenwich's."""
    in_three_days = nine.starts_at + timedelta(days=2)  # by no clock today
    nine = agenda.slots(rao, opd, in_three_days)[0]
    other = agenda.doctor(opd, "Dr Sen")
    same_time = agenda.slots(other, opd, nine.starts_at)[0]
    same_day = agenda.slots(rao, opd, nine.ends_at)[0]
    hers = booked(nine, asha).appointment
    Clinic.objects.update(time_zone="Asia/Kolkata")

    def refused(slot: Slot, patient: Patient, code: str) -> Any:
        body = {**wish(nine, patient), "slot_id": str(slot.public_id)}
        body["doctor_id"] = str(slot.doctor.public_id)
        return problem(staff_api.post("/book", body), 409, code)

    full = refused(nine, ben, "slot_full")["alternatives"][0]
    told = [full["starts_at"], full["ends_at"]]
    told.append(refused(same_day, asha, "already_booked")["starts_at"])
    told.append(refused(same_time, asha, "overlaps")["starts_at"])
    seen = {"status": "in_consultation"}
    early = staff_api.patch(f"/token/{hers.public_id}/status", seen)
    told.append(problem(early, 409, "too_early")["starts_at"])
    staff_api.patch(f"/token/{hers.public_id}/status", {"status": "cancelled"})
    over = staff_api.patch(f"/token/{hers.public_id}/status", {"status": "cancelled"})
    told.append(problem(over, 409, "already_cancelled")["since"])
    assert {one[-6:] for one in told} == {"+05:30"}


def test_the_more_urgent_displace(
    staff_api: ApiClient, nine: Slot, asha: Patient, ben: Patient
) -> None:
    first = booked(nine, asha, Priority.WALK_IN).appointment
    told = staff_api.post("/book", wish(nine, ben, source="paid")).json()
    assert told["displaced"]["id"] == str(first.public_id)
    assert told["displaced"]["starts_at"][:10] == (nine.day + timedelta(days=1)).isoformat()
    assert told["status_url"] != first.url
    assert_slots_agree()


@pytest.fixture
def offered(nine: Slot, asha: Patient) -> Appointment:
    """The place is held for somebody of the waitlist until she answers."""
    Clinic.objects.update(offer_minutes=10)
    agenda.waits(asha, slot=nine)
    return Appointment.objects.get(status="waitlisted")


def test_whose_offer_is_needed_waits_again(
    staff_api: ApiClient, offered: Appointment, nine: Slot, ben: Patient
) -> None:
    """They were told as cancelled, with a place that is no longer theirs."""
    told = staff_api.post("/book", wish(nine, ben, source="paid")).json()
    assert told["displaced"] == {
        "id": str(offered.public_id),
        "number": offered.number,
        "status": "cancelled",
        "slot_id": None,
        "starts_at": None,
        "waitlisted": True,
    }
    assert_slots_agree()


def test_twice_with_one_key_books_once_and_keeps_no_secret(
    staff_api: ApiClient, nine: Slot, asha: Patient
) -> None:
    first = staff_api.post("/book", wish(nine, asha), **ONCE)
    events = Event.objects.count()
    again = staff_api.post("/book", wish(nine, asha), **ONCE)
    assert (again.status_code, again.json()) == (201, first.json())
    assert Event.objects.count() == events
    theirs, kept = Appointment.objects.get(), KeptAnswer.objects.get()
    assert kept.appointment == theirs
    assert theirs.secret not in str(kept.body)


def test_a_kiosk_books_no_doctor(kiosk_api: ApiClient, nine: Slot, asha: Patient) -> None:
    problem(kiosk_api.post("/book", wish(nine, asha)), 403, "forbidden")


def test_another_clinics_slot_is_not_there(
    calling_as: Callable[..., ApiClient], clinic: Clinic, nine: Slot, asha: Patient
) -> None:
    north = cast.department(cast.clinic("north"), "OPD")
    problem(calling_as(Role.STAFF, north).post("/book", wish(nine, asha)), 404, "not_found")


def test_a_key_of_another_department_may_not(
    calling_as: Callable[..., ApiClient], lab: Department, nine: Slot, asha: Patient
) -> None:
    problem(calling_as(Role.STAFF, lab).post("/book", wish(nine, asha)), 403, "forbidden")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source", "vip"),
        ("source", None),
        ("source", 7),
        ("source", ["paid"]),
        ("date", "tomorrow"),
        ("date", "9999-12-31"),
        ("date", 7),
        ("date", 0),
        ("date", False),
        ("date", []),
        ("date", {}),
        ("doctor_id", None),
        ("doctor_id", "x" * 41),
        ("slot_id", 9),
        ("patient_id", "Asha"),
        ("reason", "x" * 201),
        ("reason", "A\x00B"),
    ],
)
def test_one_bad_field(staff_api: ApiClient, nine: Slot, field: str, value: Any) -> None:
    answer = staff_api.post("/book", wish(nine, **{field: value}))
    assert faulty(problem(answer, 422, "invalid")) == {field}
    assert not Appointment.objects.exists()


def test_what_is_wrong_is_told_in_the_callers_language(staff_api: ApiClient, nine: Slot) -> None:
    answer = staff_api.post("/book", wish(nine, source=""), **{"Accept-Language": "fr"})
    assert "obligatoire" in problem(answer, 422, "invalid")["errors"][0]["detail"]


def test_a_number_for_a_doctor_takes_the_first_slot_with_room(
    kiosk_api: ApiClient, rao: Doctor, opd: Department, asha: Patient
) -> None:
    """POST /api/token, of somebody who comes without an appointment."""
    clinic = opd.clinic
    clinic.turns_at = (timezone.now().hour + 12) % 24  # the day does not turn meanwhile
    clinic.save()
    began = timezone.now() - timedelta(minutes=5)
    slot = agenda.slots(rao, opd, began, minutes=60)[0]
    body = {"patient_id": str(asha.public_id), "department": "OPD"}
    told = kiosk_api.post("/token", {**body, "doctor_id": str(rao.public_id)}).json()
    theirs = Appointment.objects.get()
    assert (theirs.slot, theirs.status, theirs.patient) == (slot, "checked_in", asha)
    assert (told["status"], told["doctor_id"]) == ("waiting", str(rao.public_id))
    assert_slots_agree()
