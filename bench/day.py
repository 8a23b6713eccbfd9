"""./dev bench day: a minute of the busiest day of a group of clinics, by API, as it comes.

Requests come by the clock (bench/_open_loop.py): 96 in a hundred read what everybody may read, 3 act,
1 is a page of the staff. What one of each kind costs is measured alone; then the whole at the rate
that is the goal; and where that does not hold, at lower ones until one does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from statistics import median, quantiles
from typing import NamedTuple

from bench import _cpu
from bench._circumstances import circumstances
from bench._group import Place, found_group, strangers
from bench._hospital import hospitals
from bench._mix import MIX, READS, Deck
from bench._open_loop import Client, Load
from bench._results import Bar, publish
from bench._server import server_process
from bench._table import table

DATABASE = "test_bench_day"
GOAL, P99 = 5_800, 0.050
RATES = (GOAL, 2_900, 1_450, 1_000, 700, 500, 350, 250, 150)
CONNECTIONS = 256
ALONE = 100  # requests of each kind


class Cost(NamedTuple):
    server: float
    database: float
    took: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.day", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20 clinics, a few seconds")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rates", type=int, nargs="+", default=RATES, help="a second, tried so")
    options = parser.parse_args()
    clinics, seconds = (20, 6.0) if options.quick else (200, 60.0)
    os.environ["LIMITS"] = "public=10000000/1,key=10000000/1"  # all come from one address
    with hospitals([DATABASE], ["DAY"]) as (hospital,):
        places = found_group(hospital, clinics)
        people = [one.public_id for one in strangers(hospital, 6_000 if options.quick else 20_000)]
        told = circumstances()
        with server_process(hospital.database, workers=options.workers) as running:
            deck = Deck(running.host, places, people)
            # A minute in the middle of a day: each process has been asked everything before.
            before = deck.everything(3)
            asyncio.run(Client(running.host, 64).run(60, len(before) / 60, before.pop))
            costs = {kind: _alone(running.host, running.pid, deck, kind) for kind in MIX}
            loads = _until_one_holds(running.host, deck, seconds, options.rates)
    _publish(told, places, costs, loads)


def _alone(host: str, pid: int, deck: Deck, kind: str) -> Cost:
    """At a rate at which nobody waits for anybody."""
    before = _cpu.of_tree(pid), _cpu.of_mariadb()
    count, rate = (10 * ALONE, 400.0) if kind in READS else (ALONE, 20.0)
    load = asyncio.run(Client(host, 8).run(rate, count / rate, lambda: deck.one(kind)))
    server, database = _cpu.of_tree(pid) - before[0], _cpu.of_mariadb() - before[1]
    return Cost(server / count, database / count, median(load.took[kind]))


def _until_one_holds(
    host: str, deck: Deck, seconds: float, rates: Sequence[int]
) -> dict[int, Load]:
    loads: dict[int, Load] = {}
    for rate in rates:
        lasts = seconds if rate == GOAL else seconds / 2
        loads[rate] = asyncio.run(Client(host, CONNECTIONS).run(rate, lasts, deck.draw))
        if _holds(loads[rate]):
            break
    return loads


def _holds(load: Load) -> bool:
    return not load.faults and not load.lost and _p99(_all(load)) <= P99


def _publish(
    told: str, places: list[Place], costs: dict[str, Cost], loads: dict[int, Load]
) -> None:
    highest = next((rate for rate, load in loads.items() if _holds(load)), 0)
    head = ["", "server CPU, ms", "database CPU, ms", "alone, ms", "of 1,000 requests"]
    rows = [
        [kind, *(f"{1e3 * part:.2f}" for part in cost), f"{MIX[kind]}"]
        for kind, cost in costs.items()
    ]
    sums = [
        sum(MIX[kind] * getattr(cost, part) for kind, cost in costs.items()) / 1000
        for part in ("server", "database")
    ]
    rows += [[], ["a request, on the average", *(f"{1e3 * one:.2f}" for one in sums), "", "1000"]]
    parts = [told, "", table("What one of each costs", head, rows)]
    parts += [_of_rate(rate, load) for rate, load in loads.items()]
    parts.append(
        f"The highest rate that holds: {highest:,} a second (goal {GOAL:,}), {len(places)} clinics."
    )
    publish(
        "day",
        "\n".join(parts),
        title="A group's busiest minute: requests a second that hold",
        unit="requests a second",
        bars=[Bar("all answered, p99 below 50 ms", highest, GOAL)],
    )


def _of_rate(rate: int, load: Load) -> str:
    head = ["", "answered", "p50, ms", "p99, ms", "slowest, ms"]
    kinds = {**{kind: load.took[kind] for kind in MIX}, "all": _all(load)}
    rows = [
        [kind, f"{len(took)}", *(f"{1e3 * one(took):.1f}" for one in (median, _p99, max))]
        for kind, took in kinds.items()
        if len(took) > 1
    ]
    faults = ", ".join(f"{count} x {name}" for name, count in load.faults.items()) or "none"
    title = f"{rate:,} a second: {'held' if _holds(load) else 'not held'}"
    more = f"Asked {load.asked}, without an answer {load.lost}, faults: {faults}.\n"
    return table(title, head, rows) + more


def _all(load: Load) -> list[float]:
    return [took for each in load.took.values() for took in each]


def _p99(took: list[float]) -> float:
    return quantiles(took, n=100)[98]


if __name__ == "__main__":
    main()
