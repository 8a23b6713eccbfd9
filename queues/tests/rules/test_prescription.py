"""A prescription is made clean, or says which line makes no sense."""

from __future__ import annotations

from typing import Any

import pytest

from queues.rules.prescription import MOST_LINES, NotALine, clean_lines


def test_lines_are_made_clean_and_empty_ones_are_none() -> None:
    typed = [
        {"medicine": " Omeprazole  20 ", "dose": "1", "when": "morning", "days": "14"},
        {"medicine": "", "dose": "", "when": " ", "days": ""},
        {"medicine": "Paracetamol"},
    ]
    assert clean_lines(typed, skip_empty=True) == [
        {"medicine": "Omeprazole 20", "dose": "1", "when": "morning", "days": 14},
        {"medicine": "Paracetamol", "dose": "", "when": "", "days": None},
    ]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"dose": "1"}, "medicine"),
        ({"medicine": "x" * 121}, "medicine"),
        ({"medicine": "a\x00"}, "medicine"),
        ({"medicine": 7}, "medicine"),
        ({"medicine": "a", "dose": "x" * 61}, "dose"),
        ({"medicine": "a", "when": ["noon"]}, "when"),
        ({"medicine": "a", "days": 0}, "days"),
        ({"medicine": "a", "days": 366}, "days"),
        ({"medicine": "a", "days": "soon"}, "days"),
        ({"medicine": "a", "days": True}, "days"),
        ({"medicine": "a", "days": 1.5}, "days"),
        ({"medicine": "a", "colour": "red"}, "line"),
        ("a", "line"),
    ],
)
def test_what_makes_no_sense_is_told_by_line_and_part(line: Any, field: str) -> None:
    with pytest.raises(NotALine) as wrong:
        clean_lines([{}, line], skip_empty=True)
    assert (wrong.value.at, wrong.value.field) == (1, field)


@pytest.mark.parametrize("line", [{}, {"medicine": " "}, {"medicine": "", "days": None}])
def test_a_program_sends_no_empty_lines(line: Any) -> None:
    with pytest.raises(NotALine) as wrong:
        clean_lines([line])
    assert (wrong.value.at, wrong.value.field) == (0, "medicine")


def test_there_is_an_end_to_it() -> None:
    clean_lines([{"medicine": "a"}] * MOST_LINES)
    with pytest.raises(NotALine):
        clean_lines([{"medicine": "a"}] * (MOST_LINES + 1))
