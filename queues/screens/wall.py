"""The wall of a waiting room: labels and counters, nothing that names or describes anybody."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from queues.models import Clinic, Department, Token
from queues.rules.status import Status
from queues.screens import words
from queues.screens.queue import NEXT_SHOWN, in_hand


def wall(clinic: Clinic, codes: Collection[str]) -> dict[str, Any]:
    """The departments of these codes, or all of them."""
    wanted = {code.strip().lower() for code in codes if code.strip()}
    counted = clinic.departments.annotate(
        waiting=Count("tokens", filter=Q(tokens__status=Status.WAITING))
    )
    shown = [one for one in counted if not wanted or one.code.lower() in wanted]
    return {
        "clinic": clinic,
        "now": timezone.now(),
        "departments": [_panel(department, department.waiting) for department in shown],
    }


def _panel(department: Department, waiting: int) -> dict[str, Any]:
    closed = department.state != Department.State.OPEN
    following = Token.objects.waiting_at(department).in_call_order()
    return {
        "department": department,
        "closed": words.department_state(department) if closed else "",
        "serving": [
            {
                "label": token.visit.label,
                "counter": token.counter.code if token.counter else "",
                "is_called": token.status == Status.CALLED,
            }
            for token in in_hand(department)
        ],
        "next": list(following.values_list("visit__label", flat=True)[:NEXT_SHOWN]),
        "waiting": waiting,
    }
