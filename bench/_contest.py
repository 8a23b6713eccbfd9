"""Issue, call and complete, written three ways, a patient each in turns."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection

from bench._bar import Bar
from bench._bare import Bare
from bench._by_hand import ByHand
from bench._contenders import ACTIONS, Contender, Ours, service
from bench._hospital import Hospital
from bench._stopwatch import WARM_UP, Times, in_turns
from bench._table import table
from queues.models import DayBook, Patient
from queues.screens.chain import first_break

OURS, BARE, BY_HAND = "ours", "bare ORM", "by hand"
DEPARTMENTS = {OURS: "OURS", BARE: "BARE", BY_HAND: "HAND"}
GOALS = {BARE: 0.7, BY_HAND: 0.3}
HINT_IS_OUT = 0.001  # seconds after which our last hint costs nobody else time
HEAD = ["action", "written", "statements", "CPU ms", "actions/s", "ours reaches", "goal", ""]


class Contest(NamedTuple):
    text: str
    bars: list[Bar]


def contest(hospital: Hospital, patients: Sequence[Patient], *, seconds: float) -> Contest:
    """Who is how quick, and whether the ledgers are whole afterwards."""
    hospital.enter()
    queue, nurse = iter(patients), hospital.nurse()
    counters = {name: hospital.counter(code) for name, code in DEPARTMENTS.items()}
    for counter in counters.values():  # the first patient opens the day book
        for act in service(Ours(counter, nurse), next(queue)).values():
            act()
    contenders: dict[str, Contender] = {
        OURS: Ours(counters[OURS], nurse),
        BARE: Bare(counters[BARE], nurse),
        BY_HAND: ByHand(counters[BY_HAND], nurse),
    }
    statements = {name: _statements(each, next(queue)) for name, each in contenders.items()}
    sent = {name: _sent(contenders[name], next(queue)) for name in (OURS, BARE)}
    times = {name: {action: Times() for action in ACTIONS} for name in contenders}
    in_turns(
        [partial(_take_turn, each, queue, times[name]) for name, each in contenders.items()],
        chain.from_iterable(each.values() for each in times.values()),
        most=len(patients) // len(contenders) - WARM_UP - 4,
        seconds=seconds,
    )
    reached = _reached(times)
    rows = _rows(statements, times, reached)
    figures = table("Against the framework, and against plain SQL", HEAD, rows)
    return Contest("\n".join([figures, *_unlike(sent), *_ledgers(), ""]), [*reached.values()])


def _take_turn(contender: Contender, queue: Iterator[Patient], times: dict[str, Times]) -> None:
    for action, act in service(contender, next(queue)).items():
        times[action].of(act)
    time.sleep(HINT_IS_OUT)


def _statements(contender: Contender, patient: Patient) -> dict[str, int]:
    """As the server counts them: with BEGIN, COMMIT and whatever a driver adds."""
    counts = {}
    for action, act in service(contender, patient).items():
        before = _questions(contender.connection)
        act()
        counts[action] = _questions(contender.connection) - before - 1  # the question itself
    return counts


def _questions(session: Any) -> int:
    cursor = session.cursor()
    cursor.execute("SHOW SESSION STATUS LIKE 'Questions'")
    return int(cursor.fetchone()[1])


def _sent(contender: Contender, patient: Patient) -> Counter[str]:
    """What goes through Django to the database: verbs and tables."""
    sent: Counter[str] = Counter()

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        table = re.search(r"(?:FROM|INTO|UPDATE) `?(\w+)", sql)
        sent[f"{sql.split()[0]} {table[1] if table else ''}"] += 1
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        for act in service(contender, patient).values():
            act()
    return sent


def _reached(times: dict[str, dict[str, Times]]) -> dict[tuple[str, str], Bar]:
    """Our rate as a part of each of the others'."""
    return {
        (action, name): Bar(
            f"{action}, against {name}", times[name][action].against(times[OURS][action]), goal
        )
        for action in ACTIONS
        for name, goal in GOALS.items()
    }


def _rows(
    statements: dict[str, dict[str, int]],
    times: dict[str, dict[str, Times]],
    reached: dict[tuple[str, str], Bar],
) -> list[list[str]]:
    rows: list[list[str]] = []
    for action in ACTIONS:
        for name in DEPARTMENTS:
            its = times[name][action]
            told = reached[action, name].told if name in GOALS else ["", "", ""]
            figures = [f"{statements[name][action]}", f"{its.cpu_ms:.2f}", f"{1 / its.typical:.0f}"]
            rows.append([action if name == OURS else "", name, *figures, *told])
        rows.append([])
    return rows[:-1]


def _unlike(sent: dict[str, Counter[str]]) -> Iterator[str]:
    """The bare ORM must send what we send, or it is no measure for us."""
    for one, other in ((OURS, BARE), (BARE, OURS)):
        for statement, times in (sent[one] - sent[other]).items():
            yield f"Not like with like: {one} sends {times} more of: {statement}."


def _ledgers() -> Iterator[str]:
    """Ours and the one by hand must both be chained; the bare one is without hashes."""
    for name in (OURS, BY_HAND):
        book = DayBook.objects.get(department__code=DEPARTMENTS[name])
        broken = first_break(book)
        yield f"The ledger written {name}: {broken or f'whole, {book.seq} events'}."
