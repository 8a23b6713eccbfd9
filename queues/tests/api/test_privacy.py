"""/api/patients/…: what is held about them, the end of it, and that records were handed out."""

from __future__ import annotations

from typing import Any

import pytest

from queues.models import Clinic, Department, Event, Kind, Patient
from queues.tests import agenda, cast
from queues.tests.api.problem import problem
from queues.tests.conftest import ApiClient
from queues.tests.story import waiting
from queues.tests.whole_database import where_written

ONCE = {"Idempotency-Key": "7f1c"}


def of(patient: Patient, act: str) -> str:
    return f"/patients/{patient.public_id}/{act}"


def looks() -> list[tuple[str, str]]:
    found = Event.objects.filter(kind=Kind.RECORD_OPENED).order_by("pk")
    return [(str(one.subject), one.after["part"]) for one in found]


def test_all_that_is_held_is_handed_out(
    admin_api: ApiClient, asha: Patient, opd: Department
) -> None:
    token = waiting(asha, opd)
    answer = admin_api.get(of(asha, "export"))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()
    assert [one["name"] for one in told["records"]] == ["Asha"]
    assert [one["id"] for one in told["tokens"]] == [str(token.public_id)]
    assert token.visit.secret not in answer.content.decode()


def test_the_end_of_it_is_the_same_answer_again(admin_api: ApiClient, asha: Patient) -> None:
    first = admin_api.post(of(asha, "anonymise"), {}, **ONCE)
    assert first.status_code == 200
    assert (first.json()["anonymised"], first.json()["active"]) == (True, False)
    assert admin_api.post(of(asha, "anonymise"), {}, **ONCE).json() == first.json()
    assert Event.objects.filter(kind=Kind.RECORD_ANONYMISED).count() == 1
    assert where_written("Asha", asha.phone, asha.number) == set()


def test_while_they_wait_it_is_refused(
    admin_api: ApiClient, asha: Patient, opd: Department
) -> None:
    waiting(asha, opd)
    problem(admin_api.post(of(asha, "anonymise"), {}), 409, "still_expected")


def test_afterwards_nothing_is_written_about_them(admin_api: ApiClient, asha: Patient) -> None:
    admin_api.post(of(asha, "anonymise"), {})
    changed = admin_api.patch(f"/patients/{asha.public_id}", {"active": True})
    problem(changed, 409, "anonymised")


@pytest.mark.parametrize("act", ["export", "anonymise"])
def test_it_takes_the_right(
    act: str, staff_api: ApiClient, kiosk_api: ApiClient, anonymous_api: ApiClient, asha: Patient
) -> None:
    def asks(api: ApiClient) -> Any:
        return api.get(of(asha, act)) if act == "export" else api.post(of(asha, act), {})

    problem(asks(staff_api), 403, "forbidden")
    problem(asks(kiosk_api), 403, "forbidden")
    problem(asks(anonymous_api), 401, "unauthorized")


def test_what_two_clinics_know_is_not_one_clinics_alone(
    admin_api: ApiClient, asha: Patient
) -> None:
    waiting(asha, cast.department(cast.clinic("far"), "OPD"))
    problem(admin_api.get(of(asha, "export")), 403, "forbidden")


# Who was given a record has opened it


def test_what_a_search_hands_out_is_told(staff_api: ApiClient, asha: Patient, ben: Patient) -> None:
    staff_api.get("/patients", search="Asha")
    staff_api.get("/patients", search="Asha")
    assert looks() == [(str(asha.public_id), "record")]
    staff_api.get("/patients")
    assert looks()[1:] == [(str(ben.public_id), "record")]


def test_a_correction_of_nothing_is_a_look(staff_api: ApiClient, asha: Patient) -> None:
    staff_api.patch(f"/patients/{asha.public_id}", {})
    assert looks() == [(str(asha.public_id), "record")]


def test_those_who_may_be_the_same_person_are_told(staff_api: ApiClient, asha: Patient) -> None:
    person = {"name": "Asha R", "phone": asha.phone, "age": 34}
    assert staff_api.post("/patients", person).json()["matches"]
    assert looks() == [(str(asha.public_id), "record")]


def test_their_appointments_are_told(
    staff_api: ApiClient, asha: Patient, clinic: Clinic, opd: Department
) -> None:
    (slot,) = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(clinic))
    agenda.booked(slot, asha)
    staff_api.get(of(asha, "appointments"))
    assert looks() == [(str(asha.public_id), "appointments")]


def test_what_a_doctor_wrote_is_told(
    admin_api: ApiClient, asha: Patient, clinic: Clinic, opd: Department
) -> None:
    (slot,) = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(clinic))
    booked = agenda.booked(slot, asha).appointment
    begun = admin_api.post("/consultations", {"appointment_id": str(booked.public_id)}).json()
    assert looks() == []
    admin_api.get(f"/consultations/{begun['id']}")
    admin_api.get("/consultations")
    assert looks() == [(str(asha.public_id), "consultations")]
