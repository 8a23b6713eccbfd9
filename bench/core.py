"""./dev bench core: what the queue's three busiest actions cost, beside the least they could cost.

Things compared take turns, in one process and on one connection each, and figures are medians.
docs/bench.md explains the table.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from bench._circumstances import circumstances
from bench._contest import DEPARTMENTS, contest
from bench._hospital import hospitals, register
from bench._results import publish

DATABASE = "test_bench"


@dataclass(frozen=True)
class Scale:
    """How much is measured, and for how long at most."""

    patients: int
    seconds: float


FULL = Scale(patients=4500, seconds=45)
QUICK = Scale(patients=750, seconds=8)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.core", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="half a minute, less exact")
    scale = QUICK if parser.parse_args().quick else FULL
    began, where = time.perf_counter(), circumstances(quick=scale is QUICK)
    with hospitals([DATABASE], [*DEPARTMENTS.values()]) as (hospital,):
        hospital.enter()
        people = register(hospital.clinic, scale.patients)
        found = contest(hospital, people, seconds=scale.seconds)
    publish(
        "core",
        f"{where}\n\n{found.text}\nAll in {time.perf_counter() - began:.0f} s.",
        title="The busiest actions, beside Django's ORM and plain SQL",
        unit="parts of their rate",
        bars=found.bars,
    )


if __name__ == "__main__":
    main()
