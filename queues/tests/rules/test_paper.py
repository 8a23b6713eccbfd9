"""From when somebody with a number on paper has waited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from queues.rules.labels import number_of
from queues.rules.paper import arrival, is_possible

PRINTED = datetime(2026, 3, 2, 9, 12, 40, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 11, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "possible"),
    [(9, 11, False), (9, 12, True), (10, 30, True), (11, 0, True), (11, 1, False)],
)
def test_nobody_comes_before_the_print_or_after_now(hour: int, minute: int, possible: bool) -> None:
    told = PRINTED.replace(hour=hour, minute=minute, second=0)
    assert is_possible(told, PRINTED, NOW) is possible


def test_within_a_minute_the_smaller_number_is_first() -> None:
    told = NOW.replace(second=0)
    assert told < arrival(told, PRINTED, 31) < arrival(told, PRINTED, 32)
    assert arrival(told, PRINTED, 99_999) < told + timedelta(seconds=1)


def test_whoever_came_in_the_minute_of_the_print_came_after_it() -> None:
    assert arrival(PRINTED.replace(second=0), PRINTED, 31) > PRINTED


def test_the_number_in_a_label() -> None:
    assert [number_of(label) for label in ("A-012", "LAB-1234")] == [12, 1234]
