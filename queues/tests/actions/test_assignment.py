"""Where a department assigns at issue: each gets the counter that would call them first."""

from __future__ import annotations

import pytest

from queues.actions import calling, counters, departments, issuing, tokens
from queues.actions.refusals import NobodyWaiting
from queues.actions.undoing import undo
from queues.models import Clinic, Counter, Department, Doctor, Patient, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests import cast
from queues.tests.story import called, fresh, kinds, labels, people, refused, waiting, written


@pytest.fixture
def hall(clinic: Clinic, opd: Department) -> Department:
    """OPD, where a counter is assigned with the number."""
    departments.change(opd, {"assigns_at_issue": True}, by=SYSTEM)
    return cast.department(clinic, "OPD")


def assigned(department: Department) -> dict[str, str | None]:
    """Who waits for which counter."""
    queue = Token.objects.waiting_at(department).in_call_order()
    return dict(queue.values_list("visit__label", "assigned__code"))


def test_newcomers_are_shared_out_evenly(clinic: Clinic, hall: Department) -> None:
    for patient in people(clinic, "Asha", "Ben", "Chen", "Dina"):
        waiting(patient, hall)
    assert assigned(hall) == {"A-001": "1", "A-002": "2", "A-003": "1", "A-004": "2"}


def test_where_nothing_is_assigned_everybody_waits_for_whoever_is_free(
    asha: Patient, opd: Department
) -> None:
    waiting(asha, opd)
    assert assigned(opd) == {"A-001": None}


def test_a_busy_counter_gets_fewer(clinic: Clinic, hall: Department, desk_a: Counter) -> None:
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    called(asha, desk_a)
    waiting(ben, hall)
    waiting(chen, hall)
    assert assigned(hall)["A-002"] == "2"


def test_a_counter_that_does_not_take_the_priority_gets_nobody_of_it(
    clinic: Clinic, hall: Department, desk_a: Counter
) -> None:
    counters.change(desk_a, {"serves": ["emergency"]}, by=SYSTEM)
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, hall)
    assert set(assigned(hall).values()) == {"2"}


def test_who_asks_for_a_doctor_is_assigned_to_their_room(
    clinic: Clinic, hall: Department, desk_b: Counter
) -> None:
    doctor = Doctor.objects.create(name="Dr Rao")
    doctor.departments.add(hall)
    counters.change(desk_b, {"doctor": doctor}, by=SYSTEM)
    for patient in people(clinic, "Asha", "Ben"):
        issuing.issue(patient, hall, by=SYSTEM, doctor=doctor)
    assert set(assigned(hall).values()) == {"2"}


def test_a_counter_calls_its_own_before_others(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, hall)
    assert calling.call_next(fresh(desk_b), by=nurse).visit.label == "A-002"


def test_a_counter_that_has_run_dry_helps_another(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben", "Chen"):
        waiting(patient, hall)
    calling.call_next(fresh(desk_b), by=nurse)
    with written() as events:
        helped = calling.complete_and_call_next(fresh(desk_b), by=nurse)
    assert helped is not None
    assert (helped.visit.label, helped.counter) == ("A-001", desk_b)
    assert kinds(events) == ["completed", "called"]
    tokens.put_back(helped, by=nurse)
    assert assigned(hall) == {"A-001": "1", "A-003": "1"}


def test_but_not_with_whom_it_may_not_take(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, hall)
    counters.change(desk_b, {"serves": ["emergency"]}, by=SYSTEM)
    refusal = refused(lambda: calling.call_next(fresh(desk_b), by=nurse), NobodyWaiting)
    assert refusal.sentence == "Nobody who waits just now is for counter 2."


def test_when_a_counter_closes_its_people_are_shared_out_anew_with_an_event_each(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben", "Chen", "Dina"):
        waiting(patient, hall)
    with written() as events:
        counters.change(desk_b, {"is_open": False}, by=nurse)
    assert set(assigned(hall).values()) == {"1"}
    assert kinds(events) == ["counter_changed", "assigned", "assigned"]
    assert [(event.before, event.after) for event in events[1:]] == [
        ({"assigned": "2"}, {"assigned": "1"})
    ] * 2


def test_when_a_counter_opens_it_gets_its_share(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    counters.change(desk_b, {"is_open": False}, by=SYSTEM)
    for patient in people(clinic, "Asha", "Ben", "Chen", "Dina"):
        waiting(patient, hall)
    assert set(assigned(hall).values()) == {"1"}
    counters.change(fresh(desk_b), {"is_open": True}, by=nurse)
    assert assigned(hall) == {"A-001": "1", "A-002": "2", "A-003": "1", "A-004": "2"}


def test_with_all_counters_closed_nobody_is_assigned_and_who_opens_first_gets_all(
    clinic: Clinic, hall: Department, desk_a: Counter, desk_b: Counter, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, hall)
    counters.change(desk_a, {"is_open": False}, by=nurse)
    counters.change(desk_b, {"is_open": False}, by=nurse)
    assert set(assigned(hall).values()) == {None}
    counters.change(fresh(desk_a), {"is_open": True}, by=nurse)
    assert set(assigned(hall).values()) == {"1"}


def test_who_is_sent_here_is_assigned_too(
    asha: Patient, hall: Department, lab: Department, nurse: Actor
) -> None:
    issuing.transfer(waiting(asha, lab), hall, by=nurse)
    assert assigned(hall) == {"L-001": "1"}


# Nobody is left waiting for a counter that will never call them


def _callable_somewhere(hall: Department, by: Actor) -> set[str]:
    """The labels that the open counters call, one after another, until nobody is left to call."""
    found: set[str] = set()
    for counter in Counter.objects.filter(department=hall, is_open=True).order_by("code"):
        while token := Token.objects.open_to(fresh(counter)).in_call_order().first():
            calling.call(token, fresh(counter), by=by)
            tokens.complete(token, by=by)
            found.add(token.visit.label)
    return found


def test_who_was_on_hold_when_their_counter_closed_is_called_by_another(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, hall)
    token = tokens.hold(waiting(ben, hall), by=nurse)
    counters.change(desk_b, {"is_open": False}, by=nurse)
    tokens.resume(token, by=nurse)
    assert _callable_somewhere(hall, nurse) == {"A-001", "A-002"}


def test_who_returns_after_their_counter_closed_is_called_by_another(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, hall)
    waiting(ben, hall)
    token = tokens.no_show(calling.call_next(fresh(desk_b), by=nurse), by=nurse)
    counters.change(desk_b, {"is_open": False}, by=nurse)
    tokens.return_(token, by=nurse)
    assert _callable_somewhere(hall, nurse) == {"A-001", "A-002"}


def test_whose_end_is_undone_after_their_counter_closed_is_called_by_another(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, hall)
    token = tokens.cancel(waiting(ben, hall), by=nurse)
    counters.change(desk_b, {"is_open": False}, by=nurse)
    undo(token, by=nurse)
    assert _callable_somewhere(hall, nurse) == {"A-001", "A-002"}


def test_a_raised_priority_that_the_counter_does_not_serve_is_assigned_anew(
    asha: Patient, hall: Department, desk_a: Counter, nurse: Actor
) -> None:
    counters.change(desk_a, {"serves": ["walk_in"]}, by=nurse)
    token = waiting(asha, hall)
    assert assigned(hall) == {"A-001": "1"}
    tokens.set_priority(token, Priority.EMERGENCY, by=nurse)
    assert _callable_somewhere(hall, nurse) == {"A-001"}


def test_switching_assignment_off_sets_everybody_free(
    clinic: Clinic, hall: Department, desk_b: Counter, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, hall)
    departments.change(hall, {"assigns_at_issue": False}, by=nurse)
    counters.change(fresh(desk_b), {"is_open": False}, by=nurse)
    assert _callable_somewhere(hall, nurse) == {"A-001", "A-002"}


def test_switching_assignment_on_keeps_everybody_callable(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    for patient in people(clinic, "Asha", "Ben"):
        waiting(patient, opd)
    departments.change(opd, {"assigns_at_issue": True}, by=nurse)
    assert _callable_somewhere(opd, nurse) == {"A-001", "A-002"}
    assert labels(opd) == []
