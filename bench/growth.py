"""./dev bench growth: whether a request costs more when the hospital is larger.

A longer queue, years of history, many clinics: each is one place that has it beside one that has
not, and both are asked the same, in turns. docs/bench.md explains the tables.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bench._bar import Bar
from bench._circumstances import circumstances, load
from bench._growth import Growth, Sizes, growth
from bench._history import TOKENS_A_DAY, remember
from bench._hospital import Hospital, fill, hospitals, register
from bench._neighbours import settle
from bench._place import BOARD, Place
from bench._results import publish
from bench._stopwatch import WARM_UP
from bench._table import table

DATABASES = ("test_bench_new", "test_bench_old", "test_bench_wide")
TODAY, SHORT, LONG = "TODAY", "SHORT", "LONG"
FEW, MANY = 50, 5000  # who wait in a short and in a long queue
WAITING, DONE = 300, 100  # on an ordinary day
VISITS_EACH = 100  # that lie behind everybody, in a long history
BOARD_MS = 30


@dataclass(frozen=True)
class Scale:
    """How much is measured; `seconds` bound each of the three parts."""

    turns: int
    seconds: float
    old_tokens: int
    clinics: int

    @property
    def newcomers(self) -> int:
        return self.turns + WARM_UP


FULL = Scale(turns=300, seconds=60, old_tokens=5_000_000, clinics=200)
QUICK = Scale(turns=40, seconds=10, old_tokens=100_000, clinics=200)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer turns, 100,000 old tokens")
    scale = QUICK if parser.parse_args().quick else FULL
    began, where = time.perf_counter(), circumstances(quick=scale is QUICK)
    with hospitals(DATABASES, [TODAY, SHORT, LONG]) as (new, old, wide):
        young = _ordinary_day(new, scale)
        aged = _ordinary_day(old, scale, after=lambda: _years(old, scale.old_tokens))
        busy = _ordinary_day(wide, scale, after=lambda: _others(wide, scale.clinics - 1))
        parts = [_history(young, aged, scale), _clinics(young, busy, scale)]
        short, long = _queues(new, scale)
        parts.insert(0, _queue(short, long, scale))
    took = f"All in {time.perf_counter() - began:.0f} s; at the end: {load()}."
    publish(
        "growth",
        "\n".join([where, "", *(part.text for part in parts), took]),
        title="What a hospital that grows costs, beside one that is small",
        unit="times what the small one takes",
        bars=[bar for part in parts for bar in part.bars],
    )
    _publish_board(where, long)


def _queue(short: Place, long: Place, scale: Scale) -> Growth:
    sizes = Sizes(f"{FEW} waiting", f"{MANY:,} waiting")
    return _compared("A longer queue", sizes, short, long, scale)


def _history(new: Place, old: Place, scale: Scale) -> Growth:
    sizes = Sizes("no old tokens", f"{scale.old_tokens:,} old tokens")
    return _compared("Years of history", sizes, new, old, scale)


def _clinics(one: Place, many: Place, scale: Scale) -> Growth:
    sizes = Sizes("1 clinic", f"{scale.clinics} clinics")
    return _compared("More clinics", sizes, one, many, scale)


def _compared(title: str, sizes: Sizes, small: Place, large: Place, scale: Scale) -> Growth:
    return growth(title, sizes, small, large, turns=scale.turns, seconds=scale.seconds)


def _queues(hospital: Hospital, scale: Scale) -> tuple[Place, Place]:
    hospital.enter()
    people = iter(register(hospital.clinic, FEW + MANY + 2 * scale.newcomers))
    fill(hospital.department(SHORT), list(islice(people, FEW)), waiting=FEW)
    fill(hospital.department(LONG), list(islice(people, MANY)), waiting=MANY)
    short = Place(hospital, SHORT, list(islice(people, scale.newcomers)))
    return short, Place(hospital, LONG, list(people))


def _ordinary_day(
    hospital: Hospital, scale: Scale, *, after: Callable[[], Any] = lambda: None
) -> Place:
    """The same people in each hospital; all of them have been here in its years, if it has any."""
    hospital.enter()
    people = register(hospital.clinic, max(scale.old_tokens // VISITS_EACH, TOKENS_A_DAY))
    after()
    today, coming = WAITING + DONE, 2 * scale.newcomers
    fill(hospital.department(TODAY), people[:today], waiting=WAITING)
    return Place(hospital, TODAY, people[today : today + coming])


def _years(hospital: Hospital, tokens: int) -> None:
    began = time.perf_counter()
    remember(hospital.department(TODAY), tokens=tokens)
    print(f"({tokens:,} old tokens in {time.perf_counter() - began:.0f} s)", flush=True)


def _others(hospital: Hospital, clinics: int) -> None:
    began = time.perf_counter()
    settle(hospital, clinics=clinics)
    print(f"({clinics} more clinics in {time.perf_counter() - began:.0f} s)", flush=True)


def _publish_board(where: str, long: Place) -> None:
    """One that somebody waits for: after a change it is read once, for all who look."""
    typical = long.times[BOARD].typical * 1000
    bar = Bar(f"a board of {MANY:,} read anew", typical, BOARD_MS, at_most=True)
    title = "A board of everybody who waits"
    text = table(title, ["", "ms", "goal", ""], [[bar.label, *bar.told]])
    publish("board", f"{where}\n\n{text}", title=title, unit="milliseconds", bars=[bar])


if __name__ == "__main__":
    main()
