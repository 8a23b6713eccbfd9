"""GET /api/events: what happened, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from queues.actions import tokens
from queues.models import Counter, Department, Event, Token
from queues.rules.rights import SYSTEM, Role
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient
from queues.tests.crowd import waiting_room


def test_newest_first_in_plain_words(
    staff_api: ApiClient, opd: Department, desk_a: Counter
) -> None:
    waiting_room(opd, 1)
    called = staff_api.post("/queue/call_next", {"department": "OPD", "counter": "1"})
    tokens.start(Token.objects.get(), by=SYSTEM)
    told = staff_api.get("/events", department="OPD").json()
    assert told["next"] is None
    assert [one["kind"] for one in told["items"]] == ["started", "called", "issued"]
    assert [one["seq"] for one in told["items"]] == [3, 2, 1]
    event = told["items"][1]
    assert event["label"] == "A-001"
    assert event["token_id"] == called.json()["token"]["id"]
    assert event["counter"] == "1"
    assert event["by"] == {"kind": "key", "name": "staff key"}
    assert event["origin"] == "api"
    assert (event["before"]["status"], event["after"]["status"]) == ("waiting", "called")


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_lead_from_the_last_event_to_the_first(
    staff_api: ApiClient, opd: Department, limit: int
) -> None:
    waiting_room(opd, 7)
    seen, before = [], ""
    while before is not None:
        page = staff_api.get("/events", department="OPD", limit=limit, before=before).json()
        assert 0 < len(page["items"]) <= limit
        seen += [one["seq"] for one in page["items"]]
        before = page["next"]
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_pages_cross_days(staff_api: ApiClient, opd: Department) -> None:
    waiting_room(opd, 3)
    opd.day_books.update(day="2026-01-31")
    opd.clinic.refresh_from_db()
    staff_api.patch("/departments/OPD", {"state": "paused", "reason": "Lunch"})
    first = staff_api.get("/events", department="OPD", limit=2).json()
    second = staff_api.get("/events", department="OPD", limit=2, before=first["next"]).json()
    assert [one["seq"] for one in first["items"]] == [1, 3]
    assert [one["seq"] for one in second["items"]] == [2, 1]
    assert second["next"] is None


def test_what_comes_meanwhile_does_not_move_a_page(staff_api: ApiClient, opd: Department) -> None:
    waiting_room(opd, 4)
    first = staff_api.get("/events", department="OPD", limit=2).json()
    waiting_room(opd, 2)
    second = staff_api.get("/events", department="OPD", limit=2, before=first["next"]).json()
    assert [one["seq"] for one in second["items"]] == [2, 1]


@pytest.mark.parametrize(
    "cursor",
    ["x", "1", "2026-01-01", "2026-01-01.", ".5", "2026-13-01.5", "2026-01-01.x", "2026-01-01.1.1"],
)
def test_a_cursor_that_is_not_ours(staff_api: ApiClient, opd: Department, cursor: str) -> None:
    answer = staff_api.get("/events", department="OPD", before=cursor)
    assert faulty(problem(answer, 422, "invalid")) == {"before"}


@pytest.mark.parametrize("cursor", ["9999-12-31.9", "0001-01-01.1", f"2026-01-01.{10**28}"])
def test_a_cursor_far_away_leads_to_a_page(
    staff_api: ApiClient, opd: Department, cursor: str
) -> None:
    assert staff_api.get("/events", department="OPD", before=cursor).status_code == 200


def test_events_are_for_staff_of_the_department(
    kiosk_api: ApiClient,
    anonymous_api: ApiClient,
    calling_as: Callable[..., ApiClient],
    lab: Department,
) -> None:
    problem(kiosk_api.get("/events", department="OPD"), 403, "forbidden")
    problem(anonymous_api.get("/events", department="OPD"), 401, "unauthorized")
    in_lab = calling_as(Role.STAFF, lab)
    problem(in_lab.get("/events", department="OPD"), 403, "forbidden")
    assert in_lab.get("/events", department="LAB").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_edits_or_deletes_an_event(
    admin_api: ApiClient, opd: Department, method: str
) -> None:
    waiting_room(opd, 1)
    before = list(Event.objects.values())
    answer = getattr(admin_api.client, method)("/api/events?department=OPD")
    problem(answer, 405, "method_not_allowed")
    assert list(Event.objects.values()) == before
