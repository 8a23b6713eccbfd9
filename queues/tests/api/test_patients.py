"""/api/patients: registered, searched, found again, corrected, merged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from queues.models import Clinic, Patient
from queues.rules.rights import Role
from queues.tests import cast
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient

ASHA = {"name": "Asha Rao", "phone": "98450 12345", "age": 34, "gender": "female"}
RECORD = {
    "id",
    "number",
    "name",
    "phone",
    "age",
    "birth_date",
    "gender",
    "address",
    "language",
    "active",
    "identified",
    "may_be_duplicate",
    "merged_into",
    "anonymised",
}


@pytest.mark.parametrize("role", [Role.KIOSK, Role.STAFF, Role.ADMIN])
def test_a_kiosk_and_staff_register(calling_as: Callable[..., ApiClient], role: Role) -> None:
    answer = calling_as(role).post("/patients", {**ASHA, "address": "12 MG Road", "language": "hi"})
    assert answer.status_code == 201
    told = answer.json()
    assert told.keys() == RECORD | {"matches"}
    assert (told["name"], told["age"], told["gender"]) == ("Asha Rao", 34, "female")
    assert (told["phone"], told["address"], told["language"]) == (
        "+919845012345",
        "12 MG Road",
        "hi",
    )
    assert told["birth_date"] is None
    assert Patient.objects.get().public_id.hex == told["id"].replace("-", "")


def test_somebody_registered_by_birth_date_has_an_age(kiosk_api: ApiClient, clinic: Clinic) -> None:
    born = clinic.service_day().replace(year=clinic.service_day().year - 40, day=1)
    told = kiosk_api.post(
        "/patients", {"name": "Ben", "phone": "9845012345", "birth_date": born.isoformat()}
    ).json()
    assert (told["age"], told["birth_date"]) == (40, born.isoformat())


def test_nobody_registers_without_a_key(anonymous_api: ApiClient, clinic: Clinic) -> None:
    answer = anonymous_api.post("/patients", ASHA)
    problem(answer, 401, "unauthorized")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert not Patient.objects.exists()


def test_staff_are_shown_who_is_there_already_and_a_kiosk_is_not(
    staff_api: ApiClient, kiosk_api: ApiClient
) -> None:
    first = staff_api.post("/patients", ASHA).json()
    for_staff = staff_api.post("/patients", {**ASHA, "name": "A. Rao"}).json()
    assert [match["id"] for match in for_staff["matches"]] == [first["id"]]
    at_kiosk = kiosk_api.post("/patients", {**ASHA, "name": "Asha R", "age": 35})
    assert at_kiosk.json()["matches"] == []
    assert first["number"] not in at_kiosk.content.decode()
    assert Patient.objects.filter(may_be_duplicate=True).count() == 2


def test_staff_register_somebody_unidentified_and_a_kiosk_cannot(
    staff_api: ApiClient, kiosk_api: ApiClient
) -> None:
    told = staff_api.post("/patients", {"name": "about 40, blue shirt", "unidentified": True})
    assert told.status_code == 201
    assert told.json()["identified"] is False
    refused = problem(kiosk_api.post("/patients", {"unidentified": True}), 422, "invalid")
    assert faulty(refused) >= {"name", "phone", "age"}


def test_staff_register_somebody_without_a_phone_and_a_kiosk_cannot(
    staff_api: ApiClient, kiosk_api: ApiClient
) -> None:
    no_phone = {"name": "Asha", "age": 34}
    assert staff_api.post("/patients", no_phone).status_code == 201
    assert faulty(problem(kiosk_api.post("/patients", no_phone), 422, "invalid")) == {"phone"}


# Search


@pytest.mark.parametrize("text", ["Asha", "ASHA", "sha r", "98450 12345", "+919845012345", "12345"])
def test_staff_find_by_name_and_phone(staff_api: ApiClient, text: str) -> None:
    wanted = staff_api.post("/patients", ASHA).json()
    staff_api.post("/patients", {"name": "Ben", "phone": "9000000000", "age": 50})
    found = staff_api.get("/patients", search=text).json()
    assert [patient["id"] for patient in found["items"]] == [wanted["id"]]
    assert found["items"][0].keys() == RECORD


def test_staff_find_by_number(staff_api: ApiClient) -> None:
    wanted = staff_api.post("/patients", ASHA).json()
    found = staff_api.get("/patients", search=wanted["number"].lower()).json()
    assert [patient["id"] for patient in found["items"]] == [wanted["id"]]


def test_a_search_is_paged(staff_api: ApiClient, clinic: Clinic) -> None:
    for name in ("Ann", "Anu", "Anya", "Ben", "Antje"):
        cast.patient(clinic, name)
    pages = [staff_api.get("/patients", search="an", limit=2, page=page).json() for page in (1, 2)]
    assert [[one["name"] for one in page["items"]] for page in pages] == [
        ["Ann", "Antje"],
        ["Anu", "Anya"],
    ]
    assert [(page["total"], page["page"], page["pages"]) for page in pages] == [
        (4, 1, 2),
        (4, 2, 2),
    ]


def test_only_staff_search(kiosk_api: ApiClient, anonymous_api: ApiClient) -> None:
    problem(kiosk_api.get("/patients", search="Asha"), 403, "forbidden")
    problem(anonymous_api.get("/patients", search="Asha"), 401, "unauthorized")


def test_staff_of_another_clinic_find_nobody_of_ours(
    staff_api: ApiClient, calling_as: Callable[..., ApiClient]
) -> None:
    ours = staff_api.post("/patients", ASHA).json()
    there = cast.clinic("north")
    theirs = calling_as(Role.STAFF, cast.department(there, "OPD"))
    assert theirs.get("/patients", search="Asha").json()["items"] == []
    problem(theirs.patch(f"/patients/{ours['id']}", {"name": "X"}), 404, "not_found")


# Found again


def test_a_kiosk_finds_a_returning_patient_and_learns_no_more_than_the_number(
    kiosk_api: ApiClient,
) -> None:
    registered = kiosk_api.post("/patients", ASHA).json()
    year = Patient.objects.get().birth_year or 0
    for by in (
        {"phone": "+91 98450-12345", "birth_year": year},
        {"phone": "9845012345", "birth_year": year + 1},  # by age: give or take one
        {"number": registered["number"]},
    ):
        found = kiosk_api.post("/patients/lookup", by)
        assert found.status_code == 200
        assert found.json() == {"id": registered["id"], "number": registered["number"]}


def test_a_kiosk_sends_several_matches_to_the_reception(kiosk_api: ApiClient) -> None:
    ids = [kiosk_api.post("/patients", {**ASHA, "name": name}).json()["id"] for name in "XY"]
    year = Patient.objects.all()[0].birth_year
    answer = kiosk_api.post("/patients/lookup", {"phone": ASHA["phone"], "birth_year": year})
    problem(answer, 409, "several_matches")
    assert not [one for one in ids if one in answer.content.decode()]


def test_a_kiosk_cannot_tell_a_known_phone_from_an_unknown_one(kiosk_api: ApiClient) -> None:
    kiosk_api.post("/patients", ASHA)
    wrong_year = kiosk_api.post("/patients/lookup", {"phone": ASHA["phone"], "birth_year": 1950})
    wrong_phone = kiosk_api.post("/patients/lookup", {"phone": "9000000000", "birth_year": 1950})
    assert wrong_year.status_code == wrong_phone.status_code == 404
    assert wrong_year.json() == wrong_phone.json()


# Corrected and merged


def test_staff_correct_a_record_and_a_kiosk_cannot(
    staff_api: ApiClient, kiosk_api: ApiClient
) -> None:
    made = kiosk_api.post("/patients", ASHA).json()
    path = f"/patients/{made['id']}"
    corrected = staff_api.patch(path, {"name": "Asha Rau", "age": 43})
    assert corrected.status_code == 200
    assert corrected.json() == {
        **{name: made[name] for name in RECORD},
        "name": "Asha Rau",
        "age": 43,
    }
    problem(kiosk_api.patch(path, {"name": "Nobody"}), 403, "forbidden")


def test_an_inactive_patient_gets_no_token(staff_api: ApiClient, kiosk_api: ApiClient) -> None:
    made = kiosk_api.post("/patients", ASHA).json()
    assert staff_api.patch(f"/patients/{made['id']}", {"active": False}).json()["active"] is False
    refused = kiosk_api.post("/token", {"patient_id": made["id"], "department": "OPD"})
    problem(refused, 409, "patient_inactive")


def test_staff_merge_two_records(staff_api: ApiClient, kiosk_api: ApiClient) -> None:
    stays, goes = (kiosk_api.post("/patients", {**ASHA, "name": name}).json() for name in "XY")
    merge = {"into": stays["id"]}
    problem(kiosk_api.post(f"/patients/{goes['id']}/merge", merge), 403, "forbidden")
    merged = staff_api.post(f"/patients/{goes['id']}/merge", merge)
    assert merged.status_code == 200
    assert (merged.json()["id"], merged.json()["may_be_duplicate"]) == (stays["id"], False)
    found = staff_api.get("/patients", search=ASHA["phone"]).json()
    assert [patient["id"] for patient in found["items"]] == [stays["id"]]
    again = staff_api.post(f"/patients/{goes['id']}/merge", merge)
    assert faulty(problem(again, 422, "invalid")) == {"into"}


def test_a_record_that_was_merged_still_leads_to_its_patient(
    staff_api: ApiClient, kiosk_api: ApiClient
) -> None:
    stays, goes = (kiosk_api.post("/patients", {**ASHA, "name": name}).json() for name in "XY")
    staff_api.post(f"/patients/{goes['id']}/merge", {"into": stays["id"]})
    assert kiosk_api.post("/token", token(goes["id"])).status_code == 201
    problem(kiosk_api.post("/token", token(stays["id"])), 409, "already_waiting")


def token(patient_id: str) -> dict[str, Any]:
    return {"patient_id": patient_id, "department": "OPD"}


def test_years_pass_for_who_was_registered_by_age(staff_api: ApiClient, clinic: Clinic) -> None:
    """Age comes back as registered today, and a year later it is a year more."""
    made = staff_api.post("/patients", ASHA).json()
    long_ago = clinic.service_day() - timedelta(days=366)
    Patient.objects.update(registered_on=long_ago)
    found = staff_api.get("/patients", search=made["number"]).json()
    assert found["items"][0]["age"] == ASHA["age"] + 1  # type: ignore[operator]
