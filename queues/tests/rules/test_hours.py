"""When a department gives out numbers."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from queues.rules.hours import Opening, is_open, opens_next, past_last_issue

KOLKATA, NEW_YORK = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")
MONDAY, TUESDAY, SATURDAY, SUNDAY = 0, 1, 5, 6
MORNING = Opening(MONDAY, time(8), time(12))
AFTERNOON = Opening(MONDAY, time(14), time(18))
NIGHT = Opening(SATURDAY, time(22), time(6))


def local(text: str, zone: ZoneInfo = KOLKATA, fold: int = 0) -> datetime:
    """2026-03-02 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("moment", "open_then"),
    [
        ("2026-03-02 07:59:59", False),
        ("2026-03-02 08:00", True),
        ("2026-03-02 11:59:59", True),
        ("2026-03-02 12:00", False),
        ("2026-03-02 13:00", False),
        ("2026-03-02 14:00", True),
        ("2026-03-02 18:00", False),
        ("2026-03-03 09:00", False),  # a Tuesday
        ("2026-03-09 09:00", True),  # the next Monday
    ],
)
def test_a_department_is_open_in_its_stretches(moment: str, open_then: bool) -> None:
    assert is_open([MORNING, AFTERNOON], local(moment), KOLKATA) is open_then


@pytest.mark.parametrize(
    ("moment", "open_then"),
    [
        ("2026-03-07 21:59", False),
        ("2026-03-07 22:00", True),
        ("2026-03-08 00:00", True),  # Sunday by the calendar, Saturday's night
        ("2026-03-08 05:59:59", True),
        ("2026-03-08 06:00", False),
        ("2026-03-08 22:00", False),  # Sunday has no night of its own
        ("2026-03-07 05:00", False),  # and Friday had none
    ],
)
def test_a_night_goes_on_past_midnight(moment: str, open_then: bool) -> None:
    assert is_open([NIGHT], local(moment), KOLKATA) is open_then


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-02 07:00", "2026-03-02 08:00"),
        ("2026-03-02 08:00", "2026-03-02 14:00"),  # open now: the stretch after this one
        ("2026-03-02 13:00", "2026-03-02 14:00"),
        ("2026-03-02 18:00", "2026-03-07 22:00"),
        ("2026-03-08 01:00", "2026-03-09 08:00"),
    ],
)
def test_when_it_opens_the_next_time(moment: str, opens: str) -> None:
    week = [MORNING, AFTERNOON, NIGHT]
    assert opens_next(week, local(moment), KOLKATA) == local(opens)


def test_the_one_stretch_of_a_week_comes_again() -> None:
    assert opens_next([MORNING], local("2026-03-02 12:00"), KOLKATA) == local("2026-03-09 08:00")


def test_what_never_closes_never_opens() -> None:
    assert opens_next([], local("2026-03-02 12:00"), KOLKATA) is None


def test_sundays_night_goes_on_into_monday() -> None:
    night = Opening(SUNDAY, time(22), time(2))
    assert is_open([night], local("2026-03-02 01:00"), KOLKATA)
    assert not is_open([night], local("2026-03-03 01:00"), KOLKATA)


def test_a_stretch_that_closes_when_it_opens_is_a_whole_day() -> None:
    whole = Opening(MONDAY, time(0), time(0))
    assert is_open([whole], local("2026-03-02 00:00"), KOLKATA)
    assert is_open([whole], local("2026-03-02 23:59:59"), KOLKATA)
    assert not is_open([whole], local("2026-03-03 00:00"), KOLKATA)


def test_no_hours_are_round_the_clock() -> None:
    assert is_open([], local("2026-03-02 03:00"), KOLKATA)


def test_the_hours_are_those_of_the_clinics_zone() -> None:
    """09:00 in Kolkata is 22:30 of Sunday in New York."""
    assert is_open([MORNING], local("2026-03-02 09:00"), KOLKATA)
    assert not is_open([MORNING], local("2026-03-02 09:00"), NEW_YORK)


@pytest.mark.parametrize(
    ("opens", "closes", "moment", "fold", "open_then"),
    [
        # 8 March 2026, New York: from 01:59:59 to 03:00:00
        (time(22), time(6), "2026-03-08 03:30", 0, True),
        (time(22), time(2, 30), "2026-03-08 01:59", 0, True),
        (time(22), time(2, 30), "2026-03-08 03:30", 0, False),
        (time(22), time(6), "2026-03-08 06:00", 0, False),
    ],
)
def test_a_night_in_which_the_clocks_go_forward(
    opens: time, closes: time, moment: str, fold: int, open_then: bool
) -> None:
    night = Opening(SATURDAY, opens, closes)
    assert is_open([night], local(moment, NEW_YORK, fold), NEW_YORK) is open_then


def test_a_night_in_which_the_clocks_go_back_has_its_hour_twice() -> None:
    """1 November 2026, New York: 01:30 comes twice, and the night is open through both."""
    night = Opening(SATURDAY, time(22), time(6))
    for fold in (0, 1):
        assert is_open([night], local("2026-11-01 01:30", NEW_YORK, fold), NEW_YORK)
    assert not is_open([night], local("2026-11-01 06:00", NEW_YORK), NEW_YORK)


@pytest.mark.parametrize(
    ("moment", "past"),
    [
        ("2026-03-02 16:29:59", False),
        ("2026-03-02 16:30", True),
        ("2026-03-02 23:59", True),
        ("2026-03-03 00:00", False),  # a new day
    ],
)
def test_the_last_number_of_the_day(moment: str, past: bool) -> None:
    assert past_last_issue(time(16, 30), local(moment), KOLKATA, 0) is past


@pytest.mark.parametrize(
    ("moment", "past"),
    [
        ("2026-03-02 22:00", False),
        ("2026-03-03 01:29", False),  # still Monday's service day
        ("2026-03-03 01:30", True),
        ("2026-03-03 03:59", True),
        ("2026-03-03 04:00", False),  # Tuesday's begins
    ],
)
def test_a_last_number_after_midnight_belongs_to_the_day_before(moment: str, past: bool) -> None:
    assert past_last_issue(time(1, 30), local(moment), KOLKATA, 4) is past


def test_without_a_last_issue_it_is_never_past() -> None:
    assert not past_last_issue(None, local("2026-03-02 23:59"), KOLKATA, 0)


@pytest.mark.parametrize(("fold", "past"), [(0, False), (1, True)])
def test_a_last_number_is_given_out_once_when_the_clocks_go_back(fold: int, past: bool) -> None:
    """Last issue at 01:45 with a turn at 04:00: 01:30 of the second round is past the first 01:45."""
    moment = local("2026-11-01 01:30", NEW_YORK, fold)
    assert past_last_issue(time(1, 45), moment, NEW_YORK, 4) is past


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-02 07:00", "2026-03-02 08:00"),
        ("2026-03-02 08:00", "2026-03-02 14:00"),  # open now: the next stretch
        ("2026-03-02 13:00", "2026-03-02 14:00"),
        ("2026-03-02 18:00", "2026-03-07 22:00"),  # Saturday's night
        ("2026-03-08 05:00", "2026-03-09 08:00"),
    ],
)
def test_when_it_opens_next(moment: str, opens: str) -> None:
    openings = [MORNING, AFTERNOON, NIGHT]
    assert opens_next(openings, local(moment), KOLKATA) == local(opens)


def test_once_a_week_opens_again_in_a_week() -> None:
    assert opens_next([MORNING], local("2026-03-02 09:00"), KOLKATA) == local("2026-03-09 08:00")


def test_round_the_clock_never_opens() -> None:
    assert opens_next([], local("2026-03-02 09:00"), KOLKATA) is None
