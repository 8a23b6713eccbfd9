"""./dev bench sockets: one call to ten thousand open screens of a server of two processes.

Ours (the change itself, a hint to the other process, one reading and one render in each, a line for
each socket) against the least: in each process one bare loop, which sends a finished text over the
very same sockets.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import dataclass, field
from statistics import mean, median
from typing import NamedTuple
from urllib.parse import quote

from bench._circumstances import circumstances
from bench._hospital import fill, hospitals, register
from bench._open_files import allow_many_connections
from bench._processes import ask_all
from bench._results import Bar, publish
from bench._server import server
from bench._sockets import Crowd
from bench._table import table
from bench._wire import Wire
from queues.actions import calling
from queues.models import Clinic
from queues.screens import passes

DATABASE = "test_bench_sockets"
BUSY = "BUSY"
PEOPLE = 60
PROCESSES = 2
LONGEST = 0.5  # seconds, until the last screen has it
GOAL = 0.7  # of the bare loop
QUIET = 0.5  # seconds: what renews itself is not in the way


@dataclass
class Told:
    """Seconds until the last screen had it, and until the server had sent it; seconds of CPU of all
    processes of the server."""

    last: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def figures(self, sockets: int) -> list[str]:
        rate = sockets / median(self.last)
        times = [f"{median(self.last):.3f}", f"{median(self.sent):.3f}"]
        return [*times, f"{rate:,.0f}", f"{mean(self.cpu) * 1000:.0f}"]


class Measured(NamedTuple):
    opening: float  # seconds until all were open
    ours: Told
    bare: Told


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sockets", description=__doc__)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="four changes, less exact")
    options = parser.parse_args()
    changes = 4 if options.quick else options.changes
    allow_many_connections()
    with hospitals([DATABASE], [BUSY]) as (hospital,):
        hospital.enter()
        Clinic.objects.update(open_walls=True)
        fill(hospital.department(BUSY), register(hospital.clinic, PEOPLE), waiting=PEOPLE)
        calling.call_next(hospital.counter(BUSY), by=hospital.nurse())
        its_pass = passes.to(passes.Screen.WALL, [hospital.department(BUSY)])
        application = "bench._sockets_server:application"
        with server(hospital.database, application, workers=PROCESSES) as host:
            measured = asyncio.run(_measured(host, its_pass, options.sockets, changes))
    _publish(measured, options.sockets, circumstances(quick=options.quick))


async def _measured(host: str, its_pass: str, sockets: int, changes: int) -> Measured:
    walls = Crowd(host, f"/live/?pass={quote(its_pass)}")
    began = time.monotonic()
    await walls.open(sockets)
    await walls.told(sockets)
    opening = time.monotonic() - began
    ours, bare = Told(), Told()
    for _ in range(changes):  # in turns, so that a noisy moment is noisy to both
        await _one_change(walls, "ours", ours)
        await _one_change(walls, "bare", bare)
    walls.close()
    return Measured(opening, ours, bare)


def _publish(measured: Measured, sockets: int, where: str) -> None:
    opening, ours, bare = measured
    last = Bar("a call, ours", median(ours.last), LONGEST, at_most=True)
    share = Bar("ours against bare loops", median(bare.last) / median(ours.last), GOAL)
    rows = [
        [last.label, *ours.figures(sockets), "its last screen, s", *last.told],
        ["a text, bare loops", *bare.figures(sockets), "ours against it", *share.told],
    ]
    head = [
        "",
        "last screen, s",
        "all sent, s",
        "messages/s",
        "CPU, ms",
        "judged by",
        "",
        "goal",
        "",
    ]
    title = f"One call to {sockets:,} screens of {PROCESSES} processes"
    text = f"{where}\n\n{table(f'{title} (all open in {opening:.1f} s)', head, rows)}"
    others = Bar("a text, bare loops", median(bare.last))
    unit = "seconds until the last screen has it"
    publish("sockets", text, title=title, unit=unit, bars=[last, others])
    text = table(title, ["", "", "goal", ""], [[share.label, *share.told]])
    rate = "parts of their rate"
    publish("sockets_rate", f"{where}\n\n{text}", title=title, unit=rate, bars=[share])


async def _one_change(walls: Crowd, way: str, told: Told) -> None:
    await asyncio.sleep(QUIET)
    wanted = walls.boards + len(walls.sockets)
    before = await asyncio.to_thread(_cpu, walls.host)
    began = await asyncio.to_thread(_begin, walls.host, way)
    told.last.append(await walls.told(wanted) - began)
    told.cpu.append(await asyncio.to_thread(_cpu, walls.host) - before)
    told.sent.append(await asyncio.to_thread(_sent, walls.host) - began)


def _begin(host: str, way: str) -> float:
    """The change is made in one process, wherever that is; the bare loops run in each."""
    if way == "bare":
        return min(ask_all(host, "/bench/bare", processes=PROCESSES))
    wire = Wire(host)
    began = float(wire.get(f"/bench/{way}"))
    wire.close()
    return began


def _cpu(host: str) -> float:
    return sum(ask_all(host, "/bench/cpu", processes=PROCESSES))


def _sent(host: str) -> float:
    return max(ask_all(host, "/bench/sent", processes=PROCESSES))


if __name__ == "__main__":
    main()
