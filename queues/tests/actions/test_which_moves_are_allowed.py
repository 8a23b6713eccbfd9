"""Every state and every move: those the house allows happen, all others are refused in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from queues.actions import calling, issuing, tokens
from queues.actions.refusals import WasFirst
from queues.models import Counter, Department, Patient, Token
from queues.rules.priority import Priority
from queues.rules.rights import Actor
from queues.rules.status import Status
from queues.tests.story import (
    called,
    fresh,
    kinds,
    nurse_of,
    refused,
    serving,
    standing,
    waiting,
    written,
)


@dataclass(frozen=True)
class Ward:
    """One patient, their desk and the next department."""

    asha: Patient
    opd: Department
    lab: Department
    desk: Counter
    nadia: Actor  # who brings the token into its state
    carlos: Actor  # who then tries to move it


@pytest.fixture
def ward(asha: Patient, opd: Department, lab: Department, desk_a: Counter, nurse: Actor) -> Ward:
    return Ward(asha, opd, lab, desk_a, nurse_of(opd), nurse)


Bring = Callable[[Ward], Token]
Try = Callable[[Token, Ward], object]

BROUGHT_TO: dict[Status, Bring] = {
    Status.WAITING: lambda w: issuing.issue(w.asha, w.opd, by=w.nadia, priority=Priority.WALK_IN),
    Status.CALLED: lambda w: calling.call(waiting(w.asha, w.opd), fresh(w.desk), by=w.nadia),
    Status.SERVING: lambda w: tokens.start(called(w.asha, w.desk), by=w.nadia),
    Status.ON_HOLD: lambda w: tokens.hold(waiting(w.asha, w.opd), by=w.nadia),
    Status.COMPLETED: lambda w: tokens.complete(serving(w.asha, w.desk), by=w.nadia),
    Status.NO_SHOW: lambda w: tokens.no_show(called(w.asha, w.desk), by=w.nadia),
    Status.CANCELLED: lambda w: tokens.cancel(waiting(w.asha, w.opd), by=w.nadia),
    Status.TRANSFERRED: lambda w: _sent_on(serving(w.asha, w.desk), w),
}


def _sent_on(token: Token, ward: Ward) -> Token:
    issuing.transfer(token, ward.lab, by=ward.nadia)
    return token


MOVES: dict[str, Try] = {
    "call": lambda t, w: calling.call(t, fresh(w.desk), by=w.carlos),
    "start": lambda t, w: tokens.start(t, by=w.carlos),
    "complete": lambda t, w: tokens.complete(t, by=w.carlos),
    "no_show": lambda t, w: tokens.no_show(t, by=w.carlos),
    "recall": lambda t, w: tokens.recall(t, by=w.carlos),
    "put_back": lambda t, w: tokens.put_back(t, by=w.carlos),
    "hold": lambda t, w: tokens.hold(t, by=w.carlos),
    "resume": lambda t, w: tokens.resume(t, by=w.carlos),
    "return": lambda t, w: tokens.return_(t, by=w.carlos),
    "transfer": lambda t, w: issuing.transfer(t, w.lab, by=w.carlos),
    "cancel": lambda t, w: tokens.cancel(t, by=w.carlos),
    "priority": lambda t, w: tokens.set_priority(t, Priority.PAID, by=w.carlos),
}

# Written down once more, by hand and from the other side: what a state allows, and its outcome.
ALLOWED: dict[Status, dict[str, Status]] = {
    Status.WAITING: {
        "call": Status.CALLED,
        "hold": Status.ON_HOLD,
        "transfer": Status.TRANSFERRED,
        "cancel": Status.CANCELLED,
        "priority": Status.WAITING,
    },
    Status.CALLED: {
        "start": Status.SERVING,
        "complete": Status.COMPLETED,
        "no_show": Status.NO_SHOW,
        "recall": Status.CALLED,
        "put_back": Status.WAITING,
        "transfer": Status.TRANSFERRED,
        "cancel": Status.CANCELLED,
    },
    Status.SERVING: {"complete": Status.COMPLETED, "transfer": Status.TRANSFERRED},
    Status.ON_HOLD: {
        "resume": Status.WAITING,
        "cancel": Status.CANCELLED,
        "priority": Status.ON_HOLD,
    },
    Status.NO_SHOW: {"return": Status.WAITING},
    Status.COMPLETED: {},
    Status.CANCELLED: {},
    Status.TRANSFERRED: {},
}
WRITES = {
    "call": ["called"],
    "start": ["started"],
    "complete": ["completed"],
    "no_show": ["no_show"],
    "recall": ["recalled"],
    "put_back": ["put_back"],
    "hold": ["held"],
    "resume": ["resumed"],
    "return": ["returned"],
    "transfer": ["transferred", "arrived"],  # one at each end
    "cancel": ["cancelled"],
    "priority": ["priority_changed"],
}
WORDS = {
    Status.WAITING: "A-001 is waiting.",
    Status.CALLED: "A-001 is called at counter 1.",
    Status.SERVING: "A-001 is being served at counter 1.",
    Status.ON_HOLD: "A-001 is on hold.",
    Status.COMPLETED: "A-001 is completed.",
    Status.NO_SHOW: "A-001 is absent.",
    Status.CANCELLED: "A-001 is cancelled.",
    Status.TRANSFERRED: "A-001 is sent on.",
}


@pytest.mark.parametrize(
    ("state", "move"), [(state, move) for state in Status for move in ALLOWED[state]]
)
def test_an_allowed_move_happens_and_is_written_down_once(
    state: Status, move: str, ward: Ward
) -> None:
    token = BROUGHT_TO[state](ward)
    with written() as events:
        MOVES[move](token, ward)
    assert standing(token) == ALLOWED[state][move]
    assert kinds(events) == WRITES[move]


@pytest.mark.parametrize(
    ("state", "move"),
    [(state, move) for state in Status for move in MOVES if move not in ALLOWED[state]],
)
def test_any_other_move_is_refused_by_who_was_first(state: Status, move: str, ward: Ward) -> None:
    """Nothing changes, and the sentence says how it stands and who put it there."""
    token = BROUGHT_TO[state](ward)
    refusal = refused(lambda: MOVES[move](token, ward), WasFirst)
    assert refusal.sentence.startswith(f"{WORDS[state]} It was put there by Nadia at ")
    assert refusal.code == "invalid_state"
    assert refusal.facts["state"] == state
    assert refusal.facts["by"] == "Nadia"
