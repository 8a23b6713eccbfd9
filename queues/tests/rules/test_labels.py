"""The number a patient holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.rules.labels import as_said, label, next_number


@pytest.mark.parametrize(
    ("number", "text"), [(1, "A-001"), (12, "A-012"), (999, "A-999"), (1000, "A-1000")]
)
def test_a_label_is_prefix_and_number(number: int, text: str) -> None:
    assert label("A", number) == text


def test_numbers_follow_without_gaps() -> None:
    numbers, last = [], 0
    for _ in range(400):
        last = next_number(last, "A", [])
        numbers.append(last)
    assert numbers == list(range(1, 401))


def test_a_label_that_is_still_held_is_passed_over() -> None:
    assert next_number(0, "A", ["A-001", "A-002", "A-004"]) == 3
    assert next_number(3, "A", ["A-001", "A-002", "A-004"]) == 5


def test_another_prefix_is_nobodys_concern() -> None:
    assert next_number(0, "L", ["A-001"]) == 1


@given(st.sets(st.integers(1, 300)), st.integers(0, 300))
def test_what_is_given_is_never_held_and_leaves_out_only_what_is(held: set[int], last: int) -> None:
    labels = [label("A", number) for number in held]
    number = next_number(last, "A", labels)
    assert number > last
    assert number not in held
    assert set(range(last + 1, number)) <= held


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a12", "A-012"),
        ("A 012", "A-012"),
        (" a-12 ", "A-012"),
        ("A-1234", "A-1234"),
        ("lab 7", "LAB-007"),
        ("Asha", None),
        ("12", None),
        ("A-0", None),
        ("A-012 Rao", None),
    ],
)
def test_the_label_that_somebody_means(text: str, meant: str | None) -> None:
    assert as_said(text) == meant
