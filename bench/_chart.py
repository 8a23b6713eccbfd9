"""Bars with their goals as a picture: calm on light and dark ground, and read aloud as sentences.

Written by hand, since it is twenty lines of SVG and the same figures must give the same bytes.
Whether a goal was reached is said in words too: colours alone say nothing to many people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from bench._bar import Bar

WIDTH, EDGE, TOP = 960, 28, 96
ROW, THICK = 34, 14  # from bar to bar, and of a bar
LETTER = 8  # as wide as a letter is in the widest of the fonts
VALUE, GOAL = 76, 132  # the columns to the right of the bars
COLOUR = {True: "reached", False: "missed", None: "plain"}
STYLE = """
    .paper { fill: #ffffff; stroke: #d9dee5; }
    .rail { fill: #eef1f5; }
    .plain { fill: #8a97a8; }
    .reached { fill: #1f8a70; }
    .missed { fill: #c2571a; }
    .mark { stroke: #17212e; stroke-width: 2; }
    text { fill: #17212e; font: 14px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    .title { font-size: 20px; font-weight: 600; }
    .soft { fill: #56637a; }
    .value { font-weight: 600; font-variant-numeric: tabular-nums; }
    .said-missed { fill: #a8460f; font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #12181f; stroke: #2b3541; }
      .rail { fill: #202935; }
      .plain { fill: #7d8b9d; }
      .reached { fill: #3fb596; }
      .missed { fill: #ef8a4b; }
      .mark { stroke: #f2f5f8; }
      text { fill: #e8edf3; }
      .soft { fill: #a3b0c2; }
      .said-missed { fill: #f5a06b; }
    }"""


def chart(title: str, unit: str, bars: Sequence[Bar]) -> str:
    """One bar a row: its label, itself with its goal as a mark across it, its value, its goal."""
    height = TOP + ROW * len(bars) + EDGE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
            f' viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc">',
            f'  <title id="title">{escape(title)}</title>',
            f'  <desc id="desc">{escape(_aloud(unit, bars))}</desc>',
            f"  <style>{STYLE}\n  </style>",
            f'  <rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="10"/>',
            f'  <text class="title" x="{EDGE}" y="42">{escape(title)}</text>',
            f'  <text class="soft" x="{EDGE}" y="68">{escape(_legend(unit, bars))}</text>',
            *_rows(bars),
            "</svg>\n",
        ]
    )


def _rows(bars: Sequence[Bar]) -> Iterator[str]:
    left = EDGE + max((len(bar.label) for bar in bars), default=0) * LETTER + 12
    room = WIDTH - EDGE - GOAL - VALUE - left
    longest = max((figure for bar in bars for figure in (bar.value, bar.goal or 0)), default=0) or 1
    scale = room / longest / 1.04  # so that a mark does not stand on the very end
    for number, bar in enumerate(bars):
        yield _row(bar, TOP + ROW * number + ROW / 2, left, room, scale)


def _row(bar: Bar, middle: float, left: float, room: float, scale: float) -> str:
    y, base = f"{middle - THICK / 2:.1f}", f"{middle + 5:.1f}"
    its_goal, colour = left + room + VALUE + 12, COLOUR[bar.reached]
    drawn = [
        f'<text x="{EDGE}" y="{base}">{escape(bar.label)}</text>',
        f'<rect class="rail" x="{left:.1f}" y="{y}" width="{room:.1f}" height="{THICK}" rx="3"/>',
        f'<rect class="{colour}" x="{left:.1f}" y="{y}" width="{bar.value * scale:.1f}"'
        f' height="{THICK}" rx="3"/>',
        f'<text class="value" x="{left + room + VALUE - 12:.1f}" y="{base}" text-anchor="end">'
        f"{_short(bar.value)}</text>",
    ]
    if bar.goal is not None:
        x = f"{left + bar.goal * scale:.1f}"
        drawn += [
            f'<line class="mark" x1="{x}" x2="{x}" y1="{middle - THICK:.1f}" y2="{middle + THICK:.1f}"/>',
            f'<text class="{"soft" if bar.reached else "said-missed"}" x="{its_goal:.1f}" y="{base}">'
            f"{_goal(bar)} {_verdict(bar)}</text>",
        ]
    return "\n".join(["  <g>", *(f"    {part}" for part in drawn), "  </g>"])


def _legend(unit: str, bars: Sequence[Bar]) -> str:
    has_goals = any(bar.goal is not None for bar in bars)
    return f"In {unit}. The mark across a bar is its goal." if has_goals else f"In {unit}."


def _aloud(unit: str, bars: Sequence[Bar]) -> str:
    return f"In {unit}. " + " ".join(map(_sentence, bars))


def _sentence(bar: Bar) -> str:
    figure = f"{bar.label}: {_short(bar.value)}"
    return f"{figure}." if bar.goal is None else f"{figure}, goal {_goal(bar)}, {_verdict(bar)}."


def _goal(bar: Bar) -> str:
    return f"{'≤' if bar.at_most else '≥'} {bar.goal:,g}"


def _verdict(bar: Bar) -> str:
    return "reached" if bar.reached else "missed"


def _short(value: float) -> str:
    """As many digits as anybody looks at."""
    if value == int(value):  # a count
        return f"{value:,.0f}"
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
