"""What must not cost more as a hospital grows: a small place and a large one, asked in turns."""

from __future__ import annotations

from typing import NamedTuple

from bench._bar import Bar
from bench._place import ASKED, Place
from bench._stopwatch import in_turns
from bench._table import table

GOAL = 1.5  # times as long, at most


class Growth(NamedTuple):
    text: str
    bars: list[Bar]


class Sizes(NamedTuple):
    """What the small place and the large one are called."""

    small: str
    large: str


def growth(
    title: str, sizes: Sizes, small: Place, large: Place, *, turns: int, seconds: float
) -> Growth:
    in_turns([small.work, large.work], [small, large], most=turns, seconds=seconds)
    bars = [
        Bar(f"{name}, {sizes.large}", large.times[name].against(small.times[name]), GOAL, True)
        for name in ASKED
    ]
    rows = [
        [name, *(f"{place.times[name].typical * 1000:.2f}" for place in (small, large)), *bar.told]
        for name, bar in zip(ASKED, bars, strict=True)
    ]
    return Growth(table(title, ["ms", *sizes, "times as long", "goal", ""], rows), bars)
