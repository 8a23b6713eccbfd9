"""What makes an action one fact: all of it or none, again if the database was in a hurry."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

TRIES = 8
LONGEST_PAUSE = 0.5
# Deadlock, lock wait timeout, changed since read (MariaDB's snapshot isolation), lost connection.
PASSING = frozenset({1213, 1205, 1020, 2006, 2013})

# SQLite has one writer at a time. Waiting for a lock of ours is fair and quick; waiting for its
# file lock is a lottery of sleeps.
_sqlite_writer = threading.RLock()


P = ParamSpec("P")
R = TypeVar("R")


def transacted(action: Callable[P, R]) -> Callable[P, R]:
    """Run the action in a transaction, and the whole of it again where that can help.

    Inside a larger transaction it is a part of that one, and the larger is what is repeated.
    """

    @wraps(action)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic():
                return action(*args, **kwargs)
        for tried in range(1, TRIES + 1):
            try:
                with _writer(), transaction.atomic():
                    return action(*args, **kwargs)
            except (OperationalError, IntegrityError) as error:
                if tried == TRIES or not _passes(error):
                    raise
                connection.close_if_unusable_or_obsolete()
            time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.005 * 2**tried)))
        raise AssertionError("the last try either returned or raised")

    return whole


def _writer() -> AbstractContextManager[object]:
    return _sqlite_writer if connection.vendor == "sqlite" else nullcontext()


def _passes(error: Exception) -> bool:
    if isinstance(error, IntegrityError):
        return True  # a unique key: somebody was a moment ahead, and the next try sees them
    if connection.vendor == "sqlite":
        return "locked" in str(error)
    return bool(error.args) and error.args[0] in PASSING
