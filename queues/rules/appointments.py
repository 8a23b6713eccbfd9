"""The states of an appointment, and how urgent the one who booked it is."""

from __future__ import annotations

from enum import StrEnum

from queues.rules.priority import Priority, suggested
from queues.rules.status import Status


class Stage(StrEnum):
    SCHEDULED = "scheduled"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    IN_CONSULTATION = "in_consultation"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    DISPLACED = "displaced"  # lost its place, and stands at the head of the waitlist
    WAITLISTED = "waitlisted"  # a place from the waitlist is held for them until they answer


AHEAD = frozenset({Stage.SCHEDULED, Stage.CONFIRMED})  # booked, and nobody has come yet
HERE = frozenset({Stage.CHECKED_IN, Stage.IN_CONSULTATION})
ACTIVE = AHEAD | HERE | {Stage.WAITLISTED}
TAKES_A_PLACE = ACTIVE | {Stage.COMPLETED}
MAY_GIVE_WAY = AHEAD | {Stage.WAITLISTED}  # never somebody who is here

# Where whoever keeps a doctor's list can put somebody.
ASKED_OF_A_LIST = (
    Stage.CONFIRMED,
    Stage.CHECKED_IN,
    Stage.IN_CONSULTATION,
    Stage.COMPLETED,
    Stage.CANCELLED,
    Stage.NO_SHOW,
)


class Step(StrEnum):
    """What is done with an appointment."""

    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    CHECK_IN = "check_in"
    CONSULT = "consult"
    NO_SHOW = "no_show"


STARTS_FROM: dict[Step, frozenset[Stage]] = {
    Step.CONFIRM: frozenset({Stage.SCHEDULED}),
    Step.RESCHEDULE: AHEAD | {Stage.DISPLACED},
    Step.CANCEL: AHEAD | {Stage.CHECKED_IN, Stage.DISPLACED, Stage.WAITLISTED},
    Step.CHECK_IN: AHEAD | {Stage.NO_SHOW},  # who was missed and comes after all
    Step.CONSULT: AHEAD | {Stage.CHECKED_IN},
    Step.NO_SHOW: AHEAD,
}

# Once somebody is here, their appointment goes as their number in the queue goes.
AS_THE_TOKEN: dict[Status, Stage] = {
    Status.WAITING: Stage.CHECKED_IN,
    Status.CALLED: Stage.CHECKED_IN,
    Status.ON_HOLD: Stage.CHECKED_IN,
    Status.SERVING: Stage.IN_CONSULTATION,
    Status.COMPLETED: Stage.COMPLETED,
    Status.NO_SHOW: Stage.NO_SHOW,
    Status.CANCELLED: Stage.CANCELLED,
    Status.TRANSFERRED: Stage.CHECKED_IN,  # to the Lab, and perhaps back
}


def priority_of(source: Priority, age: int | None, elderly_from: int) -> Priority:
    """By what was booked; whoever is old goes before others who come from the door or online."""
    if source in (Priority.WALK_IN, Priority.ONLINE):
        by_age = suggested(age, elderly_from)
        return by_age if by_age is Priority.ELDERLY else source
    return source
