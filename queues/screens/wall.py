"""The wall of a waiting room: labels and counters, nothing that names or describes anybody."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from queues.models import Clinic, Department, Token
from queues.rules.status import Status
from queues.screens import words
from queues.screens.queue import NEXT_SHOWN, in_hand


def wall(clinic: Clinic, codes: Collection[str]) -> dict[str, Any]:
    """The departments of these codes, or all of them."""
    wanted = {code.strip().lower() for code in codes if code.strip()}
    shown = [one for one in clinic.departments.all() if not wanted or one.code.lower() in wanted]
    counts = Token.objects.count_waiting(shown)
    return {
        "clinic": clinic,
        "now": timezone.now(),
        "departments": [_panel(department, counts.get(department.pk, 0)) for department in shown],
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
