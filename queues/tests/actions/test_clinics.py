"""A clinic changes its zone, its day, its languages."""

from __future__ import annotations

from typing import Any

import pytest

from queues.actions import clinics
from queues.models import Clinic
from queues.rules.rights import Actor
from queues.tests.story import kinds, written

SETTINGS: list[tuple[str, Any]] = [
    ("name", "City Hospital"),
    ("time_zone", "Asia/Kolkata"),
    ("turns_at", 4),
    ("country", "DE"),
    ("languages", ["en", "hi"]),
    ("elderly_from", 60),
    ("idle_hours", 5),
]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_each_setting_is_kept_and_written_down_once(
    name: str, value: Any, clinic: Clinic, nurse: Actor
) -> None:
    before = getattr(clinic, name)
    with written() as events:
        clinics.change(clinic, {name: value}, by=nurse)
    assert getattr(Clinic.objects.get(pk=clinic.pk), name) == value
    assert kinds(events) == ["clinic_changed"]
    assert (events[0].before, events[0].after) == ({name: before}, {name: value})
    assert events[0].daybook.ledger == "clinic"


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_setting_it_again_changes_nothing(
    name: str, value: Any, clinic: Clinic, nurse: Actor
) -> None:
    changed = clinics.change(clinic, {name: value}, by=nurse)
    with written() as events:
        clinics.change(changed, {name: value}, by=nurse)
    assert events == []
