"""Hours, the last number of the day and the daily limit; and whom they do not hold back."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.utils import timezone

from queues.actions import departments, issuing
from queues.actions.refusals import DepartmentNotOpen, LimitReached, OutsideHours
from queues.models import Clinic, Department, Patient
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests import cast
from queues.tests.story import labels, people, refused, waiting, yesterday

EVERY_DAY = [[weekday, "00:00", "00:00"] for weekday in range(7)]
SINCE_THE_DAY_BEGAN = time(0, 0)


def in_three_days() -> list[list[Any]]:
    """Hours of a weekday that is neither today nor next to it."""
    return [[(timezone.now().weekday() + 3) % 7, "09:00", "12:00"]]


SHUT: dict[str, dict[str, Any]] = {
    "another weekday": {"hours": in_three_days()},
    "past the last issue": {"last_issue": SINCE_THE_DAY_BEGAN},
    "limit reached": {"daily_limit": 0},
}


def test_within_hours_numbers_are_given(asha: Patient, opd: Department, nurse: Actor) -> None:
    departments.change(opd, {"hours": EVERY_DAY}, by=SYSTEM)
    issuing.issue(asha, opd, by=nurse)
    assert labels(opd) == ["A-001"]


def test_outside_its_hours_a_department_gives_none(
    asha: Patient, opd: Department, nurse: Actor
) -> None:
    departments.change(opd, {"hours": in_three_days()}, by=SYSTEM)
    refusal = refused(lambda: issuing.issue(asha, opd, by=nurse), OutsideHours)
    assert refusal.sentence == "This department gives out no numbers at this hour."
    assert refusal.code == "outside_hours"


def test_after_the_last_issue_a_department_gives_none(
    asha: Patient, opd: Department, nurse: Actor
) -> None:
    departments.change(opd, {"last_issue": SINCE_THE_DAY_BEGAN}, by=SYSTEM)
    refusal = refused(lambda: issuing.issue(asha, opd, by=nurse), OutsideHours)
    assert refusal.sentence == "The last number of today has been given out."


def test_at_the_daily_limit_a_department_gives_no_more(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    departments.change(opd, {"daily_limit": 2}, by=SYSTEM)
    waiting(asha, opd)
    waiting(ben, opd)
    refusal = refused(lambda: issuing.issue(chen, opd, by=nurse), LimitReached)
    assert refusal.code == "daily_limit_reached"


def test_the_limit_is_the_days_and_begins_anew(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    departments.change(opd, {"daily_limit": 1}, by=SYSTEM)
    waiting(asha, opd)
    refused(lambda: issuing.issue(ben, opd, by=nurse), LimitReached)
    yesterday(clinic)
    issuing.issue(ben, opd, by=nurse)
    assert len(labels(opd)) == 2


@pytest.mark.parametrize("why", SHUT)
def test_an_emergency_by_staff_is_held_back_by_none_of_them(
    why: str, asha: Patient, opd: Department, nurse: Actor
) -> None:
    departments.change(opd, SHUT[why], by=SYSTEM)
    issuing.issue(asha, opd, by=nurse, priority=Priority.EMERGENCY)
    assert labels(opd) == ["A-001"]


@pytest.mark.parametrize("why", SHUT)
def test_what_staff_give_otherwise_is_held_back(
    why: str, asha: Patient, opd: Department, nurse: Actor
) -> None:
    departments.change(opd, SHUT[why], by=SYSTEM)
    refused(lambda: issuing.issue(asha, opd, by=nurse, priority=Priority.PAID))


@pytest.mark.parametrize("why", SHUT)
def test_a_kiosk_is_held_back(why: str, clinic: Clinic, asha: Patient, opd: Department) -> None:
    departments.change(opd, SHUT[why], by=SYSTEM)
    refused(lambda: issuing.issue(asha, opd, by=cast.kiosk(clinic)))


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_pause_holds_back_an_emergency_too(
    state: str, asha: Patient, opd: Department, nurse: Actor
) -> None:
    departments.change(opd, {"state": state}, by=SYSTEM)
    refused(
        lambda: issuing.issue(asha, opd, by=nurse, priority=Priority.EMERGENCY), DepartmentNotOpen
    )
