"""Who is booking in this browser: kept by the server in its session, for half an hour at most.

Nothing of it is ever in an address. Once a place is booked only the way to its page is left.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

LASTS = timedelta(minutes=30)
KEY = "portal-guest"


@dataclass
class Guest:
    key: str = field(default_factory=lambda: uuid4().hex)  # so that nobody else replays an answer
    typed: dict[str, str] = field(default_factory=dict)  # shown again where they go back
    patient: str = ""  # who they are, once they were found
    answers: dict[str, str] = field(default_factory=dict)  # of somebody new
    got: str = ""  # the public id of what they booked last; the secret of its link is kept nowhere
    touched: str = ""

    @property
    def owner(self) -> str:
        return f"portal:{self.key}"

    @property
    def is_known(self) -> bool:
        return bool(self.patient or self.answers)

    @property
    def phone_ends(self) -> str:
        """Enough for them to see who is meant, and too little for somebody else."""
        return self.typed.get("phone", "")[-3:]

    def booked(self, session: SessionBase, got: str) -> None:
        """It is done: who they are is forgotten, and a second tap finds what the first one got."""
        self.typed, self.answers, self.patient, self.got = {}, {}, "", got
        self.keep(session)

    def keep(self, session: SessionBase) -> None:
        self.touched = timezone.now().isoformat()
        session[KEY] = asdict(self)
        if SESSION_KEY not in session:  # staff who look in here stay logged in
            session.set_expiry(int(LASTS.total_seconds()))


def guest_of(session: SessionBase) -> Guest:
    """Whoever it was a moment ago; somebody new once that is too long ago."""
    facts: dict[str, Any] | None = session.get(KEY)
    if facts and set(facts) == {each.name for each in fields(Guest)}:
        guest = Guest(**facts)
        if timezone.now() - datetime.fromisoformat(guest.touched) <= LASTS:
            return guest
    forget(session)
    return Guest()


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)
