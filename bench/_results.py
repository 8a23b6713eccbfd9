"""What a benchmark found: said at the terminal, and kept beside the other documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench._bar import Bar
from bench._chart import chart

__all__ = ["Bar", "publish"]

KEPT = Path(__file__).resolve().parent.parent / "docs" / "bench"


def publish(name: str, text: str, *, title: str, unit: str, bars: Sequence[Bar]) -> None:
    """The tables for whoever reads figures, a chart of the same for whoever looks at them.

    The text brings its own circumstances: not all that is measured asks the same database.
    """
    print(text, flush=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.txt").write_text(text.rstrip() + "\n")
    (KEPT / f"{name}.svg").write_text(chart(title, unit, bars))
