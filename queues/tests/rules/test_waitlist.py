"""Which place suits whoever waits, and which places a family can share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from queues.rules.waitlist import Room, suits, together

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
BREAK = None  # instead of a slot


def rooms(*places: int | None) -> list[Room]:
    """Slots one after the other, with so many places; their keys are 0, 1, 2 …"""
    return [
        Room(key, NINE + key * HALF_AN_HOUR, NINE + (key + 1) * HALF_AN_HOUR, free)
        for key, free in enumerate(places)
        if free is not BREAK
    ]


@pytest.mark.parametrize(
    ("free", "around", "places", "shared"),
    [
        ((1,), 0, 1, [[0]]),
        ((0,), 0, 1, []),
        ((3,), 0, 1, [[0]]),
        ((3,), 0, 3, [[0, 0, 0]]),
        ((1, 1, 1), 0, 3, [[0, 1, 2]]),
        ((1, 1, 1), 1, 3, [[0, 1, 2]]),
        ((1, 1, 1), 1, 2, [[0, 1], [1, 2]]),
        ((1, 1, 1), 2, 2, [[1, 2]]),
        ((2, 2), 0, 3, [[0, 0, 1]]),
        ((2, 2), 1, 3, [[0, 0, 1]]),
        ((2, 2), 1, 2, [[0, 1], [1, 1]]),  # or all of them later
        ((1, 1), 0, 3, []),  # not for all of them
        ((1, 0, 1), 0, 2, []),  # somebody sits between
        ((1, BREAK, 1), 2, 2, []),  # a break lies between
        ((0, 1, 1, 0, 5), 1, 2, [[1, 2]]),
    ],
)
def test_a_family_sits_together_or_not_at_all(
    free: tuple[int | None, ...], around: int, places: int, shared: list[list[int]]
) -> None:
    assert together(rooms(*free), around, places) == shared


def test_rooms_may_come_in_any_order() -> None:
    assert together(rooms(1, 1, 1)[::-1], 1, 3) == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("hour", "wanted", "fits"),
    [
        (9, [], True),
        (9, ["morning"], True),
        (9, ["afternoon", "evening"], False),
        (12, ["afternoon"], True),
        (16, ["afternoon"], True),
        (17, ["afternoon"], False),
        (17, ["evening"], True),
    ],
)
def test_times_of_day(hour: int, wanted: list[str], fits: bool) -> None:
    assert suits(NINE.replace(hour=hour), ZoneInfo("UTC"), wanted) is fits


def test_times_of_day_are_those_of_the_clinic() -> None:
    assert suits(NINE, ZoneInfo("Asia/Kolkata"), ["afternoon"]), "9 UTC is 14:30 there"
