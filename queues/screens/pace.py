"""How quickly a department works now: its open desks and its recent visits."""

from __future__ import annotations

from queues.models import Counter, Department, Token, statements
from queues.rules.waiting_time import Desk, Pace

RECENT = 60  # visits from which a department's pace is learnt


def desks_of(department: Department) -> list[Desk]:
    opened = statements.every(Counter, {"department": department, "is_open": True}, "current")
    return [counter.as_desk() for counter in sorted(opened, key=lambda counter: counter.code)]


def pace_of(department: Department) -> Pace:
    visits = Token.objects.recent_visits(department, RECENT)
    return Pace.learnt(visits, department.typical_minutes)
