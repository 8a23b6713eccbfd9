"""./dev bench reads: what everybody may read, told by the door.

Each against the least that any ASGI application can do on the same server, in turns. The client
needs a core for itself, so rates are told by what a request costs the server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections import defaultdict
from statistics import quantiles

from bench import _agenda
from bench._circumstances import circumstances
from bench._hospital import fill, hospitals, register
from bench._reads import Load, one, read_for
from bench._results import Bar, publish
from bench._server import server
from bench._table import table
from queues.actions import calling
from queues.models import Clinic

DATABASE = "test_bench_reads"
BUSY = "BUSY"
HELLO = "/bench/hello"
READS = {
    "hello": HELLO,
    "now serving": f"/api/now_serving?department={BUSY}",
    "queue of 50": f"/api/queue?department={BUSY}",
    "availability": "/api/availability?limit=20",
}
LEAST = 0.5  # of what the server can do at best
CONNECTIONS = 32
TURN = 1.0  # seconds
Measured = dict[str, list[tuple[Load, float]]]  # each with the server's seconds of CPU


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reads", description=__doc__)
    parser.add_argument("--turns", type=int, default=6)
    turns = parser.parse_args().turns
    os.environ["LIMITS"] = "public=10000000/1"  # all come from one address, and faster than it may
    with hospitals([DATABASE], [BUSY]) as (hospital,):
        hospital.enter()
        Clinic.objects.update(open_walls=True)
        fill(hospital.department(BUSY), register(hospital.clinic, 50), waiting=50)
        calling.call_next(hospital.counter(BUSY), by=hospital.nurse())
        _agenda.slots(hospital.department(BUSY), 40, capacity=2)
        with server(hospital.database, "bench._reads_server:application") as host:
            _publish(asyncio.run(_measured(host, turns)))


async def _measured(host: str, turns: int) -> Measured:
    for path in READS.values():  # it wakes up
        await read_for(host, path, CONNECTIONS, 0.2)
    loads: defaultdict[str, list[tuple[Load, float]]] = defaultdict(list)
    for _turn in range(turns):
        for name, path in READS.items():
            before = float(await one(host, "/bench/cpu"))
            load = await read_for(host, path, CONNECTIONS, TURN)
            loads[name].append((load, float(await one(host, "/bench/cpu")) - before))
    return loads


def _publish(loads: Measured) -> None:
    costs = {
        name: sum(cpu for _load, cpu in each) / sum(load.answered for load, _cpu in each)
        for name, each in loads.items()
    }
    shares = {name: Bar(name, costs["hello"] / cost, LEAST) for name, cost in costs.items()}
    del shares["hello"]
    rows = [
        _row(name, [load for load, _ in each], costs[name], shares.get(name))
        for name, each in loads.items()
    ]
    head = ["", "requests/s", "CPU, µs", "p99, ms", "not 200", "of hello", "goal", ""]
    publish(
        "reads",
        f"{circumstances()}\n\n{table(f'{CONNECTIONS} connections, one process', head, rows)}",
        title="What everybody may read, beside the least that a server can say",
        unit="parts of that rate, by the CPU that a request costs",
        bars=[*shares.values()],
    )


def _row(name: str, loads: list[Load], cost: float, share: Bar | None) -> list[str]:
    rate = sum(load.answered for load in loads) / sum(load.seconds for load in loads)
    p99 = quantiles([took for load in loads for took in load.took], n=100)[98]
    figures = [f"{rate:,.0f}", f"{cost * 1e6:.0f}", f"{p99 * 1e3:.1f}"]
    refused = f"{sum(load.refused for load in loads)}"
    return [name, *figures, refused, *(share.told if share else ["1", "", ""])]


if __name__ == "__main__":
    main()
