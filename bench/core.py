"""./dev bench core: what the queue's three busiest actions cost, and whether size slows them.

Things compared take turns, in one process and on one connection each, and figures are medians.
docs/bench.md explains the tables.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from itertools import islice

from bench._circumstances import circumstances
from bench._contest import DEPARTMENTS, contest
from bench._growth import Place, longer_queue, older_hospital
from bench._history import remember
from bench._hospital import Hospital, fill, hospitals, register
from bench._stopwatch import WARM_UP

DATABASES = ("test_bench", "test_bench_new", "test_bench_old")
TODAY, SHORT, LONG = "TODAY", "SHORT", "LONG"
FEW, MANY = 50, 5000  # who wait in a short and in a long queue
WAITING, DONE = 300, 100  # on an ordinary day
PEOPLE = 10_000  # who come again and again: a hundred visits each in a long history


@dataclass(frozen=True)
class Scale:
    """How much is measured; `seconds` bound each of the three parts."""

    patients: int
    turns: int
    seconds: float
    old_tokens: int


FULL = Scale(patients=4500, turns=300, seconds=45, old_tokens=1_000_000)
QUICK = Scale(patients=750, turns=50, seconds=8, old_tokens=100_000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.core", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less than a minute, less exact")
    scale = QUICK if parser.parse_args().quick else FULL
    began = time.perf_counter()
    print(circumstances(), end="\n\n")
    with hospitals(DATABASES, [*DEPARTMENTS.values(), TODAY, SHORT, LONG]) as (busy, new, old):
        print(_contest(busy, scale))
        print(_longer_queue(busy, scale))
        print(_older_hospital(new, old, scale))
    print(f"All in {time.perf_counter() - began:.0f} s.")


def _contest(hospital: Hospital, scale: Scale) -> str:
    hospital.enter()
    people = register(hospital.clinic, scale.patients)
    return contest(hospital, people, seconds=scale.seconds)


def _longer_queue(hospital: Hospital, scale: Scale) -> str:
    newcomers = scale.turns + WARM_UP
    hospital.enter()
    people = iter(register(hospital.clinic, FEW + MANY + 2 * newcomers))
    fill(hospital.department(SHORT), list(islice(people, FEW)), waiting=FEW)
    fill(hospital.department(LONG), list(islice(people, MANY)), waiting=MANY)
    short = Place(hospital, SHORT, list(islice(people, newcomers)))
    long = Place(hospital, LONG, list(people))
    return longer_queue(short, long, turns=scale.turns, seconds=scale.seconds)


def _older_hospital(new: Hospital, old: Hospital, scale: Scale) -> str:
    young, aged = _at_work(new, 0), _at_work(old, scale.old_tokens)
    return older_hospital(young, aged, scale.old_tokens, turns=scale.turns, seconds=scale.seconds)


def _at_work(hospital: Hospital, old_tokens: int) -> Place:
    """An ordinary day, after years or none at all; everybody has been here in those years."""
    hospital.enter()
    people = register(hospital.clinic, PEOPLE)
    today, newcomers = people[: WAITING + DONE], people[WAITING + DONE :]
    if old_tokens:
        began = time.perf_counter()
        remember(hospital.department(TODAY), tokens=old_tokens)
        print(f"({old_tokens:,} old tokens in {time.perf_counter() - began:.0f} s)\n")
    fill(hospital.department(TODAY), today, waiting=WAITING)
    return Place(hospital, TODAY, newcomers)


if __name__ == "__main__":
    main()
