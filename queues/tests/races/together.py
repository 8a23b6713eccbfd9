"""Several hands at once: real threads, each with its own connection, all at one signal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection, connections

from queues.actions.refusals import Refused

T = TypeVar("T")
PATIENCE = 60  # seconds until a thread that nobody meets gives up


def together(acts: Sequence[Callable[[], T]]) -> list[T | Refused]:
    """What each got: its answer, or the refusal. Anything else, a deadlock say, fails the test."""
    signal = meeting(len(acts))

    def run(act: Callable[[], T]) -> T | Refused:
        try:
            signal.wait()
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def meeting(people: int) -> Barrier:
    """Where all wait for each other: between a look and a step it makes a race certain."""
    return Barrier(people, timeout=PATIENCE)


def winners(outcomes: Sequence[T | Refused]) -> list[T]:
    return [outcome for outcome in outcomes if not isinstance(outcome, Refused)]


def losers(outcomes: Sequence[T | Refused]) -> list[Refused]:
    return [outcome for outcome in outcomes if isinstance(outcome, Refused)]


def deadlocks() -> int:
    """How many the database has found since it was started; SQLite has one writer, and so none."""
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
        return int(cursor.fetchone()[1])
