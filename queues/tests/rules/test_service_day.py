"""The day a clinic works by."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from queues.rules.service_day import begins, ends, service_day

KOLKATA, NEW_YORK = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")
ZONES = [
    "UTC",
    "Asia/Kolkata",
    "America/New_York",
    "Europe/Berlin",
    "Europe/London",
    "Africa/Cairo",
    "America/Havana",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
hours = st.integers(0, 23)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-01 18:29:59", date(2026, 3, 1)),  # 23:59:59 in Kolkata
        ("2026-03-01 18:30:00", date(2026, 3, 2)),  # midnight there, early evening in UTC
        ("2026-03-02 00:00:00", date(2026, 3, 2)),  # midnight in UTC is no border
        ("2026-03-02 18:29:59", date(2026, 3, 2)),
    ],
)
def test_in_kolkata_the_day_turns_at_its_own_midnight(moment: str, day: date) -> None:
    assert service_day(utc(moment), KOLKATA, 0) == day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-08 04:59:59", date(2026, 3, 7)),  # 23:59:59, clocks go forward in two hours
        ("2026-03-08 05:00:00", date(2026, 3, 8)),
        ("2026-03-09 03:59:59", date(2026, 3, 8)),  # 23:59:59, and the day had 23 hours
        ("2026-03-09 04:00:00", date(2026, 3, 9)),
        ("2026-11-01 03:59:59", date(2026, 10, 31)),
        ("2026-11-01 04:00:00", date(2026, 11, 1)),  # the day the clocks go back
        ("2026-11-02 04:59:59", date(2026, 11, 1)),  # and the day had 25 hours
        ("2026-11-02 05:00:00", date(2026, 11, 2)),
    ],
)
def test_in_new_york_the_day_turns_at_midnight_through_both_changes_of_clocks(
    moment: str, day: date
) -> None:
    assert service_day(utc(moment), NEW_YORK, 0) == day


@pytest.mark.parametrize(
    ("day", "long"),
    [(date(2026, 3, 8), 23), (date(2026, 3, 9), 24), (date(2026, 11, 1), 25)],
)
def test_a_day_is_as_long_as_its_clocks_make_it(day: date, long: int) -> None:
    span = ends(day, NEW_YORK, 0) - begins(day, NEW_YORK, 0)
    assert span == timedelta(hours=long)


@pytest.mark.parametrize(
    ("local", "day"),
    [
        ("2026-03-02 00:00", date(2026, 3, 1)),
        ("2026-03-02 03:59", date(2026, 3, 1)),
        ("2026-03-02 04:00", date(2026, 3, 2)),
        ("2026-03-02 23:59", date(2026, 3, 2)),
    ],
)
def test_with_a_turning_hour_of_four_the_night_belongs_to_the_day_before(
    local: str, day: date
) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=KOLKATA)
    assert service_day(moment, KOLKATA, 4) == day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-08 06:59:59", date(2026, 3, 7)),  # 01:59:59 EST, then the clock jumps to 03:00
        ("2026-03-08 07:00:00", date(2026, 3, 8)),
    ],
)
def test_where_the_turning_hour_is_skipped_the_day_turns_when_it_would_have(
    moment: str, day: date
) -> None:
    assert service_day(utc(moment), NEW_YORK, 2) == day
    assert begins(date(2026, 3, 8), NEW_YORK, 2) == utc("2026-03-08 07:00:00")


def test_where_the_turning_hour_comes_twice_the_day_turns_once() -> None:
    """01:30 comes twice in the night of 1 November 2026; both belong to that day."""
    first, second = utc("2026-11-01 05:30"), utc("2026-11-01 06:30")
    assert first.astimezone(NEW_YORK).hour == second.astimezone(NEW_YORK).hour == 1
    assert {service_day(m, NEW_YORK, 1) for m in (first, second)} == {date(2026, 11, 1)}
    assert service_day(utc("2026-11-01 04:59:59"), NEW_YORK, 1) == date(2026, 10, 31)


@given(moments, zones, hours)
@example(utc("2026-03-08 07:00:00"), NEW_YORK, 2)
@example(utc("2026-11-01 06:59:59"), NEW_YORK, 1)
def test_every_moment_lies_in_its_service_day(
    moment: datetime, zone: ZoneInfo, turns_at: int
) -> None:
    day = service_day(moment, zone, turns_at)
    assert begins(day, zone, turns_at) <= moment < ends(day, zone, turns_at)


@given(moments, zones, hours)
def test_and_in_no_other(moment: datetime, zone: ZoneInfo, turns_at: int) -> None:
    around = service_day(moment, zone, turns_at)
    days = [around + timedelta(days=apart) for apart in (-2, -1, 0, 1, 2)]
    holding = [d for d in days if begins(d, zone, turns_at) <= moment < ends(d, zone, turns_at)]
    assert holding == [around]


@given(moments, st.timedeltas(timedelta(0), timedelta(days=3)), zones, hours)
def test_days_only_go_forward(
    moment: datetime, later: timedelta, zone: ZoneInfo, turns_at: int
) -> None:
    then = service_day(moment + later, zone, turns_at)
    assert service_day(moment, zone, turns_at) <= then


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), zones, hours)
def test_a_day_begins_on_its_own_page(day: date, zone: ZoneInfo, turns_at: int) -> None:
    start = begins(day, zone, turns_at)
    assert service_day(start, zone, turns_at) == day
    assert service_day(start - timedelta(microseconds=1), zone, turns_at) == day - timedelta(days=1)


@given(moments, zones, zones, hours)
def test_the_zone_in_which_a_moment_is_written_does_not_matter(
    moment: datetime, written_in: ZoneInfo, zone: ZoneInfo, turns_at: int
) -> None:
    told = moment.astimezone(written_in)
    assert service_day(told, zone, turns_at) == service_day(moment, zone, turns_at)
