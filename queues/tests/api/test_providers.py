"""What anybody may know: doctors, and their free places."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from queues.actions import doctors
from queues.models import Clinic, Department, Doctor, Patient, Slot
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.agenda import booked
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def iyer(lab: Department) -> Doctor:
    doctor = agenda.doctor(lab, "Dr Iyer", "Skin")
    doctor.languages = ["hi", "ta"]
    doctor.save()
    return doctor


@pytest.fixture
def north(db: None) -> Department:
    return cast.department(cast.clinic("north", "Asia/Kolkata"), "OPD")


def day_of(rao: Doctor, opd: Department) -> list[Slot]:
    """9, 13 and 18 o'clock tomorrow."""
    return [
        agenda.slots(rao, opd, agenda.tomorrow(opd.clinic, hour), minutes=60)[0]
        for hour in (9, 13, 18)
    ]


def ids(answer: Any, name: str = "slot_id") -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one[name] for one in answer.json()["items"]]


# /api/providers


def test_doctors_with_their_next_free_place(
    anonymous_api: ApiClient, rao: Doctor, iyer: Doctor, opd: Department, asha: Patient
) -> None:
    nine, one, _six = day_of(rao, opd)
    booked(nine, asha)
    told = anonymous_api.get("/providers").json()
    assert [doctor["name"] for doctor in told["items"]] == ["Dr Iyer", "Dr Rao"]
    assert told["items"][0]["next_free"] is None
    found = told["items"][1]
    assert (found["specialty"], found["clinics"], found["languages"]) == (
        "Cardiology",
        ["main"],
        ["en"],
    )
    assert found["next_free"]["slot_id"] == str(one.public_id)
    assert (told["total"], told["page"], told["pages"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"specialty": "skin"}, ["Dr Iyer"]),
        ({"specialty": "SKIN", "language": "TA"}, ["Dr Iyer"]),
        ({"language": "en"}, ["Dr Rao"]),
        ({"language": "e"}, []),
        ({"language": "%"}, []),
        ({"search": "rao"}, ["Dr Rao"]),
        ({"search": "dr card"}, ["Dr Rao"]),
        ({"search": "nobody"}, []),
        ({"clinic": "MAIN"}, ["Dr Iyer", "Dr Rao"]),
        ({"clinic": "north"}, []),
        ({"limit": 1, "page": 2}, ["Dr Rao"]),
        ({"limit": 1, "page": 3}, []),
    ],
)
def test_whom_a_search_finds(
    anonymous_api: ApiClient,
    rao: Doctor,
    iyer: Doctor,
    north: Department,
    query: dict[str, Any],
    names: list[str],
) -> None:
    assert ids(anonymous_api.get("/providers", **query), "name") == names


def test_who_no_longer_works_is_not_found(
    anonymous_api: ApiClient, rao: Doctor, opd: Department
) -> None:
    day_of(rao, opd)
    doctors.change(rao, {"is_active": False}, by=SYSTEM, at=opd.clinic)
    assert ids(anonymous_api.get("/providers"), "name") == []
    assert ids(anonymous_api.get("/availability")) == []
    answer = anonymous_api.get(f"/providers/{rao.public_id}/availability")
    problem(answer, 404, "not_found")


def test_at_a_clinic_the_next_place_is_there(
    anonymous_api: ApiClient, rao: Doctor, opd: Department, north: Department
) -> None:
    day_of(rao, opd)
    rao.departments.add(north)
    (there,) = agenda.slots(rao, north, agenda.tomorrow(north.clinic) + timedelta(days=3))
    found = anonymous_api.get("/providers", clinic="north").json()["items"]
    assert [one["next_free"]["slot_id"] for one in found] == [str(there.public_id)]
    assert found[0]["clinics"] == ["main", "north"]


def test_a_page_costs_the_same_however_many_they_are(
    anonymous_api: ApiClient, opd: Department, django_assert_num_queries: Any
) -> None:
    for number in range(2):
        day_of(agenda.doctor(opd, f"Dr {number}"), opd)
    with django_assert_num_queries(5):
        anonymous_api.get("/providers")
    for number in range(2, 6):
        doctors.add(f"Dr {number}", [opd], by=SYSTEM, at=opd.clinic)
    with django_assert_num_queries(6):  # a look at what was kept, and all anew
        assert len(ids(anonymous_api.get("/providers"), "name")) == 6


# Free places


def test_the_soonest_first_over_all_clinics(
    anonymous_api: ApiClient, rao: Doctor, opd: Department, north: Department, asha: Patient
) -> None:
    nine, one, six = day_of(rao, opd)
    booked(nine, asha)
    (there,) = agenda.slots(agenda.doctor(north, "Dr Sen"), north, agenda.tomorrow(opd.clinic, 12))
    found = anonymous_api.get("/availability")
    assert ids(found) == [str(slot.public_id) for slot in (there, one, six)]
    place = found.json()["items"][0]
    assert (place["clinic"], place["doctor"], place["places"]) == ("north", "Dr Sen", 1)
    assert place["starts_at"].endswith("+05:30")
    assert "booked" not in place
    assert ids(anonymous_api.get("/availability", limit=1)) == [str(there.public_id)]
    assert ids(anonymous_api.get("/availability", clinic="north")) == [str(there.public_id)]


@pytest.mark.parametrize(
    ("query", "hours"),
    [
        ({"time_of_day": "morning"}, [9]),
        ({"time_of_day": "Evening, afternoon"}, [13, 18]),
        ({"specialty": "CARDIOLOGY"}, [9, 13, 18]),
        ({"specialty": "cardio"}, []),
    ],
)
def test_what_a_search_finds(
    anonymous_api: ApiClient, rao: Doctor, opd: Department, query: dict[str, Any], hours: list[int]
) -> None:
    by_hour = {slot.starts_at.hour: str(slot.public_id) for slot in day_of(rao, opd)}
    wanted = [by_hour[hour] for hour in hours]
    assert ids(anonymous_api.get("/availability", **query)) == wanted
    if "specialty" not in query:
        path = f"/providers/{rao.public_id}/availability"
        assert ids(anonymous_api.get(path, **query)) == wanted


def test_days_are_those_of_the_clinics_clock(
    anonymous_api: ApiClient, opd: Department, north: Department
) -> None:
    """An early morning in Delhi is the evening before in Greenwich."""
    early = agenda.tomorrow(north.clinic, 2)
    day = early.date()
    (delhi,) = agenda.slots(agenda.doctor(north), north, early)
    (late,) = agenda.slots(agenda.doctor(opd, "Dr Late"), opd, early)
    asked = {"from": day.isoformat(), "to": day.isoformat()}
    assert ids(anonymous_api.get("/availability", **asked)) == [str(delhi.public_id)]
    before = (day - timedelta(days=1)).isoformat()
    assert ids(anonymous_api.get("/availability", to=before)) == [str(late.public_id)]


def test_looking_goes_on_until_enough_suit(
    anonymous_api: ApiClient, rao: Doctor, opd: Department
) -> None:
    agenda.slots(rao, opd, agenda.tomorrow(opd.clinic, 6), 60, minutes=6)
    (six,) = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic, 18))
    asked = {"time_of_day": "evening", "limit": 1}
    assert ids(anonymous_api.get("/availability", **asked)) == [str(six.public_id)]


def test_of_one_doctor_in_pages(anonymous_api: ApiClient, rao: Doctor, opd: Department) -> None:
    nine, one, six = day_of(rao, opd)
    told = anonymous_api.get(f"/providers/{rao.public_id}/availability", limit=2).json()
    assert [place["slot_id"] for place in told["items"]] == [
        str(nine.public_id),
        str(one.public_id),
    ]
    assert (told["total"], told["pages"]) == (3, 2)
    second = anonymous_api.get(f"/providers/{rao.public_id}/availability", limit=2, page=2)
    assert ids(second) == [str(six.public_id)]


def test_it_is_fresh_and_says_so(
    anonymous_api: ApiClient, rao: Doctor, opd: Department, asha: Patient
) -> None:
    nine, *_others = day_of(rao, opd)
    for path in ("/availability", "/providers", f"/providers/{rao.public_id}/availability"):
        first = anonymous_api.get(path)
        assert first["Cache-Control"] == "no-cache"
        headers = {"if-none-match": first["ETag"]}
        again = anonymous_api.client.get(f"/api{path}", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    etag = anonymous_api.get("/availability")["ETag"]
    booked(nine, asha)
    changed = anonymous_api.client.get("/api/availability", headers={"if-none-match": etag})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/availability", {"from": "x"}, "from"),
        ("/availability", {"to": "9999-12-31"}, "to"),
        ("/availability", {"from": "2026-11-24", "to": "2026-11-23"}, "to"),
        ("/availability", {"limit": 0}, "limit"),
        ("/availability", {"limit": 201}, "limit"),
        ("/availability", {"time_of_day": "noon"}, "time_of_day"),
        ("/availability", {"specialty": "x" * 61}, "specialty"),
        ("/availability", {"specialty": "\x00"}, "specialty"),
        ("/providers", {"page": 0}, "page"),
        ("/providers", {"language": "x" * 11}, "language"),
        ("/providers", {"search": "\x00"}, "search"),
    ],
)
def test_a_bad_question(
    anonymous_api: ApiClient, clinic: Clinic, path: str, query: dict[str, Any], field: str
) -> None:
    assert faulty(problem(anonymous_api.get(path, **query), 422, "invalid")) == {field}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"/providers/{uuid4()}/availability", {}),
        ("/providers/x/availability", {}),
        ("/providers", {"clinic": "nowhere"}),
        ("/availability", {"clinic": "nowhere"}),
    ],
)
def test_what_there_is_not(
    anonymous_api: ApiClient, clinic: Clinic, path: str, query: dict[str, Any]
) -> None:
    problem(anonymous_api.get(path, **query), 404, "not_found")
