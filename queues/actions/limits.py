"""Counts who comes through which door, and holds back whoever comes too often.

The counts are in the cache, which several processes share where there is Redis. They may be
forgotten: they slow down who guesses or floods, and nothing rests on them.
"""

from __future__ import annotations

import time
from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from queues.actions.refusals import Refused
from queues.rules.limits import Door, Rate


class TooMany(Refused):
    """Nothing was done; in so many seconds it may be tried again."""

    code = "too_many_requests"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            _("That was too often in a short time. Please wait a moment, or see the reception."),
            retry_after=seconds,
        )
        self.seconds = seconds


def spend(door: Door, who: str, rate: Rate | None = None) -> None:
    """One more of theirs. Counted from one full window to the next, so that a count is one number."""
    rate = rate or settings.RATES[door]
    now = time.time()
    window = int(now // rate.seconds)
    if _counted(_key(door, who, window), rate.seconds) > rate.most:
        raise TooMany(max(1, int((window + 1) * rate.seconds - now)))


def give_back(door: Door, who: str, rate: Rate | None = None) -> None:
    """What was spent and need not have been."""
    rate = rate or settings.RATES[door]
    with suppress(ValueError):  # its window is over
        cache.decr(_key(door, who, int(time.time() // rate.seconds)))


def _key(door: Door, who: str, window: int) -> str:
    return f"limit:{door}:{who}:{window}"


def _counted(key: str, seconds: int) -> int:
    """How many there are with this one; whoever is first in the window begins the count."""
    try:
        return cache.incr(key)
    except ValueError:
        return 1 if cache.add(key, 1, 2 * seconds) else cache.incr(key)
