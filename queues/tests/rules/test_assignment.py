"""Which counter a number is given to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from queues.rules.assignment import assign
from queues.rules.priority import Priority
from queues.rules.waiting_time import Desk, Pace, Waiting

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PACE = Pace(typical=600, spread=120)
SOMEBODY = Waiting(Priority.WALK_IN)


def shared(waiting: list[Waiting], desks: list[Desk]) -> list[int | None]:
    return assign(waiting, desks, PACE, NOW)


def test_free_desks_take_turns() -> None:
    assert shared([SOMEBODY] * 5, [Desk(1), Desk(2)]) == [1, 2, 1, 2, 1]


def test_a_desk_that_is_busy_for_long_yet_is_spared() -> None:
    """Eight minutes are left at desk 1: the free one takes the first two."""
    desks = [Desk(1, busy_since=NOW - timedelta(minutes=2)), Desk(2)]
    assert shared([SOMEBODY] * 4, desks) == [2, 1, 2, 1]


def test_earlier_assignments_bind_nobody_when_all_is_shared_out_anew() -> None:
    bound = Waiting(Priority.WALK_IN, desk=1)
    assert shared([bound] * 4, [Desk(1), Desk(2)]) == [1, 2, 1, 2]


def test_nobody_is_given_to_a_desk_that_may_not_take_them() -> None:
    paid, for_rao = Waiting(Priority.PAID), Waiting(Priority.WALK_IN, doctor="rao")
    desks = [Desk(1, serves=frozenset({"paid"})), Desk(2, doctor="rao")]
    assert shared([for_rao, paid, SOMEBODY], desks) == [2, 1, 2]


def test_whom_no_open_desk_may_take_waits_for_whoever_opens() -> None:
    assert shared([SOMEBODY], []) == [None]
    assert shared([Waiting(Priority.PAID)], [Desk(1, serves=frozenset({"walk_in"}))]) == [None]
