"""The moves by name, as a button or another system asks for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from queues.actions import calling, issuing, tokens
from queues.actions.refusals import AtAnotherCounter, Invalid
from queues.actions.undoing import undo
from queues.models import Counter, Department, Doctor, Token
from queues.rules.priority import Priority
from queues.rules.rights import Actor
from queues.rules.status import Move


@dataclass(frozen=True)
class Wish:
    """What some moves need beyond the token: where, with whom, how urgent, and why."""

    counter: Counter | None = None
    department: Department | None = None
    doctor: Doctor | None = None
    priority: Priority | None = None
    note: str = ""


def make(move: Move, token: Token, wish: Wish, *, by: Actor) -> Token:
    """The token as it then is; of a transfer, the one that waits where it was sent to."""
    at = token.counter
    if move is not Move.CALL and wish.counter and at and at != wish.counter:
        raise AtAnotherCounter(
            _("%(label)s is at counter %(counter)s.")
            % {"label": token.visit.label, "counter": at.code},
            counter=at.code,
        )
    return _MOVES[move](token, wish, by)


def _call(token: Token, wish: Wish, by: Actor) -> Token:
    if wish.counter is None:
        raise Invalid(counter=_("Please choose the counter that calls."))
    return calling.call(token, wish.counter, by=by)


def _transfer(token: Token, wish: Wish, by: Actor) -> Token:
    if wish.department is None:
        raise Invalid(department=_("Please choose the department to send the patient to."))
    return issuing.transfer(token, wish.department, by=by, doctor=wish.doctor, note=wish.note)


def _set_priority(token: Token, wish: Wish, by: Actor) -> Token:
    if wish.priority is None:
        raise Invalid(priority=_("Please choose the priority."))
    return tokens.set_priority(token, wish.priority, by=by, note=wish.note)


_MOVES: dict[Move, Callable[[Token, Wish, Actor], Token]] = {
    Move.CALL: _call,
    Move.START: lambda token, wish, by: tokens.start(token, by=by),
    Move.COMPLETE: lambda token, wish, by: tokens.complete(token, by=by, note=wish.note),
    Move.NO_SHOW: lambda token, wish, by: tokens.no_show(token, by=by, note=wish.note),
    Move.RECALL: lambda token, wish, by: tokens.recall(token, by=by),
    Move.PUT_BACK: lambda token, wish, by: tokens.put_back(token, by=by, note=wish.note),
    Move.HOLD: lambda token, wish, by: tokens.hold(token, by=by, note=wish.note),
    Move.RESUME: lambda token, wish, by: tokens.resume(token, by=by),
    Move.RETURN: lambda token, wish, by: tokens.return_(token, by=by),
    Move.TRANSFER: _transfer,
    Move.CANCEL: lambda token, wish, by: tokens.cancel(token, by=by, note=wish.note),
    Move.PRIORITY: _set_priority,
    Move.UNDO: lambda token, wish, by: undo(token, by=by),
}
