"""./dev bench live: one change to thousands of open screens.

Ours (the change itself, one reading, one render, a line for each socket) against one bare loop
that sends a finished text over the same sockets, and against Channels' own group_send.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import time
from statistics import median
from typing import NamedTuple
from urllib.parse import quote

from bench._circumstances import circumstances
from bench._hospital import fill, hospitals, register
from bench._results import Bar, publish
from bench._server import server
from bench._sockets import Crowd
from bench._table import table
from queues.actions import calling
from queues.models import Clinic
from queues.screens import passes

DATABASE = "test_bench_live"
BUSY = "BUSY"
PEOPLE = 60


class Measured(NamedTuple):
    """Seconds: until all were open, and of each change."""

    opening: float
    ours: list[float]
    bare: list[float]
    group: list[float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.live", description=__doc__)
    parser.add_argument("--sockets", type=int, default=5_000)
    parser.add_argument("--changes", type=int, default=15)
    options = parser.parse_args()
    with hospitals([DATABASE], [BUSY]) as (hospital,):
        hospital.enter()
        Clinic.objects.update(open_walls=True)
        fill(hospital.department(BUSY), register(hospital.clinic, PEOPLE), waiting=PEOPLE)
        calling.call_next(hospital.counter(BUSY), by=hospital.nurse())
        its_pass = passes.to(passes.Screen.WALL, [hospital.department(BUSY)])
        with server(hospital.database, "bench._live_server:application") as host:
            times = asyncio.run(_measured(host, its_pass, options.sockets, options.changes))
    _publish(times, options.sockets)


async def _measured(host: str, its_pass: str, sockets: int, changes: int) -> Measured:
    walls = Crowd(host, f"/live/?pass={quote(its_pass)}")
    began = time.monotonic()
    await walls.open(sockets)
    await walls.told(sockets)
    opening = time.monotonic() - began
    ours, bare = [], []
    for _ in range(changes):  # in turns, so that a noisy moment is noisy to both
        ours.append(await _one_change(walls, "ours"))
        bare.append(await _one_change(walls, "bare"))
    walls.close()
    members = Crowd(host, "/group/")
    await members.open(sockets)
    group = [await _one_change(members, "group") for _ in range(max(3, changes // 4))]
    members.close()
    return Measured(opening, ours, bare, group)


def _publish(measured: Measured, sockets: int) -> None:
    opening, ours, bare, group = measured
    mine, loop, channels = (sockets / median(times) for times in (ours, bare, group))
    bars = [
        Bar("against one bare loop", mine / loop, 0.7),
        Bar("against group_send", mine / channels, 10),
    ]
    rows = [
        ["a change, ours", *_figures(ours, mine), "", "", ""],
        ["a text, one bare loop", *_figures(bare, loop), *bars[0].told],
        ["a text, group_send", *_figures(group, channels), *bars[1].told],
    ]
    head = ["", "last screen, s", "messages/s", "ours against it", "goal", ""]
    title = f"One change to {sockets:,} open screens (all open in {opening:.1f} s)"
    publish(
        "live",
        f"{circumstances()}\n\n{table(title, head, rows)}",
        title=f"One change to {sockets:,} open screens",
        unit="times their rate",
        bars=bars,
    )


def _figures(times: list[float], rate: float) -> list[str]:
    return [f"{median(times):.3f}", f"{rate:,.0f}"]


async def _one_change(crowd: Crowd, way: str) -> float:
    """Seconds until the last screen has it."""
    await asyncio.sleep(0.5)  # what renews itself is not in the way
    wanted = crowd.boards + len(crowd.sockets)
    began = await asyncio.to_thread(_ask, crowd.host, way)
    return await crowd.told(wanted) - began


def _ask(host: str, way: str) -> float:
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("GET", f"/bench/{way}")
    answer = float(connection.getresponse().read())
    connection.close()
    return answer


if __name__ == "__main__":
    main()
