"""Where a department assigns at issue: who waits for which counter."""

from __future__ import annotations

from datetime import datetime

from queues.journal import Entry, moved
from queues.models import Counter, Department, Kind, Token
from queues.rules.assignment import assign
from queues.rules.rights import Actor
from queues.rules.status import Status
from queues.rules.waiting_time import schedule
from queues.screens.pace import desks_of, pace_of


def counter_for(token: Token, now: datetime) -> Counter | None:
    """The open counter at which this newcomer would be called first."""
    department = token.department
    ahead = Token.objects.ahead_of(token).in_call_order()
    order = [*(other.as_waiting() for other in ahead), token.as_waiting()]
    estimate = schedule(order, desks_of(department), pace_of(department), now)[-1]
    return Counter.objects.get(pk=estimate.desk) if estimate and estimate.desk else None


def rebalance(department: Department, *, by: Actor, now: datetime) -> list[Entry]:
    """Share out anew all who wait, whose rows are held; where nothing is assigned, set them free."""
    waiting = list(Token.objects.waiting_at(department).in_call_order())
    counters = {counter.pk: counter for counter in department.counters.all()}
    order = [token.as_waiting() for token in waiting]
    desks: list[int | None] = [None] * len(waiting)
    if department.assigns_at_issue:
        desks = assign(order, desks_of(department), pace_of(department), now)
    entries = []
    for token, desk in zip(waiting, desks, strict=True):
        if token.assigned_id == desk:
            continue
        token.department, token.assigned = department, counters.get(token.assigned_id or 0)
        before = token.state()
        if token.shift({Status.WAITING}, now=now, assigned=counters.get(desk or 0)):
            entries.append(moved(Kind.ASSIGNED, token, before, by=by))
    return entries
