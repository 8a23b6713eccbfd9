"""What a page may hear live: a signed note that its socket shows, so that no handshake of the public
asks the database. It names departments and, for a phone, its own label, appointment or wait. A pass of
staff, or of a machine that was let in, says whose it is, so that they can be sent away.

Before the note stand the epochs of its clinics, for the page itself to read: told of another one,
it knows that the hospital was restored from a backup, and begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.core import signing

from queues.models import Department
from queues.rules.rights import ActorKind
from queues.screens.holders import Holder

SALT = "queues.live"
BEFORE_THE_NOTE = "~"


class Screen(StrEnum):
    WALL = "wall"
    PHONE = "phone"
    APPOINTMENT = "appointment"
    WAIT = "wait"  # the page of a place on the waitlist
    DESK = "desk"
    KIOSK = "kiosk"  # hears nothing but that it is sent away


# A wall runs for months and hears what anybody may see; the others end with their day.
LASTS: dict[Screen, timedelta | None] = {
    Screen.WALL: None,
    Screen.PHONE: timedelta(hours=36),
    Screen.APPOINTMENT: timedelta(hours=36),
    Screen.WAIT: timedelta(hours=36),
    Screen.DESK: timedelta(hours=16),
    Screen.KIOSK: None,
}
HELD = frozenset({Screen.DESK, Screen.KIOSK})  # never without somebody who can be sent away


@dataclass(frozen=True)
class Pass:
    screen: Screen
    departments: tuple[UUID, ...]
    language: str = "en"
    label: str = ""
    holder: Holder | None = None

    def signed(self) -> str:
        facts: list[Any] = [self.screen, [one.hex for one in self.departments]]
        facts += [self.language, self.label]
        if self.holder:
            facts += [self.holder.kind, self.holder.public_id.hex, self.holder.series]
        return signing.dumps(facts, salt=SALT, compress=True)


def to(
    screen: Screen,
    departments: Iterable[Department],
    *,
    language: str = "en",
    label: str = "",
    holder: Holder | None = None,
) -> str:
    """The pass of a page that shows these departments."""
    here = tuple(departments)
    epochs = ".".join(sorted({department.clinic.epoch for department in here}))
    shown = Pass(screen, tuple(one.public_id for one in here), language, label, holder)
    return f"{epochs}{BEFORE_THE_NOTE}{shown.signed()}"


def read(shown: str) -> Pass | None:
    """None where it is not ours, or too old."""
    signed = shown.rpartition(BEFORE_THE_NOTE)[2]
    try:
        screen, departments, language, label, *held = signing.loads(signed, salt=SALT)
        signing.loads(signed, salt=SALT, max_age=LASTS[Screen(screen)])
    except signing.BadSignature:
        return None
    holder = _holder(held)
    if holder is None and screen in HELD:
        return None
    return Pass(Screen(screen), tuple(map(UUID, departments)), language, label, holder)


def _holder(held: list[Any]) -> Holder | None:
    if not held:
        return None
    kind, public_id, series = held
    return Holder(ActorKind(kind), UUID(public_id), series)
