"""Many threads at once, a connection each; what they got, and what it cost the database."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

from django.db import connection, connections

from queues.actions.refusals import Refused

Act = Callable[[], object]


@dataclass(frozen=True)
class Rush:
    seconds: float
    outcomes: Counter[str]  # "done", the code of a refusal, or the name of an error
    deadlocks: int  # that the database found
    begun_anew: int  # transactions that were neither done nor refused

    @property
    def asked(self) -> int:
        return self.outcomes.total()

    @property
    def rate(self) -> float:
        return self.asked / self.seconds

    @property
    def done(self) -> int:
        return self.outcomes["done"]

    @property
    def refused(self) -> int:
        return self.asked - self.done - self.errors

    @property
    def errors(self) -> int:
        """What should never reach whoever asked: a deadlock, a lost lock, 'please try again'."""
        return sum(
            count for name, count in self.outcomes.items() if name[0].isupper() or name == "busy"
        )


def rush(hands: Sequence[Sequence[Act]]) -> Rush:
    """Each hand does its acts one after the other; all begin at one signal."""
    signal = Barrier(len(hands) + 1)

    def work(acts: Sequence[Act]) -> Counter[str]:
        connection.ensure_connection()
        signal.wait()
        try:
            return Counter(_outcome(act) for act in acts)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(hands)) as threads:
        working = [threads.submit(work, acts) for acts in hands]
        before = _counted()
        signal.wait()
        began = time.perf_counter()
        outcomes = sum((one.result() for one in working), Counter[str]())
        seconds = time.perf_counter() - began
    deadlocks, rollbacks = (now - then for now, then in zip(_counted(), before, strict=True))
    refused = outcomes.total() - outcomes["done"]
    return Rush(seconds, outcomes, deadlocks, max(rollbacks - refused, 0))


def _outcome(act: Act) -> str:
    try:
        act()
    except Refused as refusal:
        return refusal.code
    except Exception as error:  # told in the table, and counted as a failure
        return f"{type(error).__name__}: {error.args[:1]}"
    return "done"


def _counted() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
        deadlocks = int(cursor.fetchone()[1])
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Com_rollback'")
        return deadlocks, int(cursor.fetchone()[1])
