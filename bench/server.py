"""./dev bench server: what one process of the server holds in memory, and how soon it answers.

Without a socket and with ten thousand; from the start of the process to its first answers; and
whether it grows while it is asked for reads, pages and actions at a modest rate.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from statistics import linear_regression
from typing import NamedTuple
from urllib.parse import quote

from django.db import connections

from bench._circumstances import circumstances
from bench._hospital import Hospital, hospitals
from bench._memory import Memory, memory_of
from bench._open_files import allow_many_connections
from bench._ordinary_day import ROUNDS, OrdinaryDay
from bench._reads import read_for
from bench._results import Bar, publish
from bench._server import Running, server_process
from bench._sockets import Crowd
from bench._start_up import start_ups
from bench._table import table
from queues.models import Clinic
from queues.screens import passes

DATABASE = "test_bench_server"
BUSY = "BUSY"
EVERY_THREAD = 32  # connections that ask at once, so that each thread of the pool has been at work
AWHILE = 3.0  # seconds
EMPTY, FULL = "every thread was at work", "all sockets open"


class Sample(NamedTuple):
    minute: float
    memory: Memory
    asked: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.server", description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--quick", action="store_true", help="one minute of load")
    options = parser.parse_args()
    allow_many_connections()
    with hospitals([DATABASE], [BUSY]) as (hospital,):
        hospital.enter()
        Clinic.objects.update(open_walls=True)
        begun = _started(hospital)
        with server_process(hospital.database) as running:
            held = _filled(hospital, running, options.sockets)
            loaded = _loaded(hospital, running, 1 if options.quick else options.minutes)
    told = [circumstances(quick=options.quick), "", begun, _told(held, options.sockets), loaded]
    publish(
        "server",
        "\n".join(told),
        title="What one process of the server holds in memory",
        unit="MiB, resident",
        bars=[Bar(name, memory.rss / 1024) for name, memory in held.items()],
    )
    connections.close_all()


def _started(hospital: Hospital) -> str:
    cold, warm = start_ups(hospital.database)
    rows = [["nothing compiled yet", *cold.figures], ["the second time", *warm.figures]]
    head = ["", "/healthz, s", "first page, s", "the same page, ms"]
    return table("From the start of the process", head, rows)


Held = dict[str, Memory]


def _filled(hospital: Hospital, running: Running, sockets: int) -> Held:
    """Whether those who come later find the room of those who left, or take more."""
    held = {"just started": memory_of(running.pid)}
    asyncio.run(read_for(running.host, "/login/", EVERY_THREAD, AWHILE))
    held[EMPTY] = memory_of(running.pid)
    its_pass = passes.to(passes.Screen.WALL, [hospital.department(BUSY)])
    for full, left in ((FULL, "when they have left"), ("as many again", "when these have left")):
        crowd = Crowd(running.host, f"/live/?pass={quote(its_pass)}")
        held[full] = asyncio.run(_with(crowd, sockets, running.pid))
        time.sleep(AWHILE)
        held[left] = memory_of(running.pid)
    return held


async def _with(crowd: Crowd, sockets: int, pid: int) -> Memory:
    await crowd.open(sockets)
    await crowd.told(sockets)
    await asyncio.sleep(AWHILE)
    memory = memory_of(pid)
    crowd.close()
    return memory


def _told(held: Held, sockets: int) -> str:
    a_socket = (held[FULL].rss - held[EMPTY].rss) / sockets
    rows = [
        [name, *memory.figures, f"{a_socket:.1f}" if name == FULL else ""]
        for name, memory in held.items()
    ]
    head = ["", "RSS, MiB", "PSS, MiB", "KiB a socket"]
    return table(f"Memory of one process, {sockets:,} sockets", head, rows)


def _loaded(hospital: Hospital, running: Running, minutes: float) -> str:
    """A sample each minute; of a shorter load, ten all the same."""
    day = OrdinaryDay(hospital, running.host, BUSY)
    every = min(60.0, minutes * 6)
    samples = [Sample(0, memory_of(running.pid), 0)]
    for passed in day.rounds(minutes * 60):
        if passed >= every * len(samples):
            samples.append(Sample(passed / 60, memory_of(running.pid), day.asked))
    rows = [[f"{one.minute:.1f}", *one.memory.figures, f"{one.asked:,}"] for one in samples]
    title = f"Under load, {ROUNDS} rounds a second at most"
    figures = table(title, ["minutes", "RSS, MiB", "PSS, MiB", "requests"], rows)
    return f"{figures}RSS over the second half: {_slope(samples):+.0f} KiB a minute.\n"


def _slope(samples: list[Sample]) -> float:
    later = samples[len(samples) // 2 :]
    minutes, sizes = [one.minute for one in later], [float(one.memory.rss) for one in later]
    return linear_regression(minutes, sizes).slope


if __name__ == "__main__":
    main()
