"""Columns of figures, and whether a goal was reached."""

from __future__ import annotations

from collections.abc import Sequence


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Words to the left, figures to the right; an empty row becomes an empty line."""
    widths = [max(len(row[n]) for row in [head, *filter(None, rows)]) for n in range(len(head))]
    lines = [_line(head, widths), "  ".join("-" * width for width in widths)]
    lines += [_line(row, widths) if row else "" for row in rows]
    return "\n".join([title, "=" * len(title), *lines, ""])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
        for cell, width in zip(row, widths, strict=True)
    ]
    return "  ".join(cells).rstrip()


def at_least(value: float, goal: float) -> list[str]:
    return [f"{value:.2f}", f"≥ {goal}", "reached" if value >= goal else "MISSED"]


def at_most(value: float, goal: float) -> list[str]:
    return [f"{value:.2f}", f"≤ {goal}", "reached" if value <= goal else "MISSED"]
