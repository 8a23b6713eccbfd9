"""How long each of a queue will wait: worked by hand, and what must hold however it is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.rules import waiting_time
from queues.rules.priority import Priority
from queues.rules.waiting_time import Desk, Estimate, Pace, Waiting, behind, schedule

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TEN_MINUTES = Pace(typical=600, spread=120)
SOMEBODY = Waiting(Priority.WALK_IN)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def estimates(
    waiting: list[Waiting], desks: list[Desk], pace: Pace = TEN_MINUTES
) -> list[Estimate | None]:
    return schedule(waiting, desks, pace, NOW)


def seconds(waiting: list[Waiting], desks: list[Desk], pace: Pace = TEN_MINUTES) -> list[float]:
    """The middles, of people who all have one."""
    found = estimates(waiting, desks, pace)
    return [estimate.middle for estimate in found if estimate]


# Worked by hand


def test_one_free_desk_takes_one_after_another() -> None:
    assert seconds([SOMEBODY] * 4, [Desk(1)]) == [0, 600, 1200, 1800]


def test_two_free_desks_take_two_at_a_time() -> None:
    assert seconds([SOMEBODY] * 5, [Desk(1), Desk(2)]) == [0, 0, 600, 600, 1200]


def test_a_desk_that_has_been_busy_for_two_minutes_needs_eight_more() -> None:
    assert seconds([SOMEBODY] * 2, [Desk(1, busy_since=ago(minutes=2))]) == [480, 1080]


def test_a_desk_that_overruns_is_expected_to_need_a_quarter_more() -> None:
    assert seconds([SOMEBODY], [Desk(1, busy_since=ago(minutes=25))]) == [150]


def test_whoever_comes_free_first_takes_the_next() -> None:
    desks = [
        Desk(1, busy_since=ago(minutes=2)),  # free in 480 s
        Desk(2, busy_since=ago(minutes=7)),  # free in 180 s
        Desk(3, busy_since=ago(minutes=20)),  # overruns: 150 s
    ]
    found = estimates([SOMEBODY] * 5, desks)
    assert [(e.middle, e.desk) for e in found if e] == [
        (150, 3),
        (180, 2),
        (480, 1),
        (750, 3),
        (780, 2),
    ]


def test_the_range_is_the_20th_to_the_80th_percentile_and_widens_with_each_ahead() -> None:
    """One visit ahead spreads by 120 s, two by √2 of that, and 0.8416 of it is the range."""
    none, one, two = (e for e in estimates([SOMEBODY] * 3, [Desk(1)]) if e)
    assert (none.early, none.late) == (0, 0)
    assert (one.early, one.late) == pytest.approx((600 - 101, 600 + 101), abs=0.1)
    assert (two.early, two.late) == pytest.approx((1200 - 142.8, 1200 + 142.8), abs=0.1)


def test_the_uncertainty_of_a_busy_desk_is_what_is_left_of_its_visit() -> None:
    """Eight of ten minutes left: √0.8 of the spread of a whole visit."""
    (estimate,) = (e for e in estimates([SOMEBODY], [Desk(1, busy_since=ago(minutes=2))]) if e)
    assert estimate.late - estimate.middle == pytest.approx(0.8416 * 120 * 0.8**0.5, abs=0.1)


def test_nobody_is_told_to_come_before_now() -> None:
    shaky = Pace(typical=60, spread=600)
    assert all(e.early >= 0 for e in estimates([SOMEBODY] * 3, [Desk(1)], shaky) if e)


def test_minutes_are_whole_and_the_range_is_rounded_outwards() -> None:
    estimate = Estimate(middle=640, early=539, late=741, desk=1)
    assert (estimate.minutes, estimate.from_minutes, estimate.to_minutes) == (11, 8, 13)
    exact = Estimate(middle=600, early=540, late=660, desk=1)
    assert (exact.minutes, exact.from_minutes, exact.to_minutes) == (10, 9, 11)


# Only the counters that may take somebody count


def test_a_desk_that_does_not_serve_the_priority_does_not_count() -> None:
    paid_only = Desk(1, serves=frozenset({"paid"}))
    assert seconds([SOMEBODY] * 3, [paid_only, Desk(2)]) == [0, 600, 1200]


def test_another_doctors_desk_does_not_count() -> None:
    for_rao = Waiting(Priority.WALK_IN, doctor="rao")
    desks = [Desk(1, doctor="sen"), Desk(2), Desk(3, doctor="rao")]
    found = estimates([for_rao] * 2, desks)
    assert [(e.middle, e.desk) for e in found if e] == [(0, 3), (600, 3)]


def test_a_doctors_desk_counts_for_whoever_waits_for_nobody() -> None:
    assert seconds([SOMEBODY] * 2, [Desk(1, doctor="sen"), Desk(2)]) == [0, 0]


def test_an_assigned_desk_is_the_only_one_that_counts() -> None:
    to_two = Waiting(Priority.WALK_IN, desk=2)
    found = estimates([to_two] * 2, [Desk(1), Desk(2)])
    assert [(e.middle, e.desk) for e in found if e] == [(0, 2), (600, 2)]


def test_who_was_assigned_to_a_desk_that_closed_since_is_anybodys() -> None:
    assert seconds([Waiting(Priority.WALK_IN, desk=9)] * 2, [Desk(1), Desk(2)]) == [0, 0]


def test_where_no_open_desk_may_take_somebody_no_time_is_invented() -> None:
    for_rao = Waiting(Priority.WALK_IN, doctor="rao")
    assert estimates([for_rao, SOMEBODY], [Desk(1)]) == [None, Estimate(0, 0, 0, 1)]
    assert estimates([SOMEBODY], []) == [None]


def test_who_cannot_be_taken_delays_nobody() -> None:
    for_rao = Waiting(Priority.WALK_IN, doctor="rao")
    assert seconds([for_rao, SOMEBODY, SOMEBODY], [Desk(1)]) == [0, 600]


# The pace of a department


def test_without_history_the_prior_speaks() -> None:
    assert Pace.learnt([], prior_minutes=8) == Pace(480, 288)


def test_one_visit_hardly_speaks_against_the_prior() -> None:
    """Five visits of 8 minutes and one of 2: seven minutes."""
    assert Pace.learnt([120], prior_minutes=8).typical == 420


def test_many_visits_speak_for_themselves() -> None:
    pace = Pace.learnt([300] * 95, prior_minutes=8)
    assert pace.typical == pytest.approx(0.95 * 300 + 0.05 * 480)
    assert pace.spread == pytest.approx(0.05 * 288)


def test_the_spread_is_learnt_from_the_middle_of_the_visits() -> None:
    """0 to 1,000 s evenly: p20 is 200 and p80 800, so 600 s are twice 0.8416 deviations."""
    pace = Pace.learnt(list(range(0, 1001, 10)), prior_minutes=8)
    trust = 101 / 106
    assert pace.typical == pytest.approx(500 * trust + 480 * (1 - trust))
    assert pace.spread == pytest.approx(600 / 1.6832 * trust + 288 * (1 - trust))


def test_one_visit_that_nobody_closed_does_not_spoil_the_rest() -> None:
    usual = Pace.learnt([300] * 20, prior_minutes=8)
    spoilt = Pace.learnt([300] * 19 + [8 * 3600], prior_minutes=8)
    assert spoilt == usual


# Whatever the queue

priorities = st.sampled_from(list(Priority))
doctors = st.sampled_from([None, "rao", "sen"])
people = st.lists(
    st.builds(Waiting, priorities, doctors, st.sampled_from([None, None, 1, 2])), max_size=30
)
desks = st.lists(
    st.builds(
        Desk,
        st.integers(1, 5),
        st.none() | st.frozensets(priorities.map(str), min_size=1),
        doctors,
        st.none() | st.integers(0, 7200).map(lambda busy: ago(seconds=busy)),
    ),
    max_size=5,
    unique_by=lambda desk: desk.key,
)
paces = st.builds(Pace, st.floats(1, 7200), st.floats(0, 7200))


@given(people, desks, paces)
def test_the_range_holds_the_middle(
    waiting: list[Waiting], open_desks: list[Desk], pace: Pace
) -> None:
    for estimate in estimates(waiting, open_desks, pace):
        if estimate:
            assert 0 <= estimate.early <= estimate.middle <= estimate.late
            assert estimate.from_minutes <= estimate.minutes <= estimate.to_minutes


@given(people, desks, paces)
def test_everybody_is_given_to_a_desk_that_may_take_them(
    waiting: list[Waiting], open_desks: list[Desk], pace: Pace
) -> None:
    by_key = {desk.key: desk for desk in open_desks}
    for person, estimate in zip(waiting, estimates(waiting, open_desks, pace), strict=True):
        bound = person if person.desk in by_key else person.unassigned()
        eligible = [desk.key for desk in open_desks if desk.takes(bound)]
        assert estimate.desk in eligible if estimate else not eligible


@given(people, desks, paces)
def test_of_those_alike_nobody_behind_is_promised_an_earlier_call(
    waiting: list[Waiting], open_desks: list[Desk], pace: Pace
) -> None:
    last: dict[Waiting, float] = {}
    for person, estimate in zip(waiting, estimates(waiting, open_desks, pace), strict=True):
        if estimate:
            assert estimate.middle >= last.get(person, 0.0)
            last[person] = estimate.middle


@given(people, desks, paces)
def test_one_more_behind_changes_nothing_ahead(
    waiting: list[Waiting], open_desks: list[Desk], pace: Pace
) -> None:
    longer = estimates([*waiting, SOMEBODY], open_desks, pace)
    assert longer[:-1] == estimates(waiting, open_desks, pace)


@given(st.integers(0, 80), desks, paces)
def test_among_those_alike_a_place_is_reckoned_without_the_others(
    ahead: int, open_desks: list[Desk], pace: Pace
) -> None:
    serve_all = [replace(desk, serves=None) for desk in open_desks]
    played = estimates([SOMEBODY] * (ahead + 1), serve_all, pace)[-1]
    reckoned = behind(ahead, serve_all, pace, NOW)
    if played is None:
        assert reckoned is None
    else:
        assert reckoned
        assert reckoned[:3] == pytest.approx(played[:3])
        assert reckoned[4:] == played[4:]


def test_it_is_reckoned_by_turns_and_not_by_visits(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = 0
    pass_over = waiting_time._Line.pass_over

    def counted(line: waiting_time._Line, visits: int, pace: Pace) -> None:
        nonlocal turns
        turns += 1
        pass_over(line, visits, pace)

    monkeypatch.setattr(waiting_time._Line, "pass_over", counted)
    assert behind(
        4_999, [Desk(key, busy_since=ago(minutes=key)) for key in range(6)], TEN_MINUTES, NOW
    )
    assert turns <= 3 * 6


class CountingDesk(Desk):
    """A desk that counts how often it is asked."""

    asked = 0

    def takes(self, waiting: Waiting) -> bool:
        CountingDesk.asked += 1
        return super().takes(waiting)


def test_five_thousand_are_one_pass_that_asks_each_desk_once_for_each_kind_of_person() -> None:
    kinds = [Waiting(priority, doctor) for priority in Priority for doctor in (None, "rao")]
    waiting = [kinds[number % len(kinds)] for number in range(5_000)]
    CountingDesk.asked = 0
    found = estimates(waiting, [CountingDesk(key, doctor="rao") for key in range(6)])
    assert len([estimate for estimate in found if estimate]) == 5_000
    assert CountingDesk.asked == len(kinds) * 6
