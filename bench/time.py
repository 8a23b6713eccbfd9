"""./dev bench time: how quick a free place is found among a million slots of 200 clinics.

Each question is asked through the API, the whole way from the request to its bytes: first as one
that nobody has asked, then once more, as one that is kept. In turns with both it is one SELECT by
hand. docs/bench.md explains the tables.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles

from django.core import signals
from django.db import close_old_connections, connection
from django.test import Client

from bench._circumstances import circumstances, load
from bench._clinics import fill_clinics
from bench._hospital import hospitals
from bench._questions import PAGES, QUESTIONS, Asked, House
from bench._results import Bar, publish
from bench._stopwatch import WARM_UP, Times, in_turns
from bench._table import table
from queues.screens.answers import shelf

DATABASE = "test_bench_time"
GOAL_MS = 50
HEAD = [
    "looked for",
    "rows",
    "by hand, ms",
    "first, ms",
    "kept, ms",
    "CPU",
    "CPU kept",
    "p99 by hand",
    "p99 first",
    "goal",
    "",
    "p99 kept",
    "goal",
    "",
]
PAGE_HEAD = ["looked for", "doctors", "CPU", "p50 ms", "p99 ms"]


@dataclass(frozen=True)
class Scale:
    clinics: int
    turns: int
    seconds: float  # for each question


FULL = Scale(clinics=200, turns=400, seconds=20)
QUICK = Scale(clinics=20, turns=60, seconds=4)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.time", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the slots, fewer turns")
    scale = QUICK if parser.parse_args().quick else FULL
    signals.request_started.disconnect(close_old_connections)  # the database is another one here
    signals.request_finished.disconnect(close_old_connections)
    where = circumstances(quick=scale is QUICK)
    with hospitals([DATABASE], ["OPD"]) as (hospital,):
        began = time.perf_counter()
        slots = fill_clinics(hospital, clinics=scale.clinics, doctors=20, days=14)
        took = time.perf_counter() - began
        filled = f"{slots:,} slots of {scale.clinics} clinics, filled in {took:.0f} s; {load()}"
        print(filled, flush=True)
        asked = [_asked(ask, name, scale) for name, ask in QUESTIONS.items()]
        pages = [_page(ask, name, scale) for name, ask in PAGES.items()]
    title = f"Free places among {slots:,} slots"
    text = [
        where,
        f"\n{filled}\n",
        table(title, HEAD, [row for row, _bars in asked]),
        table("The same on the portal's page", PAGE_HEAD, pages),
        f"At the end: {load()}",
    ]
    publish(
        "time",
        "\n".join(text),
        title=title,
        unit="milliseconds, for 99 of 100",
        bars=[bar for _row, bars in asked for bar in bars],
    )


def _asked(
    ask: Callable[[House], Asked], name: str, scale: Scale
) -> tuple[list[str], tuple[Bar, Bar]]:
    """Its row, and how slow it is at worst."""
    house, client = House(), Client(headers={"host": "localhost"})
    by_hand, first, kept = Times(), Times(), Times()
    found: list[int] = []

    def ours(asked: Asked) -> None:
        shelf.forget()
        answer = first.of(lambda: _through_the_api(client, asked))
        assert kept.of(lambda: _through_the_api(client, asked)) == answer
        found.append(len(json.loads(answer)["items"]))

    def turn() -> None:
        asked = ask(house)
        for one in house.draw.sample([0, 1], 2):
            if one:
                ours(asked)
            else:
                by_hand.of(lambda: _by_hand(asked))

    in_turns([turn], [by_hand, first, kept], most=scale.turns, seconds=scale.seconds)
    rows = sum(found[WARM_UP:]) / len(found[WARM_UP:])
    typical = [f"{_at(times, 50):.1f}" for times in (by_hand, first, kept)]
    figures = [*typical, f"{first.cpu_ms:.1f}", f"{kept.cpu_ms:.1f}", f"{_at(by_hand, 99):.1f}"]
    bars = (
        Bar(f"{name}, first", _at(first, 99), GOAL_MS, at_most=True),
        Bar(f"{name}, kept", _at(kept, 99), GOAL_MS, at_most=True),
    )
    return [name, f"{rows:.0f}", *figures, *bars[0].told, *bars[1].told], bars


def _page(ask: Callable[[House], dict[str, str]], name: str, scale: Scale) -> list[str]:
    house, client = House(), Client(headers={"host": "localhost"})
    times, found = Times(), list[int]()

    def turn() -> None:
        answer = times.of(lambda: client.get("/book/", ask(house)))
        assert answer.status_code == 200, answer.content
        found.append(answer.content.count(b"<article"))

    in_turns([turn], [times], most=scale.turns // 2, seconds=scale.seconds / 2)
    typical, slowest = (f"{_at(times, percent):.1f}" for percent in (50, 99))
    return [name, f"{found[-1]}", f"{times.cpu_ms:.1f}", typical, slowest]


def _through_the_api(client: Client, asked: Asked) -> bytes:
    answer = client.get(f"/api{asked.path}", asked.query)
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def _by_hand(asked: Asked) -> bytes:
    """The same rows as JSON bytes, through the driver's own cursor."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    now = datetime.now(UTC).replace(tzinfo=None)
    sql = asked.sql.format(more=asked.more, limit=asked.limit)
    cursor.execute(sql, (now, *asked.values))
    return json.dumps(cursor.fetchall(), default=str).encode()


def _at(times: Times, percent: int) -> float:
    return quantiles(times.wall, n=100)[percent - 1] * 1000


if __name__ == "__main__":
    main()
