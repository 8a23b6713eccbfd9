"""Whoever has a time with a doctor is reckoned at that time or later, and holds up nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.rules.priority import Priority
from queues.rules.waiting_time import Desk, Estimate, Pace, Waiting, schedule
from queues.tests.rules.test_waiting_time import desks as some_desks
from queues.tests.rules.test_waiting_time import paces
from queues.tests.rules.test_waiting_time import people as some_people

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TEN_MINUTES = Pace(typical=600, spread=120)
ONE_VISIT_MORE_OR_LESS = 101  # seconds: 0.8416 of the spread
FOR_RAO = Waiting(Priority.ONLINE, doctor="rao")
RAOS = Desk(1, doctor="rao")


def at(**span: float) -> datetime:
    return NOW + timedelta(**span)


def reckoned(
    times: list[float | None], *, who: Waiting = FOR_RAO, desks: tuple[Desk, ...] = (RAOS,)
) -> list[Estimate]:
    """Of people in the order of their call; their times in minutes from now."""
    known = {place: at(minutes=time) for place, time in enumerate(times) if time is not None}
    found = schedule([who] * len(times), desks, TEN_MINUTES, NOW, known)
    return [estimate for estimate in found if estimate]


@pytest.mark.parametrize(
    ("times", "minutes"),
    [
        pytest.param([60], [60], id="nobody is ahead, and still it is not their time"),
        pytest.param([-5, 0], [0, 10], id="their time has come: they wait for their turn"),
        pytest.param([60, 60], [60, 70], id="two of the same time are seen one after the other"),
        pytest.param([60, 65, 70], [60, 70, 80], id="visits take longer than the times allow"),
        pytest.param([60, 120], [60, 120], id="there is an hour between them"),
        pytest.param([None] * 3 + [20], [0, 10, 20, 30], id="those ahead take longer than that"),
        pytest.param([60, None], [60, 10], id="who has no time is not held up by one"),
        pytest.param([60, 40], [60, 40], id="who is seen before goes behind, with a head start"),
        pytest.param([60, 55], [65, 55], id="and takes long"),
        pytest.param([-10, 15, 12], [0, 22, 20], id="a doctor who is behind"),
    ],
)
def test_one_room(times: list[float | None], minutes: list[int]) -> None:
    assert [estimate.minutes for estimate in reckoned(times)] == minutes


def test_both_ends_are_at_least_their_time() -> None:
    (only,) = reckoned([60])
    assert (only.early, only.middle) == (3600, 3600)
    assert only.late - only.middle == pytest.approx(ONE_VISIT_MORE_OR_LESS, abs=0.1)
    assert only.by_time
    *_ahead, last = reckoned([None] * 3 + [29])
    assert (last.middle, last.early) == (1800, 29 * 60), "ten minutes more or less, but not before"
    assert not last.by_time


def test_nothing_is_rounded_to_before_their_time() -> None:
    (only,) = reckoned([10.2])
    assert (only.minutes, only.from_minutes, only.to_minutes) == (11, 11, 12)


def test_an_emergency_is_called_before_everybody_and_waits_for_no_time() -> None:
    urgent = Waiting(Priority.EMERGENCY, doctor="rao")
    assert reckoned([60], who=urgent) == reckoned([None], who=urgent)


def test_the_doctors_own_rooms_are_counted() -> None:
    desks = (RAOS, Desk(2), Desk(3, doctor="sen"), Desk(4, doctor="rao"))
    assert [estimate.desks for estimate in reckoned([None, 60], desks=desks)] == [2, 2]
    assert [one.desks for one in reckoned([None], who=Waiting(Priority.PAID), desks=desks)] == [4]
    only_paid = Desk(5, serves=frozenset({"paid"}))
    assert [one.desks for one in reckoned([None], desks=(RAOS, only_paid))] == [1]


def test_before_the_room_is_open_the_time_alone_is_known() -> None:
    first, second = reckoned([60, 60], desks=(Desk(2),))
    assert (first.middle, second.middle) == (3600, 4200)
    assert (first.desk, first.desks, first.by_time) == (None, 0, True)
    assert reckoned([-1, None], desks=(Desk(2),)) == []


def test_each_doctor_has_times_of_their_own() -> None:
    order = [FOR_RAO, Waiting(Priority.ONLINE, doctor="sen")]
    times = {0: at(minutes=60), 1: at(minutes=60)}
    found = schedule(order, [RAOS, Desk(2, doctor="sen")], TEN_MINUTES, NOW, times)
    assert [estimate.middle for estimate in found if estimate] == [3600, 3600]


# Whatever the queue

dues = st.dictionaries(st.integers(0, 29), st.floats(-7200, 7200), max_size=30)


@given(some_people, some_desks, paces, dues)
def test_nobody_is_told_to_come_before_their_time(
    waiting: list[Waiting], open_desks: list[Desk], pace: Pace, due: dict[int, float]
) -> None:
    times = {place: at(seconds=due[place]) for place in due if place < len(waiting)}
    for place, estimate in enumerate(schedule(waiting, open_desks, pace, NOW, times)):
        if estimate is None:
            continue
        assert 0 <= estimate.early <= estimate.middle <= estimate.late
        assert estimate.from_minutes <= estimate.minutes <= estimate.to_minutes
        if place in times and waiting[place].priority is not Priority.EMERGENCY:
            assert at(seconds=estimate.early) >= times[place]
            assert at(minutes=estimate.from_minutes) >= times[place]


@given(some_people, some_desks, paces, dues)
def test_the_times_of_some_change_nothing_for_the_others(
    waiting: list[Waiting], open_desks: list[Desk], pace: Pace, due: dict[int, float]
) -> None:
    times = {place: at(seconds=due[place]) for place in due if place < len(waiting)}
    with_times = schedule(waiting, open_desks, pace, NOW, times)
    without = schedule(waiting, open_desks, pace, NOW)
    for place in set(range(len(waiting))) - set(times):
        assert with_times[place] == without[place]
