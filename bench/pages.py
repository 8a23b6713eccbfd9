"""./dev bench pages: a page through our pool of threads, and through Django's own ASGI handler.

Two servers on the same settings and the same database, which take turns: each is served as it would
be in a hospital, and what one leaves behind in its process is not paid for by the other.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import quantiles

from bench._circumstances import circumstances, load
from bench._hospital import hospitals
from bench._reads import Load, one, read_for
from bench._results import Bar, publish
from bench._server import server
from bench._table import table

DATABASE = "test_bench_pages"
DEPARTMENTS = ("OPD", "LAB", "PHARMACY")
PAGES = {
    "two lines of text": "/robots.txt",
    "the log-in page, no query": "/login/",
    "departments, by query": "/api/departments",
}
OURS, DJANGOS = "our pool", "Django's own"
CONNECTIONS = 32
TURN = 2.0  # seconds
GOAL = 6  # times the requests of Django's own handler


@dataclass
class Served:
    """All turns of one page through one handler."""

    loads: list[Load] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.answered / sum(load.seconds for load in self.loads)

    @property
    def cpu_ms(self) -> float:
        return self.cpu / self.answered * 1000

    @property
    def answered(self) -> int:
        return sum(load.answered for load in self.loads)

    @property
    def refused(self) -> int:
        return sum(load.refused for load in self.loads)

    @property
    def p99_ms(self) -> float:
        return quantiles([took for load in self.loads for took in load.took], n=100)[98] * 1000


Measured = defaultdict[tuple[str, str], Served]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="two turns, less exact")
    options = parser.parse_args()
    with (
        hospitals([DATABASE], DEPARTMENTS) as (hospital,),
        server(hospital.database, "bench._pages_server:pooled") as ours,
        server(hospital.database, "bench._pages_server:djangos") as djangos,
    ):
        hosts = {OURS: ours, DJANGOS: djangos}
        measured = asyncio.run(_in_turns(hosts, 2 if options.quick else options.turns))
    _publish(measured, f"{circumstances(quick=options.quick)}; {load()}")


async def _in_turns(hosts: dict[str, str], turns: int) -> Measured:
    measured: Measured = defaultdict(Served)
    for turn in range(turns + 1):  # the first one wakes them up, and does not count
        for name, path in PAGES.items():
            for handler, host in hosts.items():
                served = measured[name, handler] if turn else Served()
                await _one_turn(served, host, path)
    return measured


async def _one_turn(served: Served, host: str, path: str) -> None:
    before = float(await one(host, "/bench/cpu"))
    served.loads.append(await read_for(host, path, CONNECTIONS, TURN))
    served.cpu += float(await one(host, "/bench/cpu")) - before


def _publish(measured: Measured, where: str) -> None:
    rows: list[list[str]] = []
    bars = [
        Bar(name, measured[name, OURS].rate / measured[name, DJANGOS].rate, GOAL) for name in PAGES
    ]
    for name, bar in zip(PAGES, bars, strict=True):
        ours, djangos = measured[name, OURS], measured[name, DJANGOS]
        its_cpu = f"{djangos.cpu_ms / ours.cpu_ms:.2f}"
        rows.append([name, OURS, *_figures(ours), "", "", "", ""])
        rows.append(["", DJANGOS, *_figures(djangos), its_cpu, *bar.told])
        rows.append([])
    head = ["page", "through", "requests/s", "CPU, ms", "p99, ms", "not 200"]
    head += ["times our CPU", "ours against it", "goal", ""]
    text = table(f"{CONNECTIONS} connections, one process", head, rows[:-1])
    publish(
        "pages",
        f"{where}\n\n{text}",
        title="A page through our pool of threads, against Django's own handler",
        unit="times its rate",
        bars=bars,
    )


def _figures(served: Served) -> list[str]:
    return [
        f"{served.rate:,.0f}",
        f"{served.cpu_ms:.2f}",
        f"{served.p99_ms:.1f}",
        f"{served.refused}",
    ]


if __name__ == "__main__":
    main()
