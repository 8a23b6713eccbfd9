"""Which slots a week has: on common days, past midnight, and when the clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from queues.rules.weeks import Absence, Work, clash, plan

INDIA, BERLIN = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
MORNING = Work(
    source=("rule", 1),
    zone=INDIA,
    clinic=1,
    department=1,
    room=None,
    opens=time(9),
    closes=time(10),
    slot_minutes=30,
    capacity=2,
    hard_limit=3,
    starts_on=MONDAY,
    weekday=0,
)


def clocks(work: Work, day: date, *absences: Absence) -> list[str]:
    made = plan([(work, day, day)], absences)
    return [
        f"{slot.starts.astimezone(work.zone):%H:%M}-{slot.ends.astimezone(work.zone):%H:%M}"
        for _start, slot in sorted(made.items())
    ]


def test_a_rule_holds_on_its_weekday_from_its_first_day_to_its_last() -> None:
    rule = replace(MORNING, ends_on=MONDAY + timedelta(days=14))
    made = plan([(rule, MONDAY - timedelta(days=30), MONDAY + timedelta(days=60))], [])
    days = {slot.day for slot in made.values()}
    assert days == {MONDAY + timedelta(days=7 * week) for week in range(3)}
    slot = made[datetime(2026, 11, 23, 3, 30, tzinfo=UTC)]
    assert (slot.capacity, slot.hard_limit, slot.source) == (2, 3, ("rule", 1))


def test_what_is_left_at_the_end_is_no_slot() -> None:
    assert clocks(replace(MORNING, slot_minutes=25), MONDAY) == ["09:00-09:25", "09:25-09:50"]


def test_past_midnight_belongs_to_the_day_on_which_it_began() -> None:
    night = replace(MORNING, opens=time(23), closes=time(1), slot_minutes=60)
    made = plan([(night, MONDAY, MONDAY)], [])
    assert {slot.day for slot in made.values()} == {MONDAY}
    assert clocks(night, MONDAY) == ["23:00-00:00", "00:00-01:00"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 28), ["01:00-02:00", "02:00-03:00", "03:00-04:00"]),
        (date(2026, 3, 29), ["01:00-03:00", "03:00-04:00"]),  # two o'clock does not come
        (date(2026, 10, 25), ["01:00-02:00", "02:00-02:00", "02:00-03:00", "03:00-04:00"]),
    ],
)
def test_when_the_clocks_change_a_slot_is_as_long_as_ever(day: date, expected: list[str]) -> None:
    night = replace(
        MORNING,
        zone=BERLIN,
        opens=time(1),
        closes=time(4),
        slot_minutes=60,
        starts_on=day,
        weekday=None,
    )
    assert clocks(night, day) == expected
    lengths = {slot.ends - slot.starts for slot in plan([(night, day, day)], []).values()}
    assert lengths == {timedelta(hours=1)}


def test_where_the_clocks_push_two_together_the_earlier_is_kept() -> None:
    day = date(2026, 3, 29)
    first = replace(MORNING, zone=BERLIN, starts_on=day, weekday=None, opens=time(2, 15))
    first = replace(first, closes=time(2, 45))  # at a quarter past three, by the clock
    second = replace(first, source=("rule", 2), opens=time(3), closes=time(3, 30))
    made = plan([(first, day, day), (second, day, day)], [])
    assert [slot.source for slot in made.values()] == [("rule", 2)]


def test_whole_days_away_and_hours_away() -> None:
    assert clocks(MORNING, MONDAY, Absence(MONDAY, MONDAY)) == []
    assert clocks(MORNING, MONDAY, Absence(MONDAY, MONDAY, clinic=MORNING.clinic)) == []
    elsewhere = Absence(MONDAY, MONDAY, clinic=MORNING.clinic + 1)
    assert clocks(MORNING, MONDAY, elsewhere) == clocks(MORNING, MONDAY)
    hours = Absence(MONDAY, MONDAY, time(9, 15), time(9, 30))
    assert clocks(MORNING, MONDAY, hours) == ["09:30-10:00"]
    over_the_weekend = Absence(MONDAY - timedelta(days=3), MONDAY, time(17), time(9, 30))
    assert clocks(MORNING, MONDAY, over_the_weekend) == ["09:30-10:00"]


def test_two_that_want_the_same_time_clash() -> None:
    later = replace(MORNING, source=("rule", 2), opens=time(9, 30), closes=time(11))
    assert clash(MORNING, later) == MONDAY
    assert clash(MORNING, replace(later, opens=time(10))) is None
    assert clash(MORNING, replace(later, weekday=1)) is None
    assert clash(MORNING, replace(later, starts_on=date(2030, 1, 1))) == date(2030, 1, 7)
    ended = replace(MORNING, ends_on=MONDAY)
    assert clash(ended, replace(later, starts_on=MONDAY + timedelta(days=1))) is None


def test_a_night_clashes_with_the_next_morning() -> None:
    night = replace(MORNING, source=("rule", 2), weekday=6, opens=time(22), closes=time(9, 30))
    assert clash(MORNING, night) == MONDAY + timedelta(days=7)
    assert clash(night, MORNING) == MONDAY + timedelta(days=6)


def test_an_extra_session_clashes_with_a_rule_on_its_day_alone() -> None:
    extra = replace(MORNING, source=("extra", 1), weekday=None, starts_on=MONDAY, ends_on=MONDAY)
    assert clash(extra, MORNING) == MONDAY
    tuesday = MONDAY + timedelta(days=1)
    assert clash(replace(extra, starts_on=tuesday, ends_on=tuesday), MORNING) is None
