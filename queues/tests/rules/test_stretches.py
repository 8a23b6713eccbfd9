"""Days and times of day become stretches of time, by one clock or by several."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from queues.rules.slots import TimeOfDay, time_of_day
from queues.rules.stretches import at_times, during

DELHI, LONDON, SAMOA = (
    ZoneInfo(name) for name in ("Asia/Kolkata", "Europe/London", "Pacific/Apia")
)
HAWAII = ZoneInfo("Pacific/Honolulu")
DAY = date(2026, 11, 27)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_a_day_lasts_from_the_first_clock_to_the_last() -> None:
    assert during(DAY, DAY, [LONDON]) == (utc(27, 0), utc(28, 0))
    assert during(DAY, DAY, [DELHI, LONDON]) == (utc(26, 18, 30), utc(28, 0))


def test_an_evening_of_each_day() -> None:
    tomorrow = DAY + timedelta(days=1)
    assert at_times(DAY, tomorrow, ["evening"], [LONDON]) == [
        (utc(27, 17), utc(28, 0)),
        (utc(28, 17), utc(29, 0)),
    ]


def test_what_touches_is_one_stretch() -> None:
    assert at_times(DAY, DAY, ["evening", "afternoon"], [LONDON]) == [(utc(27, 12), utc(28, 0))]
    assert at_times(DAY, DAY, ["evening"], [DELHI, LONDON]) == [(utc(27, 11, 30), utc(28, 0))]


def test_no_day_is_no_stretch() -> None:
    assert at_times(DAY, DAY - timedelta(days=1), ["evening"], [LONDON]) == []


@given(
    hours=st.integers(0, 24 * 4),
    wanted=st.sets(st.sampled_from(list(TimeOfDay)), min_size=1),
    zones=st.sets(st.sampled_from([DELHI, LONDON, SAMOA, HAWAII]), min_size=1),
)
def test_no_moment_is_left_out(hours: int, wanted: set[TimeOfDay], zones: set[ZoneInfo]) -> None:
    """Whatever suits by one of the clocks lies in a stretch, and the stretches lie apart."""
    found = at_times(DAY, DAY + timedelta(days=3), wanted, zones)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    moment = utc(27, 0) + timedelta(hours=hours)
    suits = any(
        time_of_day(moment, zone) in wanted
        and DAY <= moment.astimezone(zone).date() <= DAY + timedelta(days=3)
        for zone in zones
    )
    assert suits == any(starts <= moment < ends for starts, ends in found)
