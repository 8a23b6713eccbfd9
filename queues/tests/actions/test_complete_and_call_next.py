"""One click at the end of a service: complete, and call the next if there is one."""

from __future__ import annotations

from queues.actions import calling, departments
from queues.actions.refusals import NobodyWaiting, WasFirst
from queues.models import Clinic, Counter, Department, Patient
from queues.rules.rights import SYSTEM, Actor
from queues.tests.story import (
    at,
    called,
    fresh,
    kinds,
    people,
    refused,
    serving,
    standing,
    waiting,
    written,
)


def test_the_one_is_completed_and_the_next_is_called(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    done = serving(asha, desk_a)
    following = waiting(ben, opd)
    with written() as events:
        token = calling.complete_and_call_next(fresh(desk_a), by=nurse)
    assert token == following
    assert (standing(done), standing(following)) == ("completed", "called")
    assert at(desk_a) == following
    assert kinds(events) == ["completed", "called"]
    assert [event.subject for event in events] == [done.public_id, following.public_id]


def test_with_nobody_waiting_the_one_is_completed_and_the_counter_is_free(
    asha: Patient, desk_a: Counter, nurse: Actor
) -> None:
    done = serving(asha, desk_a)
    with written() as events:
        assert calling.complete_and_call_next(fresh(desk_a), by=nurse) is None
    assert (standing(done), at(desk_a)) == ("completed", None)
    assert kinds(events) == ["completed"]


def test_somebody_who_was_only_called_is_completed_too(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    done = called(asha, desk_a)
    waiting(ben, opd)
    calling.complete_and_call_next(fresh(desk_a), by=nurse)
    assert standing(done) == "completed"


def test_where_a_call_starts_the_service_the_next_is_served_at_once(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    serving(asha, desk_a)
    waiting(ben, opd)
    departments.change(opd, {"call_starts_service": True}, by=SYSTEM)
    token = calling.complete_and_call_next(fresh(desk_a), by=nurse)
    assert token is not None
    assert standing(token) == "serving"


def test_a_free_counter_has_nobody_to_complete(
    asha: Patient, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    waiting(asha, opd)
    refused(lambda: calling.complete_and_call_next(desk_a, by=nurse), NobodyWaiting)


def test_a_second_click_on_an_old_page_calls_nobody_else(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """Both clicks saw Asha at the counter; the second finds her completed."""
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    serving(asha, desk_a)
    waiting(ben, opd)
    waiting(chen, opd)
    seen, seen_again = fresh(desk_a), fresh(desk_a)
    calling.complete_and_call_next(seen, by=nurse)
    refused(lambda: calling.complete_and_call_next(seen_again, by=nurse), WasFirst)
