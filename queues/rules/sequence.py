"""The order of a doctor's list as one decimal: each priority has its class, and the next one of a
class comes behind all that are in it.

Emergencies begin at 1, paid at 2, and so on. The next one is 0.1 further while that stays below
the next class, then 0.01, then 0.001 …; where no digit is left, two stand on one sequence and
their numbers settle who is first.
"""

from __future__ import annotations

from decimal import Decimal

from queues.rules.priority import Priority

BEGINS = {
    Priority.EMERGENCY: Decimal("1"),
    Priority.PAID: Decimal("2"),
    Priority.FOLLOW_UP: Decimal("3"),
    Priority.ELDERLY: Decimal("3.4"),
    Priority.ONLINE: Decimal("3.7"),
    Priority.WALK_IN: Decimal("4"),
}
DIGITS = 6
STEPS = [Decimal(1).scaleb(-digit) for digit in range(1, DIGITS + 1)]


def ends(priority: Priority) -> Decimal | None:
    """Where the next class begins; walk-ins are the last, and go on for ever."""
    return min((begin for begin in BEGINS.values() if begin > BEGINS[priority]), default=None)


def next_sequence(priority: Priority, last: Decimal | None) -> Decimal:
    """Behind the last of this class."""
    if last is None:
        return BEGINS[priority]
    end = ends(priority)
    fitting = (last + step for step in STEPS if end is None or last + step < end)
    return next(fitting, last)
