"""A stretch of a doctor's time, cut into slots; and what a slot has room for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from queues.rules.appointments import priority_of
from queues.rules.estimates import estimated
from queues.rules.priority import Priority
from queues.rules.slots import Hours, cut, has_room, span

MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("9-10", (time(9), time(10))),
        ("09:30-10:15", (time(9, 30), time(10, 15))),
        (" 9 - 10 ", (time(9), time(10))),
        ("22-24", (time(22), time(0))),
        ("22-24:00", (time(22), time(0))),
        ("10-9", None),
        ("9-9", None),
        ("24-25", None),
        ("9-24:30", None),
        ("9:60-10", None),
        ("9", None),
        ("nine-ten", None),
        ("", None),
    ],
)
def test_hours_as_others_write_them(text: str, read: tuple[time, time] | None) -> None:
    hours = Hours.read(text)
    assert (hours and (hours.opens, hours.closes)) == read


def test_hours_are_local_and_may_end_at_midnight() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    late = Hours(time(22), time(0)).on(MONDAY, kolkata)
    assert late == (datetime(2026, 11, 23, 16, 30, tzinfo=UTC), NINE.replace(hour=18, minute=30))


def test_an_hour_that_clocks_skip_or_repeat_has_its_true_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    starts, ends = span(date(2026, 10, 25), time(1), time(4), berlin)
    assert ends - starts == timedelta(hours=4)


def test_slots_follow_one_another_and_what_is_left_is_none() -> None:
    slots = list(cut(NINE, NINE + timedelta(minutes=50), 20))
    assert slots == [
        (NINE, NINE + timedelta(minutes=20)),
        (NINE + timedelta(minutes=20), NINE + timedelta(minutes=40)),
    ]


@pytest.mark.parametrize(
    ("booked", "priority", "room"),
    [
        (0, Priority.WALK_IN, True),
        (1, Priority.PAID, True),
        (2, Priority.PAID, False),
        (2, Priority.EMERGENCY, True),
        (3, Priority.EMERGENCY, False),
    ],
)
def test_the_buffer_is_for_emergencies(booked: int, priority: Priority, room: bool) -> None:
    assert has_room(booked, 2, 3, priority) is room


@pytest.mark.parametrize(
    ("source", "age", "priority"),
    [
        (Priority.ONLINE, 70, Priority.ELDERLY),
        (Priority.WALK_IN, 65, Priority.ELDERLY),
        (Priority.WALK_IN, 64, Priority.WALK_IN),
        (Priority.ONLINE, None, Priority.ONLINE),
        (Priority.PAID, 80, Priority.PAID),
        (Priority.EMERGENCY, 80, Priority.EMERGENCY),
    ],
)
def test_age_raises_those_who_ask_for_nothing(
    source: Priority, age: int | None, priority: Priority
) -> None:
    assert priority_of(source, age, 65) is priority


@pytest.mark.parametrize(
    ("place", "places", "minute"), [(0, 1, 0), (0, 3, 0), (1, 3, 20), (2, 3, 40), (3, 4, 45)]
)
def test_those_of_one_slot_share_its_time(place: int, places: int, minute: int) -> None:
    due = estimated(NINE, NINE + timedelta(hours=1), place, places)
    assert due == NINE + timedelta(minutes=minute)
