"""The number a patient holds: A-012."""

from __future__ import annotations

import re
from collections.abc import Container

AS_SAID = re.compile(r"([A-Z]{1,3})[\s-]*0*([1-9][0-9]{0,8})")


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


def as_said(text: str) -> str | None:
    """The label that somebody means who says or types 'a12', 'A 012' or 'a-12'."""
    said = AS_SAID.fullmatch(text.strip().upper())
    return label(said[1], int(said[2])) if said else None
