"""What the buttons beside a number ask for, and the sentence that follows."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from queues.actions.moves import Wish, make
from queues.actions.refusals import Invalid, Refused
from queues.models import Token
from queues.rules.priority import Priority
from queues.rules.status import Move
from queues.screens import words
from queues.views.doors import Here, counter_of


def move(token: Token, here: Here, given: dict[str, Any], at: str) -> str:
    """Make the move of MoveForm's fields, from the counter chosen in this browser."""
    wanted = Move(given["move"])
    if wanted is Move.CALL and not at:
        raise Refused(_("Please choose your counter first."))
    try:
        return _said(wanted, make(wanted, token, _wish(here, given, at), by=here.actor))
    except Invalid as refused:  # one button has no fields to mark
        raise Refused(" ".join(refused.fields.values())) from refused


def _wish(here: Here, given: dict[str, Any], at: str) -> Wish:
    departments = here.clinic.departments.select_related("clinic")
    to = given["department"]
    return Wish(
        counter=counter_of(here, at) if at and given["move"] == Move.CALL else None,
        department=get_object_or_404(departments, code=to) if to else None,
        priority=Priority(given["priority"]) if given["priority"] else None,
        note=given["reason"],
    )


def _said(move: Move, token: Token) -> str:
    facts = {
        "label": token.visit.label,
        "department": token.department.name,
        "priority": words.PRIORITY[Priority(token.priority)],
    }
    if move is Move.RECALL:
        return _("%(label)s is announced again.") % facts
    if move is Move.TRANSFER:
        return _("%(label)s now waits in %(department)s.") % facts
    if move is Move.PRIORITY:
        return _("%(label)s now waits as: %(priority)s.") % facts
    if move is Move.UNDO:
        return _("Taken back.") + " " + words.stands(token)
    return words.stands(token)
