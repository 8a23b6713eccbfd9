"""Appointments by other systems, and by the secret of a patient's own link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from queues.actions import rebooking
from queues.models import Appointment, Clinic, Department, Doctor, Event, KeptAnswer, Patient, Slot
from queues.rules.links import link_secret, nonce
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient

ONCE = {"Idempotency-Key": "3d6d1f7e-8a52-4a0c-8d6b-5b7f7f0f2a10"}


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def nine(rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), minutes=60)[0]


@pytest.fixture
def ten(nine: Slot, rao: Doctor, opd: Department) -> Slot:
    return agenda.slots(rao, opd, nine.ends_at, minutes=60)[0]


@pytest.fixture
def ashas(nine: Slot, asha: Patient) -> Appointment:
    return booked(nine, asha).appointment


@pytest.fixture
def with_link(ashas: Appointment) -> ApiClient:
    return ApiClient(ashas.secret)


def at(one: Appointment) -> str:
    return f"/appointments/{one.public_id}"


def delete(api: ApiClient, path: str) -> Any:
    return api.client.delete(f"/api{path}")


# POST


def test_a_slot_is_booked(staff_api: ApiClient, nine: Slot, asha: Patient) -> None:
    body = {"patient_id": str(asha.public_id), "slot_id": str(nine.public_id), "source": "online"}
    answer = staff_api.post("/appointments", {**body, "reason": "  a cough "})
    assert answer.status_code == 201, answer.content
    theirs = Appointment.objects.get()
    assert (theirs.slot, theirs.reason) == (nine, "a cough")
    assert answer.json()["status_url"] == theirs.url


def test_a_patient_books_one_more_time_for_themselves_by_their_link(
    with_link: ApiClient, rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    day_after = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic) + timedelta(days=1))[0]
    body = {"slot_id": str(day_after.public_id), "source": "online"}
    assert problem(
        with_link.post("/appointments", {**body, "patient_id": str(ben.public_id)}),
        403,
        "forbidden",
    )
    assert problem(
        with_link.post("/appointments", {**body, "source": "emergency"}), 403, "staff_only"
    )
    answer = with_link.post("/appointments", body)
    assert answer.status_code == 201, answer.content
    assert Appointment.objects.get(slot=day_after).patient == asha
    assert_slots_agree()


def test_hours_go_with_a_doctor(staff_api: ApiClient, nine: Slot, asha: Patient) -> None:
    body = {"patient_id": str(asha.public_id), "slot_id": "9-10", "source": "online"}
    problem(staff_api.post("/appointments", body), 404, "not_found")
    body["doctor_id"] = str(nine.doctor.public_id)
    assert staff_api.post("/appointments", body).json()["slot_id"] == str(nine.public_id)


@pytest.mark.parametrize("path", ["/appointments", "/token/book"])
def test_the_first_slot_that_fits(
    staff_api: ApiClient, nine: Slot, ten: Slot, ashas: Appointment, ben: Patient, path: str
) -> None:
    body = {
        "patient_id": str(ben.public_id),
        "doctor_id": str(nine.doctor.public_id),
        "source": "Walk-In",
    }
    told = staff_api.post(path, {**body, "date": nine.day.isoformat()}).json()
    assert (told["slot_id"], told["number"]) == (str(ten.public_id), 2)
    day = (nine.day + timedelta(days=1)).isoformat()
    problem(staff_api.post(path, {**body, "date": day}), 409, "no_slots")


def test_of_a_doctor_of_another_clinic_there_is_nothing(
    calling_as: Callable[..., ApiClient], nine: Slot, asha: Patient
) -> None:
    api = calling_as(Role.STAFF, cast.department(cast.clinic("north"), "OPD"))
    of_doctor = {"patient_id": str(asha.public_id), "source": "online"}
    of_doctor["doctor_id"] = str(nine.doctor.public_id)
    problem(api.post("/token/book", of_doctor), 404, "not_found")
    problem(api.post("/appointments", of_doctor), 404, "not_found")
    of_slot = {**of_doctor, "doctor_id": None, "slot_id": str(nine.public_id)}
    problem(api.post("/appointments", of_slot), 404, "not_found")


def test_neither_slot_nor_doctor(staff_api: ApiClient, asha: Patient) -> None:
    body = {"patient_id": str(asha.public_id), "source": "online"}
    assert faulty(problem(staff_api.post("/appointments", body), 422, "invalid")) == {"slot_id"}


# GET, PATCH, DELETE, confirm: by key, and by the link


@pytest.fixture(params=["key", "link"])
def anyone(request: pytest.FixtureRequest, staff_api: ApiClient, with_link: ApiClient) -> ApiClient:
    return staff_api if request.param == "key" else with_link


def test_it_is_shown(anyone: ApiClient, ashas: Appointment) -> None:
    told = anyone.get(at(ashas)).json()
    assert (told["id"], told["status"]) == (str(ashas.public_id), "scheduled")
    assert told["status_url"] == ashas.url


def test_it_is_moved(anyone: ApiClient, ashas: Appointment, ten: Slot) -> None:
    told = anyone.patch(at(ashas), {"slot_id": str(ten.public_id)}).json()
    assert (told["slot_id"], told["id"]) == (str(ten.public_id), str(ashas.public_id))
    assert anyone.patch(at(ashas), {"slot_id": "9-10"}).json()["starts_at"] != told["starts_at"]
    assert_slots_agree()


def test_into_a_full_slot_it_does_not_go(
    anyone: ApiClient, ashas: Appointment, ten: Slot, ben: Patient
) -> None:
    booked(ten, ben)
    refused = problem(anyone.patch(at(ashas), {"slot_id": str(ten.public_id)}), 409, "slot_full")
    assert refused["alternatives"] == []
    ashas.refresh_from_db()
    assert ashas.slot != ten
    assert_slots_agree()


def test_it_is_confirmed_and_cancelled_once(anyone: ApiClient, ashas: Appointment) -> None:
    assert anyone.post(f"{at(ashas)}/confirm", {}).json()["status"] == "confirmed"
    problem(anyone.post(f"{at(ashas)}/confirm", {}), 409, "invalid_state")
    assert delete(anyone, at(ashas)).json()["status"] == "cancelled"
    problem(delete(anyone, at(ashas)), 409, "already_cancelled")
    assert_slots_agree()


def test_who_was_first_is_for_staff_to_know(
    staff_api: ApiClient, with_link: ApiClient, ashas: Appointment
) -> None:
    delete(staff_api, at(ashas))
    to_staff = problem(delete(staff_api, at(ashas)), 409, "already_cancelled")
    assert to_staff["by"] == "staff key"
    for answer in (delete(with_link, at(ashas)), with_link.post(f"{at(ashas)}/confirm", {})):
        told = problem(answer, 409, "already_cancelled")
        assert told["state"] == "cancelled"
        assert "staff key" not in str(told)


def test_another_clinics_slot_is_not_there_for_it(anyone: ApiClient, ashas: Appointment) -> None:
    north = cast.department(cast.clinic("north"), "OPD")
    there = agenda.slots(agenda.doctor(north), north, agenda.tomorrow(north.clinic))[0]
    body = {"slot_id": str(there.public_id)}
    problem(anyone.patch(at(ashas), body), 404, "not_found")


def test_a_link_opens_its_own_alone(
    with_link: ApiClient, ashas: Appointment, ten: Slot, ben: Patient
) -> None:
    bens = booked(ten, ben).appointment
    for answer in (
        with_link.get(at(bens)),
        with_link.patch(at(bens), {"slot_id": "9-10"}),
        delete(with_link, at(bens)),
        with_link.post(f"{at(bens)}/confirm", {}),
    ):
        problem(answer, 404, "not_found")


def test_a_link_opens_nothing_else(
    with_link: ApiClient, ashas: Appointment, asha: Patient, nine: Slot
) -> None:
    for answer in (
        with_link.get("/patients"),
        with_link.get(f"/patients/{asha.public_id}/appointments"),
        with_link.get(f"/doctor/{nine.doctor.public_id}"),
        with_link.post("/book", {}),
        with_link.post(f"{at(ashas)}/check_in", {}),
        with_link.patch(f"/token/{ashas.public_id}/status", {"status": "confirmed"}),
    ):
        problem(answer, 401, "unauthorized")


def test_a_link_that_there_is_not(ashas: Appointment) -> None:
    problem(ApiClient(link_secret("no", nonce())).get(at(ashas)), 401, "unauthorized")
    problem(ApiClient(None).get(at(ashas)), 401, "unauthorized")


def test_two_patients_keys_do_not_meet(
    with_link: ApiClient, ashas: Appointment, ten: Slot, ben: Patient
) -> None:
    """Each may use the same Idempotency-Key, and gets their own answer again."""
    bens = booked(ten, ben).appointment
    first = with_link.post(f"{at(ashas)}/confirm", {}, **ONCE)
    assert with_link.post(f"{at(ashas)}/confirm", {}, **ONCE).json() == first.json()
    other = ApiClient(bens.secret).post(f"{at(bens)}/confirm", {}, **ONCE)
    assert other.json()["id"] == str(bens.public_id)
    assert ashas.secret not in str(list(KeptAnswer.objects.values_list("body", flat=True)))


def test_another_clinics_are_not_there(
    calling_as: Callable[..., ApiClient], ashas: Appointment, asha: Patient
) -> None:
    api = calling_as(Role.STAFF, cast.department(cast.clinic("north"), "OPD"))
    for answer in (
        api.get(at(ashas)),
        api.patch(at(ashas), {"slot_id": "9-10"}),
        delete(api, at(ashas)),
        api.post(f"{at(ashas)}/confirm", {}),
        api.post(f"{at(ashas)}/check_in", {}),
        api.get(f"/patients/{asha.public_id}/appointments"),
    ):
        problem(answer, 404, "not_found")


def test_a_kiosk_does_none_of_it(kiosk_api: ApiClient, ashas: Appointment, asha: Patient) -> None:
    for answer in (
        kiosk_api.get(at(ashas)),
        delete(kiosk_api, at(ashas)),
        kiosk_api.post("/appointments", {"slot_id": "x", "source": "online"}),
        kiosk_api.get(f"/patients/{asha.public_id}/appointments"),
    ):
        problem(answer, 403, "forbidden")


@pytest.mark.parametrize("public_id", ["x", str(uuid4()), "%00", "0" * 2000])
def test_an_id_that_is_none(staff_api: ApiClient, clinic: Clinic, public_id: str) -> None:
    problem(staff_api.get(f"/appointments/{public_id}"), 404, "not_found")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slot_id", None),
        ("slot_id", 9),
        ("slot_id", "x" * 41),
        ("date", "x"),
        ("date", []),
        ("doctor_id", [7]),
    ],
)
def test_a_bad_moving(staff_api: ApiClient, ashas: Appointment, field: str, value: Any) -> None:
    answer = staff_api.patch(at(ashas), {"slot_id": "9-10", field: value})
    assert faulty(problem(answer, 422, "invalid")) == {field}


# Check-in


@pytest.fixture
def begun(rao: Doctor, opd: Department, clinic: Clinic) -> Slot:
    clinic.turns_at = (timezone.now().hour + 12) % 24  # the day does not turn meanwhile
    clinic.save()
    return agenda.slots(rao, opd, timezone.now() - timedelta(minutes=5), minutes=60)[0]


def test_a_kiosk_checks_in(kiosk_api: ApiClient, begun: Slot, asha: Patient) -> None:
    one = booked(begun, asha, Priority.PAID).appointment
    answer = kiosk_api.post(f"{at(one)}/check_in", {}, **ONCE)
    told = answer.json()
    assert (answer.status_code, told["appointment"]["status"]) == (201, "checked_in")
    assert (told["token"]["status"], told["token"]["priority"]) == ("waiting", "paid")
    assert "/t/" in told["token"]["status_url"]
    events = Event.objects.count()
    assert kiosk_api.post(f"{at(one)}/check_in", {}, **ONCE).json() == told
    assert Event.objects.count() == events
    problem(kiosk_api.post(f"{at(one)}/check_in", {}), 409, "invalid_state")


def test_without_a_body_too(staff_api: ApiClient, begun: Slot, asha: Patient) -> None:
    one = booked(begun, asha).appointment
    answer = staff_api.client.generic("POST", f"/api{at(one)}/check_in", content_type="")
    assert answer.status_code == 201, answer.content


def test_a_day_too_early(kiosk_api: ApiClient, ashas: Appointment) -> None:
    problem(kiosk_api.post(f"{at(ashas)}/check_in", {}), 409, "too_early")


def test_an_unnamed_place_asks_who_it_is_for(
    kiosk_api: ApiClient, begun: Slot, asha: Patient
) -> None:
    one = booked(begun, None).appointment
    refused = problem(kiosk_api.post(f"{at(one)}/check_in", {}), 422, "invalid")
    assert faulty(refused) == {"patient_id"}
    body = {"patient_id": str(asha.public_id)}
    told = kiosk_api.post(f"{at(one)}/check_in", body).json()
    assert told["appointment"]["patient_id"] == str(asha.public_id)


# A patient's own


def test_of_a_patient_the_latest_first(
    staff_api: ApiClient, ashas: Appointment, rao: Doctor, opd: Department, asha: Patient
) -> None:
    later = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic) + timedelta(days=2))[0]
    other = booked(later, asha).appointment
    rebooking.cancel(ashas, by=SYSTEM)
    path = f"/patients/{asha.public_id}/appointments"
    told = staff_api.get(path).json()
    assert [one["id"] for one in told["items"]] == [str(other.public_id), str(ashas.public_id)]
    assert [one["status"] for one in told["items"]] == ["scheduled", "cancelled"]
    assert (told["total"], told["pages"]) == (2, 1)
    assert told["items"][0]["estimated_time"] == later.starts_at.isoformat()
    assert staff_api.get(path, limit=1, page=2).json()["items"][0]["id"] == str(ashas.public_id)
    assert staff_api.get(path, page=9).json()["items"] == []


def test_a_list_costs_the_same_however_long(
    staff_api: ApiClient,
    rao: Doctor,
    opd: Department,
    asha: Patient,
    django_assert_num_queries: Any,
) -> None:
    path = f"/patients/{asha.public_id}/appointments"
    for day in range(2):
        starts = agenda.tomorrow(opd.clinic) + timedelta(days=day)
        booked(agenda.slots(rao, opd, starts)[0], asha)
    staff_api.get(path)  # that this record was opened is written once
    with django_assert_num_queries(6):
        staff_api.get(path)
    for day in range(2, 6):
        starts = agenda.tomorrow(opd.clinic) + timedelta(days=day)
        booked(agenda.slots(rao, opd, starts)[0], asha)
    with django_assert_num_queries(6):
        staff_api.get(path)


def test_a_patient_nobody_knows(staff_api: ApiClient, clinic: Clinic) -> None:
    problem(staff_api.get(f"/patients/{uuid4()}/appointments"), 404, "not_found")
