"""Tables for spreadsheets: nothing that somebody typed is reckoned with."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from queues.rules.tables import cell, line


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_formula_becomes_text(first: str) -> None:
    assert cell(f"{first}1+1") == f"'{first}1+1"


@pytest.mark.parametrize("text", ["", "A-012", "went = home", "2026-03-02"])
def test_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_a_line_is_read_as_it_was_written() -> None:
    texts = ["A-012", 'said "no", left', "two\nlines", "", "नमस्ते"]
    assert next(csv.reader(StringIO(line(texts), newline=""))) == texts
