"""All processes of one server, asked at the same moment. The kernel deals connections out, so it is
tried until there is one to each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bench._wire import Wire

TRIES = 200


def ask_all(host: str, path: str, *, processes: int) -> list[float]:
    wires = _one_to_each(host, processes)
    with ThreadPoolExecutor(processes) as threads:
        said = list(threads.map(lambda wire: float(wire.get(path)), wires))
    for wire in wires:
        wire.close()
    return said


def _one_to_each(host: str, processes: int) -> list[Wire]:
    found: dict[int, Wire] = {}
    for _try in range(TRIES):
        wire = Wire(host)
        process = int(wire.get("/bench/pid"))
        if process in found:
            wire.close()
        else:
            found[process] = wire
        if len(found) == processes:
            return list(found.values())
    raise TimeoutError(f"{len(found)} of {processes} processes answer")
