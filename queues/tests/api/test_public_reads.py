"""What anybody may read: labels, counters and states; and what only staff may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from queues.actions import calling, clinics, departments, tokens
from queues.models import Clinic, Counter, Department
from queues.rules.rights import SYSTEM, Role
from queues.tests import cast
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient
from queues.tests.crowd import waiting_room


def test_the_queue(anonymous_api: ApiClient, opd: Department, desk_a: Counter) -> None:
    waiting_room(opd, 3)
    tokens.start(calling.call_next(desk_a, by=SYSTEM), by=SYSTEM)
    told = anonymous_api.get("/queue", department="OPD").json()
    assert told.keys() == {
        "department",
        "state",
        "reason",
        "as_of",
        "seq",
        "serving",
        "waiting",
    }
    assert (told["department"], told["state"], told["seq"]) == ("OPD", "open", 5)
    assert datetime.fromisoformat(told["as_of"]).tzinfo
    assert told["serving"] == [{"label": "A-001", "counter": "1", "status": "serving"}]
    assert [(one["label"], one["position"]) for one in told["waiting"]] == [
        ("A-002", 1),
        ("A-003", 2),
    ]
    assert all(one.keys() == {"label", "position", "eta_minutes"} for one in told["waiting"])


def test_now_serving(anonymous_api: ApiClient, opd: Department, desk_a: Counter) -> None:
    waiting_room(opd, 8)
    calling.call_next(desk_a, by=SYSTEM)
    told = anonymous_api.get("/now_serving", department="OPD").json()
    assert told.keys() == {"department", "as_of", "seq", "serving", "next"}
    (serving,) = told["serving"]
    assert serving.keys() == {"label", "counter", "called_at"}
    assert (serving["label"], serving["counter"]) == ("A-001", "1")
    assert told["next"] == ["A-002", "A-003", "A-004", "A-005", "A-006"]


def test_what_is_read_again_is_still_anybodys(anonymous_api: ApiClient, opd: Department) -> None:
    """Also where the board is young, which knows the clinic as it was."""
    for path in ("/queue", "/now_serving"):
        Clinic.objects.update(open_walls=True)
        published = anonymous_api.get(path, department="OPD").published
        assert published.again().body == published.body
        Clinic.objects.update(open_walls=False)
        assert published.again() is None


def test_a_place(anonymous_api: ApiClient, opd: Department, desk_a: Counter) -> None:
    third = waiting_room(opd, 3)[-1]
    calling.call_next(desk_a, by=SYSTEM)
    tokens.hold(third, by=SYSTEM)
    told = anonymous_api.get("/place", department="opd", label="a-002").json()
    assert (told["department"], told["label"], told["status"]) == ("OPD", "A-002", "waiting")
    assert (told["position"], told["ahead"], told["counter"]) == (1, 0, None)
    assert told["eta"].keys() == {"minutes", "from", "to"}
    called = anonymous_api.get("/place", department="OPD", label="A-001").json()
    assert (called["status"], called["counter"], called["position"]) == ("called", "1", None)
    for label in ("A-003", "A-004", "\x00"):  # on hold, and nobody
        assert problem(anonymous_api.get("/place", department="OPD", label=label), 404, "not_found")


def test_a_paused_department_shows_why_and_estimates_nothing(
    anonymous_api: ApiClient, opd: Department
) -> None:
    waiting_room(opd, 1)
    departments.change(opd, {"state": "paused", "state_reason": "Back at 14:00"}, by=SYSTEM)
    told = anonymous_api.get("/queue", department="OPD").json()
    assert (told["state"], told["reason"]) == ("paused", "Back at 14:00")
    assert told["waiting"] == [{"label": "A-001", "position": 1, "eta_minutes": None}]


def test_departments(anonymous_api: ApiClient, opd: Department) -> None:
    waiting_room(opd, 2)
    told = anonymous_api.get("/departments").json()["items"]
    assert [(one["code"], one["prefix"], one["waiting"]) for one in told] == [
        ("OPD", "A", 2),
        ("LAB", "L", 0),
        ("PHARMACY", "P", 0),
    ]
    assert told[0]["state"] == "open"


@pytest.mark.parametrize("path", ["/queue", "/now_serving"])
def test_public_reads_carry_no_person(anonymous_api: ApiClient, opd: Department, path: str) -> None:
    (token,) = waiting_room(opd, 1)
    said = anonymous_api.get(path, department="OPD").content.decode()
    patient = token.visit.patient
    for secret in (patient.name, patient.number, str(token.public_id), token.visit.secret):
        assert secret not in said


@pytest.mark.parametrize("path", ["/queue", "/now_serving"])
def test_public_reads_need_a_department_that_exists(
    anonymous_api: ApiClient, opd: Department, path: str
) -> None:
    problem(anonymous_api.get(path, department="NOWHERE"), 404, "not_found")
    assert faulty(problem(anonymous_api.get(path), 422, "invalid")) == {"department"}


def test_counters_are_for_staff(
    staff_api: ApiClient, kiosk_api: ApiClient, anonymous_api: ApiClient, desk_a: Counter
) -> None:
    (token,) = waiting_room(desk_a.department, 1)
    calling.call_next(desk_a, by=SYSTEM)
    told = staff_api.get("/counters", department="OPD").json()["items"]
    assert [(one["department"], one["code"], one["open"]) for one in told] == [
        ("OPD", "1", True),
        ("OPD", "2", True),
    ]
    assert told[0]["current"] == {"token_id": str(token.public_id), "label": "A-001"}
    assert told[1]["current"] is None
    assert len(staff_api.get("/counters").json()["items"]) == 6
    problem(kiosk_api.get("/counters"), 403, "forbidden")
    problem(anonymous_api.get("/counters"), 401, "unauthorized")


def test_staff_pause_a_department_and_only_administrators_set_its_policy(
    staff_api: ApiClient, admin_api: ApiClient, kiosk_api: ApiClient
) -> None:
    paused = staff_api.patch("/departments/OPD", {"state": "paused", "reason": "Lunch"})
    assert (paused.status_code, paused.json()["reason"]) == (200, "Lunch")
    problem(staff_api.patch("/departments/OPD", {"policy": "strict"}), 403, "forbidden")
    problem(kiosk_api.patch("/departments/OPD", {"state": "open"}), 403, "forbidden")
    assert admin_api.patch("/departments/OPD", {"policy": "strict"}).json()["policy"] == "strict"


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "  "}])
def test_a_pause_without_a_reason_is_refused(
    staff_api: ApiClient, opd: Department, reason: dict[str, str]
) -> None:
    told = problem(
        staff_api.patch("/departments/OPD", {"state": "paused", **reason}), 422, "invalid"
    )
    assert "reason" in str(told)
    assert staff_api.patch("/departments/OPD", {"state": "closed", **reason}).status_code == 200
    assert staff_api.patch("/departments/OPD", {"state": "open", **reason}).status_code == 200


def test_staff_open_and_close_a_counter(staff_api: ApiClient, kiosk_api: ApiClient) -> None:
    closed = staff_api.patch("/counters/1?department=OPD", {"open": False})
    assert (closed.status_code, closed.json()["open"]) == (200, False)
    problem(kiosk_api.patch("/counters/1?department=OPD", {"open": True}), 403, "forbidden")


@pytest.mark.parametrize(
    "path", ["/queue?department=OPD", "/now_serving?department=OPD", "/departments"]
)
def test_whoever_has_it_already_hears_only_that_it_still_holds(
    anonymous_api: ApiClient, opd: Department, path: str
) -> None:
    etag = anonymous_api.get(path)["ETag"]
    again = anonymous_api.client.get(f"/api{path}", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    waiting_room(opd, 1)
    moved = anonymous_api.client.get(f"/api{path}", headers={"if-none-match": etag})
    assert (moved.status_code, moved["Cache-Control"]) == (200, "no-cache")


# Several clinics


def test_with_several_clinics_one_must_be_named(anonymous_api: ApiClient, opd: Department) -> None:
    cast.clinic("north")
    for path in ("/queue?department=OPD", "/now_serving?department=OPD", "/departments"):
        assert faulty(problem(anonymous_api.get(path), 422, "invalid")) == {"clinic"}
        joint = "&" if "?" in path else "?"
        assert anonymous_api.get(f"{path}{joint}clinic=North").status_code == 200
        problem(anonymous_api.get(f"{path}{joint}clinic=south"), 404, "not_found")


def test_a_clinics_queue_is_its_own(anonymous_api: ApiClient, opd: Department) -> None:
    cast.clinic("north")
    waiting_room(opd, 2)
    here = anonymous_api.get("/queue", department="OPD", clinic="main").json()
    there = anonymous_api.get("/queue", department="OPD", clinic="north").json()
    assert (len(here["waiting"]), len(there["waiting"])) == (2, 0)


def test_a_key_is_of_one_clinic(calling_as: Callable[..., ApiClient], opd: Department) -> None:
    """It need not name it, and cannot name another."""
    north = cast.department(cast.clinic("north"), "OPD")
    api = calling_as(Role.ADMIN, opd)
    assert api.get("/counters").status_code == 200
    assert api.get("/counters", clinic="MAIN").status_code == 200
    for path in ("/counters?clinic=north", "/events?department=OPD&clinic=north"):
        problem(api.get(path), 404, "not_found")
    body = {"department": "OPD", "counter": "1"}
    problem(api.post("/queue/call_next?clinic=north", body), 404, "not_found")
    assert len(calling_as(Role.STAFF, north).get("/counters").json()["items"]) == 6


@pytest.mark.parametrize("path", ["/queue", "/now_serving"])
def test_where_walls_are_closed_a_board_is_told_to_keys_of_the_clinic_alone(
    anonymous_api: ApiClient, calling_as: Callable[..., ApiClient], opd: Department, path: str
) -> None:
    north = cast.department(cast.clinic("north"), "OPD")
    clinics.change(opd.clinic, {"open_walls": False}, by=SYSTEM)
    named = {"department": "OPD", "clinic": "main"}
    assert problem(anonymous_api.get(path, **named), 401, "unauthorized")
    assert problem(calling_as(Role.STAFF, north).get(path, **named), 403, "forbidden")
    assert calling_as(Role.KIOSK).get(path, **named).status_code == 200
    assert anonymous_api.get(path, **{**named, "clinic": "north"}).status_code == 200
