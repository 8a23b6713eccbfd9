"""Whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.rules.instants import EPOCH, microseconds, not_before
from queues.rules.priority import (
    DEFAULT_HEAD_STARTS,
    ONLY_STAFF_GIVE,
    Policy,
    Priority,
    arrival_behind,
    band,
    head_start,
    rank,
    suggested,
)

TEN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
FAIR, STRICT = Policy.FAIR, Policy.STRICT
priorities = st.sampled_from(list(Priority))
mild = st.sampled_from([p for p in Priority if p is not Priority.EMERGENCY])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
head_starts = st.fixed_dictionaries(
    {str(p): st.integers(0, 1440) for p in Priority if p is not Priority.EMERGENCY}
)


def place(
    priority: Priority,
    arrived_at: datetime,
    policy: Policy = FAIR,
    starts: Mapping[str, int] = DEFAULT_HEAD_STARTS,
) -> tuple[int, int]:
    return band(priority, policy), rank(arrived_at, head_start(priority, policy, starts))


def test_the_priorities_are_those_of_the_hospital_most_urgent_first() -> None:
    assert list(Priority) == ["emergency", "paid", "follow_up", "elderly", "online", "walk_in"]


def test_the_default_head_starts_are_those_of_the_hospital() -> None:
    assert DEFAULT_HEAD_STARTS == {
        "paid": 45,
        "follow_up": 30,
        "elderly": 20,
        "online": 10,
        "walk_in": 0,
    }


def test_only_staff_give_paid_and_emergency() -> None:
    assert {"paid", "emergency"} == ONLY_STAFF_GIVE


@pytest.mark.parametrize(
    ("priority", "minutes"),
    [("paid", 45), ("follow_up", 30), ("elderly", 20), ("online", 10)],
)
def test_fair_a_head_start_is_worth_its_minutes_and_no_more(priority: str, minutes: int) -> None:
    urgent = place(Priority(priority), TEN)
    just_longer = TEN - timedelta(minutes=minutes, microseconds=1)
    just_shorter = TEN - timedelta(minutes=minutes) + timedelta(microseconds=1)
    assert place(Priority.WALK_IN, just_longer) < urgent < place(Priority.WALK_IN, just_shorter)


def test_a_walk_in_with_a_head_start_of_their_own_has_it() -> None:
    assert place(Priority.WALK_IN, TEN, starts={"walk_in": 15}) < place(Priority.ONLINE, TEN)


def test_fair_an_emergency_goes_before_whoever_waited_since_the_morning() -> None:
    assert place(Priority.EMERGENCY, TEN) < place(Priority.PAID, TEN - timedelta(hours=9))


def test_strict_the_more_urgent_always_go_first() -> None:
    """Each came a day before all who are more urgent, and still goes after them."""
    places = [
        place(priority, TEN - timedelta(days=day), STRICT) for day, priority in enumerate(Priority)
    ]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_strict_knows_no_head_starts() -> None:
    assert place(Priority.PAID, TEN, STRICT)[1] == microseconds(TEN)


@given(priorities, moments, st.integers(1, 10**9), st.sampled_from(list(Policy)), head_starts)
def test_of_two_alike_who_came_first_goes_first(
    priority: Priority, came: datetime, later: int, policy: Policy, starts: dict[str, int]
) -> None:
    after = came + timedelta(microseconds=later)
    assert place(priority, came, policy, starts) < place(priority, after, policy, starts)


@given(mild, mild, moments, st.timedeltas(timedelta(0), timedelta(days=30)), head_starts)
def test_fair_nobody_starves(
    mine: Priority, theirs: Priority, came: datetime, later: timedelta, starts: dict[str, int]
) -> None:
    """Whoever comes more than the longest head start after me goes after me, whatever they are."""
    longest = timedelta(minutes=max(starts.values()), microseconds=1)
    assert place(mine, came, FAIR, starts) < place(theirs, came + longest + later, FAIR, starts)


@given(mild, mild, moments, st.timedeltas(timedelta(days=-1), timedelta(days=1)), head_starts)
def test_fair_the_order_is_that_of_waiting_plus_head_start(
    mine: Priority, theirs: Priority, came: datetime, apart: timedelta, starts: dict[str, int]
) -> None:
    """The rule in other words: at any moment, the longer waiting time with its bonus goes first."""
    now = came + timedelta(days=2)
    bonus = {p: timedelta(minutes=starts[p]) for p in (mine, theirs)}
    my_credit = now - came + bonus[mine]
    their_credit = now - (came + apart) + bonus[theirs]
    mine_first = place(mine, came, FAIR, starts) < place(theirs, came + apart, FAIR, starts)
    assert mine_first == (my_credit > their_credit)


@given(moments, mild, head_starts)
def test_behind_a_rank_is_just_behind_it(
    came: datetime, priority: Priority, starts: dict[str, int]
) -> None:
    first = rank(came, timedelta(minutes=30))
    start = head_start(priority, FAIR, starts)
    assert rank(arrival_behind(first, start), start) == first + 1


@pytest.mark.parametrize(
    ("age", "elderly_from", "priority"),
    [
        (64, 65, "walk_in"),
        (65, 65, "elderly"),
        (60, 60, "elderly"),
        (None, 65, "walk_in"),
        (0, 65, "walk_in"),
    ],
)
def test_age_suggests_elderly(age: int | None, elderly_from: int, priority: str) -> None:
    assert suggested(age, elderly_from) == priority


@given(moments)
def test_a_rank_is_exact_to_the_microsecond(moment: datetime) -> None:
    assert EPOCH + timedelta(microseconds=microseconds(moment)) == moment


@given(moments, moments)
def test_arrivals_only_go_forward(moment: datetime, previous: datetime) -> None:
    arrival = not_before(moment, previous)
    assert arrival > previous
    assert arrival == moment or arrival == previous + timedelta(microseconds=1)


def test_the_first_arrival_of_a_day_is_when_it_is() -> None:
    assert not_before(TEN, None) == TEN
