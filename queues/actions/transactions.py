"""What makes an action one fact: all of it or none, again if the database was in a hurry."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from queues.actions.refusals import Conflict

log = logging.getLogger(__name__)

TRIES = 8
TRIES_OVERTAKEN = 100  # each of them means that somebody else got what they came for
LONGEST_PAUSE = 0.5
LONGEST_STEP_ASIDE = 0.02  # for those who were faster
CROWDED = frozenset({1213, 1205, 1020})  # deadlock, lock wait timeout, changed since read
PASSING = CROWDED | {2006, 2013}  # lost connection

# SQLite has one writer at a time. Waiting for a lock of ours is fair and quick; waiting for its
# file lock is a lottery of sleeps.
_sqlite_writer = threading.RLock()


P = ParamSpec("P")
R = TypeVar("R")


class Overtaken(Conflict):
    """What was looked at before the rows were held is no longer so: look again, from the start.

    Where rows were `lacking`, of which the first look knew nothing, the next try holds them too;
    so each try gets further than the one before, even if nobody else is there.
    """

    code = "busy"

    def __init__(self, lacking: Collection[int] = ()) -> None:
        super().__init__(_("Many are booking at this moment. Please try again."))
        self.lacking = frozenset(lacking)


_lacked: ContextVar[frozenset[int]] = ContextVar("lacked", default=frozenset())


def lacked_before() -> frozenset[int]:
    """Keys of the rows that earlier tries of this action lacked."""
    return _lacked.get()


def transacted(action: Callable[P, R]) -> Callable[P, R]:
    """Run the action in a transaction, and the whole of it again where that can help.

    Inside a larger transaction it is a part of that one, and the larger is what is repeated.
    """

    @wraps(action)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic():
                return action(*args, **kwargs)
        tried = overtaken = 0
        lacked: frozenset[int] = frozenset()
        while True:
            token = _lacked.set(lacked)
            try:
                with _writer(), transaction.atomic():
                    return action(*args, **kwargs)
            except Overtaken as error:
                overtaken += 1
                if overtaken == TRIES_OVERTAKEN:
                    log.warning("%s gave up, always overtaken", action.__qualname__, exc_info=True)
                    raise
                lacked |= error.lacking
                time.sleep(random.uniform(0, min(LONGEST_STEP_ASIDE, 0.001 * overtaken)))
                continue
            except (OperationalError, IntegrityError) as error:
                tried += 1
                if tried == TRIES and _is_crowded(error):
                    log.warning("%s gave up, always crowded", action.__qualname__, exc_info=True)
                    raise Overtaken from error  # nobody's fault: 'please try again', not an error
                if tried == TRIES or not _passes(error):
                    raise
                connection.close_if_unusable_or_obsolete()
            finally:
                _lacked.reset(token)
            time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.005 * 2**tried)))

    return whole


def _writer() -> AbstractContextManager[object]:
    return _sqlite_writer if connection.vendor == "sqlite" else nullcontext()


def _is_crowded(error: Exception) -> bool:
    """There were always others who held what we need."""
    if isinstance(error, IntegrityError):
        return False
    if connection.vendor == "sqlite":
        return "locked" in str(error)
    return bool(error.args) and error.args[0] in CROWDED


def _passes(error: Exception) -> bool:
    if isinstance(error, IntegrityError):
        return True  # a unique key: somebody was a moment ahead, and the next try sees them
    return _is_crowded(error) or (bool(error.args) and error.args[0] in PASSING)
