"""Why a department gives out no numbers and when it opens: on the wall and the phone alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from queues.models import Department
from queues.rules.status import Status
from queues.screens import boards, standing, wall
from queues.tests.story import crowd

A_MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
OFFICE_HOURS = [[day, "08:00", "16:00"] for day in (0, 1, 3)]  # Monday, Tuesday, Thursday


def said(department: Department, day: int, clock: str) -> str:
    """What both say on this day of March 2026."""
    at = datetime.combine(A_MONDAY.replace(day=day), time.fromisoformat(clock), tzinfo=UTC)
    board = replace(boards.read(department), read_at=at)
    on_the_phone = standing.in_department(board)["closed"]
    assert wall._panel(board)["notice"] == on_the_phone
    return on_the_phone.replace("\u202f", " ")


@pytest.fixture
def office(opd: Department) -> Department:
    Department.objects.filter(pk=opd.pk).update(hours=OFFICE_HOURS)
    return opd


@pytest.mark.parametrize(
    ("day", "clock", "opens"),
    [
        (2, "07:59", "It opens again today at 8:00 AM."),
        (2, "16:00", "It opens again tomorrow at 8:00 AM."),
        (3, "16:00", "It opens again on Thursday at 8:00 AM."),
        (5, "16:00", "It opens again on Monday at 8:00 AM."),
    ],
)
def test_outside_its_hours(office: Department, day: int, clock: str, opens: str) -> None:
    assert said(office, day, clock) == f"Outpatients is closed now. {opens}"


def test_within_its_hours_there_is_nothing_to_say(office: Department) -> None:
    assert said(office, 2, "08:00") == ""


@pytest.mark.parametrize("status", [Status.WAITING, Status.ON_HOLD, Status.SERVING])
def test_those_who_have_a_number_do_not_read_that_it_is_closed(
    office: Department, status: Status
) -> None:
    crowd(office, 1, status)
    assert said(office, 2, "16:00") == (
        "Outpatients gives out no new numbers now. Whoever has a number is still called."
        " It opens again tomorrow at 8:00 AM."
    )


def test_closed_by_hand_it_says_why_and_when_it_opens(office: Department) -> None:
    Department.objects.update(state="closed", state_reason="Holiday.")
    expected = "Outpatients is closed. Holiday. It opens again tomorrow at 8:00 AM."
    assert said(office, 2, "12:00") == expected


def test_without_hours_nobody_knows_when(opd: Department) -> None:
    Department.objects.update(state="closed", state_reason="")
    assert said(opd, 2, "12:00") == "Outpatients is closed."


def test_of_a_pause_nobody_knows_the_end(office: Department) -> None:
    Department.objects.update(state="paused", state_reason="Fire drill.")
    assert said(office, 2, "12:00") == "Outpatients is paused. Fire drill."
