"""Patients found, page by page, and registered; and what their record tells of their time here."""

from __future__ import annotations

from uuid import uuid4

import pytest

from queues.actions import issuing
from queues.models import Clinic, Department, Event, Kind, Patient
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.views.conftest import Browser

PATIENTS, NEW = "/patients/", "/patients/new/"
DORA = {"name": "Dora Diaz", "phone": "98450 12345", "age": "40", "gender": "female"}


def test_whoever_came_last_stands_first(desk: Browser, asha: Patient, ben: Patient) -> None:
    page = desk.text(PATIENTS)
    assert page.index(ben.number) < page.index(asha.number)
    assert f"/appointments/new/?clinic=main&amp;patient={asha.public_id}" in page
    assert f"/desk/main/OPD/reception/?patient={asha.public_id}" in page


@pytest.mark.parametrize("sought", ["asha", "number", "phone"])
def test_found_by_name_number_and_phone(
    desk: Browser, asha: Patient, ben: Patient, sought: str
) -> None:
    text = {"number": asha.number, "phone": asha.phone[-6:]}.get(sought, sought)
    page = desk.send(PATIENTS, search=text).content.decode()
    assert asha.number in page
    assert ben.number not in page


def test_a_search_is_not_asked_for_by_address(desk: Browser, asha: Patient, ben: Patient) -> None:
    assert ben.number in desk.text(f"{PATIENTS}?search=asha")
    assert 'method="get"' not in desk.text(PATIENTS)


def test_page_by_page(desk: Browser, clinic: Clinic) -> None:
    everybody = [cast.patient(clinic, f"Rao {number:02}") for number in range(27)]
    first = desk.send(PATIENTS, search="rao").content.decode()
    second = desk.send(PATIENTS, search="rao", page="2").content.decode()
    assert 'name="page" value="2"' in first
    assert 'name="page" value="1"' in second
    shown = [patient.number in first for patient in everybody]
    assert shown == [True] * 25 + [False] * 2
    assert all(patient.number in second for patient in everybody[25:])
    assert desk.send(PATIENTS, page="nonsense").status_code == 200


def test_nobody_fits(desk: Browser, asha: Patient) -> None:
    assert "Nobody fits “zz”." in desk.send(PATIENTS, search="zz").content.decode()


def test_the_patients_of_others_stay_theirs(
    stranger: Browser, asha: Patient, opd: Department
) -> None:
    assert asha.number not in stranger.text(PATIENTS)
    assert asha.number not in stranger.send(PATIENTS, search="asha").content.decode()


def test_an_appointment_makes_somebody_a_patient_here(stranger: Browser, asha: Patient) -> None:
    there = cast.department(Clinic.objects.get(code="other"), "OPD")
    starts = agenda.tomorrow(there.clinic)
    agenda.booked(agenda.slots(agenda.doctor(there), there, starts)[0], asha)
    assert asha.number in stranger.text(PATIENTS)


def test_register_and_go_on_to_book(desk: Browser, opd: Department) -> None:
    to = desk.send(f"{NEW}?source=paid", then="book", **DORA)["Location"]
    dora = Patient.objects.get()
    assert to == f"/appointments/new/?source=paid&patient={dora.public_id}"
    assert Event.objects.filter(kind=Kind.PATIENT_REGISTERED).count() == 1


def test_register_only(desk: Browser, opd: Department) -> None:
    to = desk.send(NEW, then="record", **DORA)["Location"]
    assert to == f"/patients/{Patient.objects.get().public_id}/"


def test_a_double_click_registers_once(desk: Browser, opd: Department) -> None:
    key = str(uuid4())
    assert len({desk.send(NEW, once=key, **DORA)["Location"] for _click in range(2)}) == 1
    assert Patient.objects.count() == 1


def test_somebody_known_is_shown_first(desk: Browser, opd: Department) -> None:
    known = cast.patient(opd.clinic, "Dora", phone=DORA["phone"], age=40)
    answer = desk.send(NEW, then="book", **DORA)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'href="/appointments/new/?patient={known.public_id}"' in page
    assert 'value="Dora Diaz"' in page
    desk.send(NEW, then="book", anyway="yes", **DORA)
    assert Patient.objects.get(name="Dora Diaz").may_be_duplicate


def test_a_refused_form_keeps_what_was_typed(desk: Browser, opd: Department) -> None:
    answer = desk.send(NEW, **{**DORA, "age": "abc"})
    page = answer.content.decode()
    assert answer.status_code == 422
    for typed in ("Dora Diaz", "98450 12345", "abc"):
        assert f'value="{typed}"' in page


def test_the_record_tells_of_appointments_and_visits(
    desk: Browser, asha: Patient, opd: Department
) -> None:
    slots = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic))
    booked = agenda.booked(slots[0], asha).appointment
    issuing.issue(asha, opd, by=SYSTEM)
    page = desk.text(f"/patients/{asha.public_id}/")
    assert "Dr Rao" in page
    assert f"/appointments/{booked.public_id}/move/" in page
    assert "A-001" in page


def test_the_reception_knows_whom_it_is_sent(desk: Browser, asha: Patient, ben: Patient) -> None:
    page = desk.text(f"/desk/main/OPD/reception/?patient={asha.public_id}")
    assert asha.number in page
    assert ben.number not in page
    assert desk.get("/desk/main/OPD/reception/?patient=nonsense").status_code == 200
