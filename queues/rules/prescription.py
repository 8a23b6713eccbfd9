"""A prescription: what to take, how much, when, and for how many days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from queues.rules.people import clean_text

MOST_LINES = 40
LONGEST = {"medicine": 120, "dose": 60, "when": 120}
MOST_DAYS = 365


class Line(TypedDict):
    medicine: str
    dose: str
    when: str
    days: int | None  # none: until told otherwise


class NotALine(ValueError):
    """`field` is the part of line `at` (the first is 0) that does not make sense."""

    def __init__(self, at: int, field: str) -> None:
        super().__init__(f"line {at + 1}: {field}")
        self.at = at
        self.field = field


def clean_lines(typed: Sequence[Any], *, skip_empty: bool = False) -> list[Line]:
    """The lines as they are kept. A page shows empty ones to write on, which are none."""
    read = [(at, _read(at, line)) for at, line in enumerate(typed)]
    written = [(at, line) for at, line in read if any(line.values()) or not skip_empty]
    if len(written) > MOST_LINES:
        raise NotALine(written[MOST_LINES][0], "lines")
    for at, line in written:
        if not line["medicine"]:
            raise NotALine(at, "medicine")
    return [line for _at, line in written]


def _read(at: int, typed: Any) -> Line:
    if not isinstance(typed, Mapping) or set(typed) - {*LONGEST, "days"}:
        raise NotALine(at, "line")
    texts = {name: _text(at, name, typed.get(name)) for name in LONGEST}
    return Line(
        medicine=texts["medicine"],
        dose=texts["dose"],
        when=texts["when"],
        days=_days(at, typed.get("days")),
    )


def _text(at: int, name: str, typed: Any) -> str:
    if typed is None:
        return ""
    if not isinstance(typed, str) or "\x00" in typed:
        raise NotALine(at, name)
    text = clean_text(typed)
    if len(text) > LONGEST[name]:
        raise NotALine(at, name)
    return text


def _days(at: int, typed: Any) -> int | None:
    if typed is None or (isinstance(typed, str) and not typed.strip()):
        return None
    if isinstance(typed, bool) or not isinstance(typed, int | str):
        raise NotALine(at, "days")
    try:
        days = int(typed)
    except ValueError as error:
        raise NotALine(at, "days") from error
    if not 1 <= days <= MOST_DAYS:
        raise NotALine(at, "days")
    return days
