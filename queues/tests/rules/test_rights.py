"""Who may do what, cell by cell."""

from __future__ import annotations

import pytest

from queues.rules.rights import CLOCK, MAY, SYSTEM, Act, Actor, ActorKind, Grant, Role

DESK = {
    "register",
    "issue",
    "call_help",
    "give_urgency",
    "see_patients",
    "mend_records",
    "work_queue",
    "work_counters",
    "pause",
    "see_history",
    "book",
    "check_in",
    "run_late",
}
ROOM = {"consult", "see_consultations"}
PLANS = {"set_policy", "set_schedule", "set_house", "set_devices", "prove_history"}
TRUST = {"set_staff", "set_keys", "export_records", "anonymise"}
ALLOWED: dict[str, set[str]] = {
    "kiosk": {"register", "issue", "check_in", "call_help"},
    "staff": DESK,
    "clerk": DESK,
    "nurse": DESK,
    "doctor": DESK | ROOM,
    "manager": DESK | PLANS,
    "admin": DESK | ROOM | PLANS | TRUST,
}
HERE, ELSEWHERE, OPD, LAB = 1, 2, 11, 12


def actor(*grants: Grant) -> Actor:
    return Actor(ActorKind.USER, None, grants)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_its_row_says(role: Role, act: Act) -> None:
    somebody = actor(Grant(HERE, None, role))
    assert somebody.may(act, HERE, OPD) is (act in ALLOWED[role])


def test_every_role_has_its_row() -> None:
    assert set(MAY) == set(Role)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.KIOSK])
@pytest.mark.parametrize("act", list(Act))
def test_whoever_works_in_the_lab_cannot_act_in_opd(role: Role, act: Act) -> None:
    assert not actor(Grant(HERE, LAB, role)).may(act, HERE, OPD)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("act", list(Act))
def test_nobody_acts_at_another_clinic(role: Role, act: Act) -> None:
    somebody = actor(Grant(HERE, None, role))
    assert not somebody.may(act, ELSEWHERE)
    assert not somebody.may(act, ELSEWHERE, OPD)


def test_a_grant_of_all_departments_holds_in_each() -> None:
    nurse = actor(Grant(HERE, None, Role.NURSE))
    assert nurse.may(Act.WORK_QUEUE, HERE, OPD)
    assert nurse.may(Act.WORK_QUEUE, HERE, LAB)


def test_a_grant_of_one_department_holds_for_what_is_the_clinics() -> None:
    """Patients belong to no department: whoever works in one of them may see them."""
    assert actor(Grant(HERE, LAB, Role.NURSE)).may(Act.SEE_PATIENTS, HERE)


def test_grants_add_up_without_mixing() -> None:
    """A clerk in OPD and administrator of the Lab sets no policy in OPD."""
    both = actor(Grant(HERE, OPD, Role.CLERK), Grant(HERE, LAB, Role.ADMIN))
    assert both.may(Act.WORK_QUEUE, HERE, OPD)
    assert both.may(Act.SET_POLICY, HERE, LAB)
    assert not both.may(Act.SET_POLICY, HERE, OPD)


def test_without_a_grant_nothing_is_allowed() -> None:
    assert not any(actor().may(act, HERE) for act in Act)
    assert not any(CLOCK.may(act, HERE) for act in Act)


def test_whoever_runs_the_server_may_everything() -> None:
    assert all(SYSTEM.may(act, HERE, OPD) for act in Act)


def test_a_kiosk_is_no_staff() -> None:
    assert not actor(Grant(HERE, None, Role.KIOSK)).is_staff
    assert actor(Grant(HERE, None, Role.STAFF)).is_staff
    assert not actor().is_staff


def test_one_works_where_one_has_a_grant() -> None:
    nurse = actor(Grant(HERE, LAB, Role.NURSE))
    assert nurse.works_at(HERE)
    assert not nurse.works_at(ELSEWHERE)
