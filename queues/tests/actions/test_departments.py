"""A department pauses, opens, closes, and changes its rules."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from queues.actions import departments
from queues.models import Clinic, Department
from queues.rules.priority import DEFAULT_HEAD_STARTS
from queues.rules.rights import Actor
from queues.tests import cast
from queues.tests.story import kinds, written

SETTINGS: list[tuple[str, Any]] = [
    ("name", "Outpatients' hall"),
    ("state", "paused"),
    ("state_reason", "Lunch."),
    ("policy", "strict"),
    ("head_starts", {**DEFAULT_HEAD_STARTS, "paid": 5}),
    ("hours", [[0, "08:00", "17:00"]]),
    ("last_issue", time(16, 30)),
    ("daily_limit", 80),
    ("call_starts_service", True),
    ("assigns_at_issue", True),
    ("no_show_minutes", None),
    ("returns_behind", 3),
    ("typical_minutes", 12),
]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_each_setting_is_kept_and_written_down_once(
    name: str, value: Any, clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    before = getattr(opd, name)
    with written() as events:
        departments.change(opd, {name: value}, by=nurse)
    assert getattr(cast.department(clinic, "OPD"), name) == value
    assert kinds(events) == ["department_changed"]
    told = value.isoformat() if isinstance(value, time) else value
    assert (events[0].before, events[0].after) == ({name: before}, {name: told})
    assert events[0].subject == opd.public_id


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_setting_it_again_changes_nothing(
    name: str, value: Any, opd: Department, nurse: Actor
) -> None:
    departments.change(opd, {name: value}, by=nurse)
    with written() as events:
        departments.change(opd, {name: value}, by=nurse)
    assert events == []


def test_a_page_that_is_older_than_the_last_change_overwrites_nothing_else(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    """Two administrators: one sets the limit, the other, on an older page, the pause."""
    older_page = cast.department(clinic, "OPD")
    departments.change(opd, {"daily_limit": 80}, by=nurse)
    departments.change(older_page, {"state": "paused"}, by=nurse)
    now = cast.department(clinic, "OPD")
    assert (now.daily_limit, now.state) == (80, "paused")


def test_head_starts_that_are_left_out_stay(opd: Department, nurse: Actor) -> None:
    departments.change(opd, {"head_starts": {"elderly": 40}}, by=nurse)
    departments.change(opd, {"head_starts": {"paid": 60}}, by=nurse)
    opd.refresh_from_db()
    assert (opd.head_starts["elderly"], opd.head_starts["paid"]) == (40, 60)
