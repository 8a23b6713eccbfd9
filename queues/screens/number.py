"""One number at the desk: where it stands, what can be done with it, and all that happened to it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from queues.models import Event, Token
from queues.rules.status import STARTS_FROM, Move, Status
from queues.screens import words
from queues.screens.history import told

VERBS = {  # of the moves that ask for nothing more
    Move.CALL: gettext_lazy("Call"),
    Move.START: gettext_lazy("Start"),
    Move.COMPLETE: gettext_lazy("Complete"),
    Move.RECALL: gettext_lazy("Recall"),
    Move.NO_SHOW: gettext_lazy("Not come"),
    Move.PUT_BACK: gettext_lazy("Put back"),
    Move.HOLD: gettext_lazy("Hold"),
    Move.RESUME: gettext_lazy("Resume"),
    Move.RETURN: gettext_lazy("Is back"),
}


def number(token: Token) -> dict[str, Any]:
    """One number: where it stands, which buttons make sense for it, and its history."""
    events = list(Event.objects.of(token).select_related("daybook"))
    department, status = token.department, Status(token.status)
    return {
        "token": token,
        "department": department,
        "clinic": department.clinic,
        "standing": words.standing(token, next((e for e in events if "status" in e.after), None)),
        "moves": moves_from(status),
        "may_cancel": status in STARTS_FROM[Move.CANCEL],
        "may_transfer": status in STARTS_FROM[Move.TRANSFER],
        "may_prioritise": status in STARTS_FROM[Move.PRIORITY],
        "elsewhere": department.clinic.departments.exclude(pk=department.pk),
        "priorities": words.PRIORITY.items(),
        "events": told(events),
    }


def moves_from(status: Status) -> list[tuple[Move, Any]]:
    return [(move, verb) for move, verb in VERBS.items() if status in STARTS_FROM[move]]
