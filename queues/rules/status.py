"""The states of a token and the moves between them."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"


LIVE = frozenset({Status.WAITING, Status.CALLED, Status.SERVING, Status.ON_HOLD})
IN_HAND = frozenset({Status.CALLED, Status.SERVING})


class Move(StrEnum):
    """What staff (and the clock, and a patient) do with a token."""

    CALL = "call"
    START = "start"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    RECALL = "recall"
    PUT_BACK = "put_back"
    HOLD = "hold"
    RESUME = "resume"
    RETURN = "return"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    PRIORITY = "priority"
    UNDO = "undo"


# From which states a move starts. UNDO is not here: it goes back along the last move.
STARTS_FROM: dict[Move, frozenset[Status]] = {
    Move.CALL: frozenset({Status.WAITING}),
    Move.START: frozenset({Status.CALLED}),
    Move.COMPLETE: IN_HAND,
    Move.NO_SHOW: frozenset({Status.CALLED}),
    Move.RECALL: frozenset({Status.CALLED}),
    Move.PUT_BACK: frozenset({Status.CALLED}),
    Move.HOLD: frozenset({Status.WAITING}),
    Move.RESUME: frozenset({Status.ON_HOLD}),
    Move.RETURN: frozenset({Status.NO_SHOW}),
    Move.TRANSFER: frozenset({Status.WAITING, *IN_HAND}),
    Move.CANCEL: frozenset({Status.WAITING, Status.CALLED, Status.ON_HOLD}),
    Move.PRIORITY: frozenset({Status.WAITING, Status.ON_HOLD}),
}
