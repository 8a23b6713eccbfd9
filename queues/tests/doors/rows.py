"""Whose each door is. Every page and every call has a row here; one without is a failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from queues.rules.rights import Act
from queues.tests.doors.house import House
from queues.tests.doors.people import Somebody

KEPT_OUT = frozenset({401, 403, 404})
MayEnter = Callable[[Somebody, House], bool]


@dataclass(frozen=True)
class Row:
    """A door, and what is sent to it where it would otherwise not even ask who is there."""

    may_enter: MayEnter
    sent: dict[str, Any] = field(default_factory=dict)
    asked: str = ""  # what follows the address
    words: dict[str, str] = field(default_factory=dict)  # of the address, by another name


def anybody(somebody: Somebody, house: House) -> bool:
    return True


def nobody(somebody: Somebody, house: House) -> bool:
    """It leads nowhere as the house stands: no directory, no codes to show."""
    return False


def whoever_is_known(somebody: Somebody, house: House) -> bool:
    return somebody.is_known


def here(act: Act) -> MayEnter:
    """In the department of the door."""
    return lambda one, house: one.actor.may(act, house.clinic.pk, house.department.pk)


def at_the_clinic(act: Act) -> MayEnter:
    """Somewhere in the clinic."""
    return lambda one, house: one.actor.may(act, house.clinic.pk)


def at_some_clinic(act: Act) -> MayEnter:
    """A page of one's own clinic, whichever that is."""
    return lambda one, house: any(one.actor.may(act, g.clinic_id) for g in one.actor.grants)


def in_all_of_some_clinic(act: Act) -> MayEnter:
    """A page of one's own clinic, for what is not a department's alone."""
    return lambda one, house: any(
        one.actor.may_everywhere(act, grant.clinic_id) for grant in one.actor.grants
    )


def in_all_of_the_clinic(act: Act) -> MayEnter:
    return lambda one, house: one.actor.may_everywhere(act, house.clinic.pk)
