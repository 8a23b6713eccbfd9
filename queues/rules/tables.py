"""A table that is opened in a spreadsheet: text stays text."""

from __future__ import annotations

from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"  # else some spreadsheets take UTF-8 for something else
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(text: str) -> str:
    """With an apostrophe before what a spreadsheet would reckon with."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def line(texts: Iterable[str]) -> str:
    """A line of comma-separated values, quoted where that is needed."""
    return ",".join(_quoted(cell(text)) for text in texts) + "\r\n"


def _quoted(text: str) -> str:
    if not any(mark in text for mark in ',"\r\n'):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
