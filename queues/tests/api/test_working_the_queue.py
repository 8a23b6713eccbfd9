"""POST /api/queue/call_next and /api/token/{id}/action: what a desk does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from queues.actions import counters, departments, issuing
from queues.models import Counter, Department, Kind, Patient, Token
from queues.rules.rights import SYSTEM, Role
from queues.rules.status import Move
from queues.tests import cast
from queues.tests.api.problem import faulty, problem
from queues.tests.conftest import ApiClient
from queues.tests.crowd import waiting_room
from queues.tests.witness import count

AT_1 = {"department": "OPD", "counter": "1"}
AT_2 = {"department": "OPD", "counter": "2"}


@pytest.fixture
def token(opd: Department, asha: Patient) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


def act(api: ApiClient, token: Token, action: str, **more: Any) -> Any:
    return api.post(f"/token/{token.public_id}/action", {"action": action, **more})


def done(answer: Any) -> dict[str, Any]:
    """The token after an action that was done."""
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()["token"]
    return told


# call_next


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_call_next(calling_as: Callable[..., ApiClient], token: Token, role: Role) -> None:
    told = done(calling_as(role).post("/queue/call_next", AT_1))
    assert (told["id"], told["label"]) == (str(token.public_id), "A-001")
    assert (told["status"], told["counter"]) == ("called", "1")
    assert told["called_at"]
    assert (told["position"], told["ahead"], told["eta"]) == (None, None, None)


def test_call_next_when_nobody_waits(staff_api: ApiClient, opd: Department) -> None:
    answer = staff_api.post("/queue/call_next", AT_1)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_counter_with_somebody_calls_nobody_else(staff_api: ApiClient, opd: Department) -> None:
    waiting_room(opd, 2)
    first = done(staff_api.post("/queue/call_next", AT_1))
    refused = problem(staff_api.post("/queue/call_next", AT_1), 409, "counter_busy")
    assert (refused["token_id"], refused["label"]) == (first["id"], first["label"])
    assert (refused["counter"], refused["state"]) == ("1", "called")
    assert first["label"] in refused["detail"]
    assert done(staff_api.post("/queue/call_next", AT_2))["label"] == "A-002"


def test_complete_and_call_next_in_one_click(staff_api: ApiClient, opd: Department) -> None:
    waiting_room(opd, 2)
    first = done(staff_api.post("/queue/call_next", AT_1))
    assert done(staff_api.post("/queue/call_next", {**AT_1, "complete": True}))["label"] == "A-002"
    assert staff_api.get(f"/token/{first['id']}").json()["status"] == "completed"
    assert staff_api.post("/queue/call_next", {**AT_1, "complete": True}).status_code == 204
    assert count(Kind.COMPLETED) == 2


def test_a_closed_counter_calls_nobody(staff_api: ApiClient, token: Token, desk_a: Counter) -> None:
    counters.change(desk_a, {"is_open": False}, by=SYSTEM)
    assert (
        problem(staff_api.post("/queue/call_next", AT_1), 409, "counter_closed")["counter"] == "1"
    )


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_department_that_is_not_open_calls_nobody(
    staff_api: ApiClient, token: Token, opd: Department, state: str
) -> None:
    departments.change(opd, {"state": state, "state_reason": "Fire drill"}, by=SYSTEM)
    refused = problem(staff_api.post("/queue/call_next", AT_1), 409, f"department_{state}")
    assert "Fire drill" in refused["detail"]


def test_who_may_not_call(
    kiosk_api: ApiClient,
    anonymous_api: ApiClient,
    calling_as: Callable[..., ApiClient],
    lab: Department,
    token: Token,
) -> None:
    problem(kiosk_api.post("/queue/call_next", AT_1), 403, "forbidden")
    problem(anonymous_api.post("/queue/call_next", AT_1), 401, "unauthorized")
    problem(calling_as(Role.STAFF, lab).post("/queue/call_next", AT_1), 403, "forbidden")
    there = calling_as(Role.STAFF, cast.department(cast.clinic("north"), "OPD"))
    assert there.post("/queue/call_next", AT_1).status_code == 204, "their own OPD, where nobody is"
    assert count(Kind.CALLED) == 0


def test_a_counter_of_another_department_is_not_there(staff_api: ApiClient, token: Token) -> None:
    Counter.objects.create(department=cast.department(token.department.clinic, "LAB"), code="L9")
    body = {"department": "OPD", "counter": "L9"}
    problem(staff_api.post("/queue/call_next", body), 404, "not_found")


# Actions


def test_a_visit_from_call_to_end(staff_api: ApiClient, token: Token) -> None:
    steps = [
        ("call", {"counter": "1"}, "called"),
        ("recall", {}, "called"),
        ("put_back", {}, "waiting"),
        ("hold", {"reason": "in the X-ray"}, "on_hold"),
        ("resume", {}, "waiting"),
        ("call", {"counter": "2"}, "called"),
        ("no_show", {}, "no_show"),
        ("return", {}, "waiting"),
        ("priority", {"priority": "paid"}, "waiting"),
        ("call", {"counter": "1"}, "called"),
        ("start", {}, "serving"),
        ("complete", {}, "completed"),
        ("undo", {}, "serving"),
        ("complete", {}, "completed"),
    ]
    for action, more, status in steps:
        told = done(act(staff_api, token, action, **more))
        assert (told["id"], told["status"]) == (str(token.public_id), status), action
    assert told["priority"] == "paid"
    assert told["counter"] == "1"
    assert told["called_at"] <= told["started_at"] <= told["ended_at"]


def test_cancel(staff_api: ApiClient, token: Token) -> None:
    assert done(act(staff_api, token, "cancel", reason="went home"))["status"] == "cancelled"


def test_completed_without_start(staff_api: ApiClient, token: Token) -> None:
    done(act(staff_api, token, "call", counter="1"))
    told = done(act(staff_api, token, "complete"))
    assert (told["status"], told["started_at"]) == ("completed", None)


def test_a_transfer_keeps_number_and_link(staff_api: ApiClient, token: Token) -> None:
    answer = act(staff_api, token, "transfer", department="LAB", reason="blood count")
    assert done(answer)["status"] == "transferred"
    follower = answer.json()["next"]
    assert (follower["department"], follower["status"]) == ("LAB", "waiting")
    assert follower["label"] == "A-001"
    assert follower["status_url"] == answer.json()["token"]["status_url"]
    assert follower["id"] != str(token.public_id)


def test_what_an_action_needs_is_asked_for(staff_api: ApiClient, token: Token) -> None:
    needs = {"call": "counter", "transfer": "department", "priority": "priority"}
    for action, field in needs.items():
        assert faulty(problem(act(staff_api, token, action), 422, "invalid")) == {field}


def test_the_loser_is_told_who_was_first(
    calling_as: Callable[..., ApiClient], token: Token
) -> None:
    first, second = calling_as(Role.STAFF), calling_as(Role.ADMIN)
    done(act(first, token, "call", counter="1"))
    refused = problem(act(second, token, "call", counter="2"), 409, "invalid_state")
    assert refused["token_id"] == str(token.public_id)
    assert (refused["label"], refused["state"], refused["counter"]) == ("A-001", "called", "1")
    assert refused["by"] == "staff key"
    assert refused["since"]
    for word in ("A-001", "called", "1", "staff key"):
        assert word in refused["detail"]


@pytest.mark.parametrize("action", [move for move in Move if move not in ("call", "undo")])
def test_what_cannot_be_done_says_what_state_it_is_in(
    staff_api: ApiClient, token: Token, action: str
) -> None:
    done(act(staff_api, token, "cancel"))
    needs = {"transfer": {"department": "LAB"}, "priority": {"priority": "paid"}}
    refused = problem(act(staff_api, token, action, **needs.get(action, {})), 409, "invalid_state")
    assert refused["state"] == "cancelled"
    assert "cancelled" in refused["detail"]


def test_nothing_to_undo(staff_api: ApiClient, token: Token) -> None:
    problem(act(staff_api, token, "undo"), 409, "cannot_undo")


def test_an_undo_that_came_too_late_for_its_counter(staff_api: ApiClient, opd: Department) -> None:
    first, _second = waiting_room(opd, 2)
    done(act(staff_api, first, "call", counter="1"))
    done(act(staff_api, first, "complete"))
    done(staff_api.post("/queue/call_next", AT_1))
    assert problem(act(staff_api, first, "undo"), 409, "cannot_undo")["counter"] == "1"


def test_a_patient_in_other_hands(
    staff_api: ApiClient, token: Token, lab: Department, asha: Patient
) -> None:
    in_lab = issuing.issue(asha, lab, by=SYSTEM)
    done(act(staff_api, in_lab, "call", counter="1"))
    refused = problem(act(staff_api, token, "call", counter="1"), 409, "in_other_hands")
    assert (refused["token_id"], refused["department"]) == (str(in_lab.public_id), "LAB")
    assert staff_api.post("/queue/call_next", AT_1).status_code == 204


def test_a_counter_that_does_not_take_this_priority(
    staff_api: ApiClient, token: Token, desk_a: Counter
) -> None:
    counters.change(desk_a, {"serves": ["paid"]}, by=SYSTEM)
    problem(act(staff_api, token, "call", counter="1"), 409, "counter_cannot_take")
    assert staff_api.post("/queue/call_next", AT_1).status_code == 204


def test_sent_on_to_where_it_is_or_to_a_department_that_is_not_open(
    staff_api: ApiClient, token: Token, lab: Department
) -> None:
    here = act(staff_api, token, "transfer", department="OPD")
    assert faulty(problem(here, 422, "invalid")) == {"department"}
    departments.change(lab, {"state": "paused", "state_reason": "Lunch"}, by=SYSTEM)
    there = act(staff_api, token, "transfer", department="LAB")
    assert "Lunch" in problem(there, 409, "department_paused")["detail"]
    problem(act(staff_api, token, "transfer", department="NOWHERE"), 404, "not_found")
    assert Token.objects.get().status == "waiting"


@pytest.mark.parametrize("action", list(Move))
def test_who_may_not_act(
    calling_as: Callable[..., ApiClient], lab: Department, token: Token, action: str
) -> None:
    more = {"counter": "1", "department": "LAB", "priority": "paid"}
    mine = calling_as(Role.KIOSK)
    Token.objects.update(issued_by=None)
    problem(act(mine, token, action, **more), 404, "not_found")
    problem(act(calling_as(Role.STAFF, lab), token, action, **more), 403, "forbidden")
    there = cast.department(cast.clinic("north"), "OPD")
    problem(act(calling_as(Role.ADMIN, there), token, action, **more), 404, "not_found")
    problem(act(ApiClient(None), token, action, **more), 401, "unauthorized")
    assert Token.objects.get().status == "waiting"


def test_a_kiosk_does_not_even_cancel_what_it_gave_out(kiosk_api: ApiClient, asha: Patient) -> None:
    made = kiosk_api.post("/token", {"patient_id": str(asha.public_id), "department": "OPD"}).json()
    answer = kiosk_api.post(f"/token/{made['id']}/action", {"action": "cancel"})
    problem(answer, 403, "forbidden")
