"""./dev bench actions: what is done at a desk, over HTTP, without it, and in SQL by hand.

First by one hand, in turns, then by eight at once. The actions without HTTP are called in a process
that serves nobody; only one of the three is at work at any moment.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, cycle

from django.db import connections

from bench import _agenda
from bench._circumstances import circumstances
from bench._hospital import Hospital, hospitals, register
from bench._results import Bar, publish
from bench._rush import Act, Rush, rush
from bench._server import server
from bench._stopwatch import Times, in_turns
from bench._table import table
from bench._wire import Wire
from bench._workers import ByActions, ByApi, InSql, Newcomer, Worker, counters_of, newcomers
from queues.actions import issuing, keys
from queues.models import Counter, DayBook, Slot
from queues.rules.rights import SYSTEM, Role
from queues.screens.chain import first_break

DATABASE = "test_bench_actions"
API, BARE, SQL = "over HTTP", "without HTTP", "SQL by hand"
DEPARTMENTS = {API: "API", BARE: "BARE", SQL: "SQL"}
ACTIONS = TAKE_IN, CALL, BOOK = "register, and a number", "complete, call next", "book"
HANDS = 8
WAITING = 60
GOAL = 0.7  # of the rate without HTTP
HINT_IS_OUT = 0.001  # seconds after which our last hint costs nobody else time
HEAD = ["action", "", "median, ms", "HTTP reaches", "goal", ""]
HEAD += [f"{HANDS} at once, 1/s", "CPU, ms", "HTTP reaches", "goal", ""]


class Place:
    """Where one of the three works: its hands, its slots, its newcomers; and its process's CPU."""

    def __init__(
        self,
        workers: list[Worker],
        slots: list[Slot],
        whom: Iterator[Newcomer],
        cpu: Callable[[], float],
    ) -> None:
        self.workers, self.slots, self.whom, self.cpu = workers, cycle(slots), whom, cpu

    def act(self, action: str, worker: Worker) -> Act:
        """All that it takes is at hand before the clock runs."""
        if action == TAKE_IN:
            return partial(worker.take_in, next(self.whom))
        return worker.call_next if action == CALL else partial(worker.book, next(self.slots))

    def acts(self, action: str, each: int) -> list[Sequence[Act]]:
        return [[self.act(action, worker) for _act in range(each)] for worker in self.workers]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.actions", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer turns, less exact")
    is_quick = parser.parse_args().quick
    with hospitals([DATABASE], list(DEPARTMENTS.values())) as (hospital,):
        hospital.enter()
        with server(hospital.database, "bench._reads_server:application") as host:
            places = _places(hospital, host)
            times = _one_hand(places, turns=30 if is_quick else 300)
            rushes = _many_hands(places, rounds=2 if is_quick else 6, each=10 if is_quick else 30)
        told = [circumstances(quick=is_quick), "", _told(times, rushes), *_ledgers(), ""]
    publish(
        "actions",
        "\n".join(told),
        title="What is done at a desk over HTTP, against the same without HTTP",
        unit="parts of its rate",
        bars=_bars(times, rushes),
    )
    connections.close_all()


def _places(hospital: Hospital, host: str) -> dict[str, Place]:
    key, secret = keys.make("bench", Role.STAFF, hospital.clinic, None, by=SYSTEM)
    actor, whom = key.as_actor(), newcomers(hospital.clinic)
    ways: dict[str, Callable[[Counter], Worker]] = {
        API: lambda counter: ByApi(Wire(host, secret), counter),
        BARE: lambda counter: ByActions(counter, actor),
        SQL: lambda counter: InSql(counter, actor),
    }
    cpu = dict.fromkeys(ways, time.process_time)
    cpu[API] = partial(_cpu_of_server, Wire(host))
    return {
        name: Place(*_place(hospital, DEPARTMENTS[name], way), whom, cpu[name])
        for name, way in ways.items()
    }


def _cpu_of_server(wire: Wire) -> float:
    return float(wire.get("/bench/cpu"))


def _place(
    hospital: Hospital, code: str, way: Callable[[Counter], Worker]
) -> tuple[list[Worker], list[Slot]]:
    department = hospital.department(code)
    for number in range(3, HANDS + 1):  # two are there from the start
        Counter.objects.create(department=department, code=str(number), is_open=True)
    for patient in register(hospital.clinic, WAITING):
        issuing.issue(patient, department, by=SYSTEM)
    workers = [way(counter) for counter in counters_of(code)]
    return workers, _agenda.slots(department, 200, capacity=50)


Timed = dict[str, dict[str, Times]]


def _one_hand(places: dict[str, Place], turns: int) -> Timed:
    times: Timed = {name: {act: Times() for act in ACTIONS} for name in places}
    in_turns(
        [partial(_one_turn, place, times[name]) for name, place in places.items()],
        chain.from_iterable(each.values() for each in times.values()),
        most=turns,
        seconds=90,
    )
    return times


def _one_turn(place: Place, times: dict[str, Times]) -> None:
    for action, its in times.items():
        its.of(place.act(action, place.workers[0]))
        time.sleep(HINT_IS_OUT)


@dataclass
class Rushes:
    """All rushes of one action, done in one way, and seconds of CPU of the process that did it."""

    each: list[Rush] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def done(self) -> int:
        return sum(one.done for one in self.each)

    @property
    def rate(self) -> float:
        return self.done / sum(one.seconds for one in self.each)

    @property
    def figures(self) -> list[str]:
        return [f"{self.rate:.0f}", f"{self.cpu / self.done * 1000:.2f}"]


Crowded = defaultdict[tuple[str, str], Rushes]


def _many_hands(places: dict[str, Place], rounds: int, each: int) -> Crowded:
    """Whoever is taken in by one round is called in it: the line keeps its length."""
    rushes: Crowded = defaultdict(Rushes)
    for turn in range(rounds + 1):  # the first one wakes their threads up, and does not count
        for name in random.sample(list(places), len(places)):
            for action in ACTIONS:
                _rush(places[name], action, each, rushes[action, name] if turn else Rushes())
    return rushes


def _rush(place: Place, action: str, each: int, into: Rushes) -> None:
    acts, before = place.acts(action, each), place.cpu()
    into.each.append(rush(acts))
    into.cpu += place.cpu() - before


def _told(times: Timed, rushes: Crowded) -> str:
    rows: list[list[str]] = []
    for action in ACTIONS:
        for name in DEPARTMENTS:
            row = [action if name == API else "", name]
            row += [
                f"{times[name][action].typical * 1000:.2f}",
                *_reached(_alone(times, action, name)),
            ]
            row += [*rushes[action, name].figures, *_reached(_together(rushes, action, name))]
            rows.append(row)
        rows.append([])
    return table("What is done at a desk, one process", HEAD, rows[:-1]) + _errors(rushes)


def _bars(times: Timed, rushes: Crowded) -> list[Bar]:
    """Only these have a goal; SQL by hand is there to compare."""
    bars = [(_alone(times, action, BARE), _together(rushes, action, BARE)) for action in ACTIONS]
    return [bar for both in bars for bar in both if bar]


def _alone(times: Timed, action: str, name: str) -> Bar | None:
    share = times[name][action].against(times[API][action])
    return _bar(f"{action}: one hand", share, name)


def _together(rushes: Crowded, action: str, name: str) -> Bar | None:
    share = rushes[action, API].rate / rushes[action, name].rate
    return _bar(f"{action}: {HANDS} at once", share, name)


def _bar(label: str, share: float, name: str) -> Bar | None:
    """How much of the other's rate HTTP reaches."""
    return None if name == API else Bar(label, share, GOAL if name == BARE else None)


def _reached(bar: Bar | None) -> list[str]:
    return bar.told if bar else ["", "", ""]


def _errors(rushes: Crowded) -> str:
    """What was asked for and not done would make a rate look better than it is."""
    told = [
        f"{count} × {outcome}, {name}: {action}\n"
        for (action, name), many in rushes.items()
        for one in many.each
        for outcome, count in one.outcomes.items()
        if outcome != "done"
    ]
    return "".join(told)


def _ledgers() -> Iterator[str]:
    for book in DayBook.objects.select_related("department").order_by("ledger"):
        broken, whose = first_break(book), book.department or "the clinic"
        yield f"The ledger of {whose}: {broken or f'whole, {book.seq} events'}."


if __name__ == "__main__":
    main()
