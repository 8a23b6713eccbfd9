"""Which counter a number is given to, where a department assigns at issue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from queues.rules.waiting_time import Desk, Pace, Waiting, schedule


def assign(
    waiting: Sequence[Waiting], desks: Sequence[Desk], pace: Pace, now: datetime
) -> list[int | None]:
    """For each who waits, in their order, the desk that comes free for them first.

    None where no open desk may take them: whoever opens next will.
    """
    unbound = [w.unassigned() for w in waiting]
    return [place.desk if place else None for place in schedule(unbound, desks, pace, now)]
