"""Who measures against whom: the same three actions, written in different ways."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from django.db import connection

from queues.actions import calling, issuing, tokens
from queues.models import Counter, Patient
from queues.rules.rights import Actor

ACTIONS = ("issue", "call", "complete")


class Contender(Protocol):
    """Works a department of its own, with one counter; it completes whom it called last."""

    connection: Any  # as Python's database API has it

    def issue(self, patient: Patient) -> None: ...
    def call(self) -> None: ...
    def complete(self) -> None: ...


class Ours:
    """As the house does it, with checks, retry, chained events and hints."""

    def __init__(self, counter: Counter, by: Actor) -> None:
        self.counter, self.by = counter, by
        self.connection = connection

    def issue(self, patient: Patient) -> None:
        issuing.issue(patient, self.counter.department, by=self.by)

    def call(self) -> None:
        self.called = calling.call_next(self.counter, by=self.by)

    def complete(self) -> None:
        tokens.complete(self.called, by=self.by)


def service(contender: Contender, patient: Patient) -> dict[str, Callable[[], None]]:
    """All that happens to one patient, in order."""
    issue = partial(contender.issue, patient)
    return dict(zip(ACTIONS, (issue, contender.call, contender.complete), strict=True))
