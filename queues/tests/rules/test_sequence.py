"""The worked examples of a doctor's list, and what follows from them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from queues.rules.priority import Priority
from queues.rules.sequence import BEGINS, DIGITS, ends, next_sequence

A_MORNING = [
    # who books, and where they stand then
    ("walk_in", "4", "walk-ins begin at 4.0"),
    ("walk_in", "4.1", "and the next is 4.1"),
    ("emergency", "1", "an emergency goes first"),
    ("paid", "2", "paid come directly after emergencies"),
    ("paid", "2.1", "the next paid behind them"),
    ("emergency", "1.1", "another emergency behind the first, before all paid"),
    ("online", "3.7", "online before walk-ins"),
    ("elderly", "3.4", "elderly before online"),
    ("follow_up", "3", "follow-ups before both"),
    ("walk_in", "4.2", "and walk-ins go on"),
]


def test_the_worked_examples() -> None:
    last: dict[str, Decimal] = {}
    for source, expected, why in A_MORNING:
        last[source] = next_sequence(Priority(source), last.get(source))
        assert last[source] == Decimal(expected), why


@pytest.mark.parametrize(
    ("priority", "last", "following"),
    [
        (Priority.EMERGENCY, "1.8", "1.9"),
        (Priority.EMERGENCY, "1.9", "1.91"),
        (Priority.EMERGENCY, "1.98", "1.99"),
        (Priority.EMERGENCY, "1.99", "1.991"),
        (Priority.PAID, "2.9", "2.91"),
        (Priority.FOLLOW_UP, "3.2", "3.3"),
        (Priority.FOLLOW_UP, "3.3", "3.31"),
        (Priority.FOLLOW_UP, "3.39", "3.391"),
        (Priority.ELDERLY, "3.6", "3.61"),
        (Priority.ONLINE, "3.9", "3.91"),
        (Priority.WALK_IN, "4.9", "5.0"),
        (Priority.WALK_IN, "12.3", "12.4"),
    ],
)
def test_the_next_of_a_class_stays_below_the_next_class(
    priority: Priority, last: str, following: str
) -> None:
    assert next_sequence(priority, Decimal(last)) == Decimal(following)


@pytest.mark.parametrize("priority", Priority)
def test_a_class_never_runs_into_the_next_nor_backwards(priority: Priority) -> None:
    last, end = None, ends(priority)
    for _somebody in range(200):
        following = next_sequence(priority, last)
        assert last is None or following >= last
        assert end is None or following < end
        exponent = following.normalize().as_tuple().exponent
        assert isinstance(exponent, int)
        assert -exponent <= DIGITS, "it fits into its column"
        last = following


def test_classes_stand_in_the_order_of_urgency() -> None:
    assert [*BEGINS] == [*Priority]
    assert [*BEGINS.values()] == sorted(BEGINS.values())


def test_where_no_digit_is_left_the_number_settles_it() -> None:
    full = Decimal("1.999999")
    assert next_sequence(Priority.EMERGENCY, full) == full
