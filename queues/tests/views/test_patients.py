"""A record, corrected, merged and put out of use."""

from __future__ import annotations

from datetime import date

import pytest

from queues.models import Clinic, Event, Kind, Patient
from queues.tests import cast
from queues.tests.views.conftest import Browser


@pytest.fixture
def twin(clinic: Clinic, asha: Patient) -> Patient:
    return cast.patient(clinic, "Asha R", phone=asha.phone)


def page_of(patient: Patient) -> str:
    return f"/patients/{patient.public_id}/"


def typed(patient: Patient, **changes: str) -> dict[str, str]:
    return {
        "name": patient.name,
        "phone": patient.phone,
        "age": "34",
        "gender": "unknown",
        **changes,
    }


def test_correct_a_name(desk: Browser, asha: Patient) -> None:
    to = desk.send(f"{page_of(asha)}correct/", **typed(asha, name="Asha Rao"))["Location"]
    assert to == page_of(asha)
    asha.refresh_from_db()
    assert asha.name == "Asha Rao"
    assert Event.objects.get(kind=Kind.PATIENT_CORRECTED).after == {"fields": ["name"]}


def test_correcting_a_name_a_year_later_leaves_the_age_alone(desk: Browser, asha: Patient) -> None:
    Patient.objects.filter(pk=asha.pk).update(
        registered_on=date(asha.registered_on.year - 1, 1, 1), birth_year=asha.birth_year
    )
    assert 'value="35"' in desk.text(page_of(asha))
    desk.send(f"{page_of(asha)}correct/", **typed(asha, name="Asha Rao", age="35"))
    assert Event.objects.get(kind=Kind.PATIENT_CORRECTED).after == {"fields": ["name"]}


def test_a_refused_correction_keeps_what_was_typed(desk: Browser, asha: Patient) -> None:
    response = desk.send(f"{page_of(asha)}correct/", **typed(asha, name="Asha Rao", phone="12"))
    assert response.status_code == 422
    assert 'value="Asha Rao"' in response.content.decode()
    assert 'id="id_phone_error"' in response.content.decode()


def test_records_that_look_alike_are_shown(desk: Browser, asha: Patient, twin: Patient) -> None:
    assert twin.number in desk.text(page_of(asha))
    assert asha.number in desk.text(page_of(twin))


def test_merge_into_another(desk: Browser, asha: Patient, twin: Patient) -> None:
    desk.send(f"{page_of(twin)}merge/", into=asha.number.lower())
    twin.refresh_from_db()
    assert twin.merged_into == asha
    assert "This record is part of another one" in desk.text(page_of(twin))


@pytest.mark.parametrize("into", ["P2222-2222", ""])
def test_merging_into_nobody_is_refused(desk: Browser, twin: Patient, into: str) -> None:
    response = desk.send(f"{page_of(twin)}merge/", into=into)
    assert response.status_code == 422
    assert 'id="id_into_error"' in response.content.decode()


def test_merging_with_itself_is_refused(desk: Browser, twin: Patient) -> None:
    response = desk.send(f"{page_of(twin)}merge/", into=twin.number)
    assert response.status_code == 422
    assert "cannot be merged with itself" in response.content.decode()


def test_out_of_use_and_back(desk: Browser, asha: Patient) -> None:
    for answer, active in (("no", False), ("yes", True)):
        desk.send(f"{page_of(asha)}active/", active=answer)
        asha.refresh_from_db()
        assert asha.is_active is active
