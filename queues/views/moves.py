"""What each button beside a number does, and the sentence that follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from queues.actions import calling, issuing, tokens
from queues.actions.refusals import Refused
from queues.actions.undoing import undo
from queues.models import Token
from queues.rules.priority import Priority
from queues.rules.status import Move, Status
from queues.screens import words
from queues.views.doors import Here, counter_of

Given = dict[str, Any]  # MoveForm's fields, and the counter chosen in this browser


def standing(token: Token) -> str:
    """How a number stands now."""
    facts = {
        "label": token.visit.label,
        "state": words.STATUS[Status(token.status)],
        "counter": token.counter.code if token.counter else "",
    }
    if token.counter and token.live:
        return _("%(label)s is %(state)s at counter %(counter)s.") % facts
    return _("%(label)s is %(state)s.") % facts


def _call(token: Token, here: Here, given: Given) -> str:
    if not given["at"]:
        raise Refused(_("Please choose your counter first."))
    return standing(calling.call(token, counter_of(here, given["at"]), by=here.actor))


def _recall(token: Token, here: Here, given: Given) -> str:
    label = tokens.recall(token, by=here.actor).visit.label
    return _("%(label)s is announced again.") % {"label": label}


def _transfer(token: Token, here: Here, given: Given) -> str:
    if not given["department"]:
        raise Refused(_("Please choose the department to send the patient to."))
    to = get_object_or_404(
        here.clinic.departments.select_related("clinic"), code=given["department"]
    )
    issuing.transfer(token, to, by=here.actor, note=given["reason"])
    facts = {"label": token.visit.label, "department": to.name}
    return _("%(label)s now waits in %(department)s.") % facts


def _set_priority(token: Token, here: Here, given: Given) -> str:
    if not given["priority"]:
        raise Refused(_("Please choose the priority."))
    priority = Priority(given["priority"])
    tokens.set_priority(token, priority, by=here.actor, note=given["reason"])
    facts = {"label": token.visit.label, "priority": words.PRIORITY[priority]}
    return _("%(label)s now waits as: %(priority)s.") % facts


def _undo(token: Token, here: Here, given: Given) -> str:
    return _("Taken back.") + " " + standing(undo(token, by=here.actor))


def _plainly(action: Callable[..., Token]) -> Callable[[Token, Here, Given], str]:
    return lambda token, here, given: standing(action(token, by=here.actor))


def _with_reason(action: Callable[..., Token]) -> Callable[[Token, Here, Given], str]:
    return lambda token, here, given: standing(action(token, by=here.actor, note=given["reason"]))


MOVES: dict[Move, Callable[[Token, Here, Given], str]] = {
    Move.CALL: _call,
    Move.START: _plainly(tokens.start),
    Move.COMPLETE: _with_reason(tokens.complete),
    Move.NO_SHOW: _with_reason(tokens.no_show),
    Move.RECALL: _recall,
    Move.PUT_BACK: _with_reason(tokens.put_back),
    Move.HOLD: _with_reason(tokens.hold),
    Move.RESUME: _plainly(tokens.resume),
    Move.RETURN: _plainly(tokens.return_),
    Move.TRANSFER: _transfer,
    Move.CANCEL: _with_reason(tokens.cancel),
    Move.PRIORITY: _set_priority,
    Move.UNDO: _undo,
}
