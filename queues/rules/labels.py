"""The number a patient holds: A-012."""

from __future__ import annotations

from collections.abc import Container


def label(prefix: str, number: int) -> str:
    return f"{prefix}-{number:03d}"


def number_of(label: str) -> int:
    """The number in a label: 12 of A-012."""
    return int(label.rpartition("-")[2])


def next_number(last: int, prefix: str, still_held: Container[str]) -> int:
    """The next number whose label nobody still holds from the day before."""
    number = last + 1
    while label(prefix, number) in still_held:
        number += 1
    return number
