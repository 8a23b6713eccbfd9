"""Whose turn it is: the order of a queue as two integers, band and rank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from queues.rules.instants import EPOCH, microseconds


class Priority(StrEnum):
    """Why somebody may go before others; the most urgent first."""

    EMERGENCY = "emergency"
    PAID = "paid"
    FOLLOW_UP = "follow_up"
    ELDERLY = "elderly"  # also pregnant and disabled
    ONLINE = "online"
    WALK_IN = "walk_in"


class Policy(StrEnum):
    """How a department weighs urgency against waiting."""

    FAIR = "fair"  # a head start in minutes: nobody starves
    STRICT = "strict"  # the more urgent always first


URGENCY = {priority: place for place, priority in enumerate(Priority)}
ONLY_STAFF_GIVE = frozenset({Priority.EMERGENCY, Priority.PAID})
DEFAULT_HEAD_STARTS: Mapping[str, int] = {
    Priority.PAID: 45,
    Priority.FOLLOW_UP: 30,
    Priority.ELDERLY: 20,
    Priority.ONLINE: 10,
    Priority.WALK_IN: 0,
}


def band(priority: Priority, policy: Policy) -> int:
    """Who goes before everybody of the next band, however long those have waited."""
    if policy is Policy.STRICT:
        return URGENCY[priority]
    return 0 if priority is Priority.EMERGENCY else 1


def head_start(priority: Priority, policy: Policy, head_starts: Mapping[str, int]) -> timedelta:
    if policy is Policy.STRICT:
        return timedelta(0)
    return timedelta(minutes=head_starts.get(priority, DEFAULT_HEAD_STARTS.get(priority, 0)))


def rank(arrived_at: datetime, head_start: timedelta) -> int:
    """Within a band: the moment of arrival, made earlier by the head start."""
    return microseconds(arrived_at - head_start)


def arrival_behind(rank: int, head_start: timedelta) -> datetime:
    """The arrival that stands just behind a rank."""
    return EPOCH + timedelta(microseconds=rank + 1) + head_start


def suggested(age: int | None, elderly_from: int) -> Priority:
    """What a patient gets who asks for nothing."""
    return Priority.ELDERLY if age is not None and age >= elderly_from else Priority.WALK_IN
