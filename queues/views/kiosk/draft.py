"""What one patient has answered so far: kept in the session of this machine, and not for long.

The session ends when the draft would: the machine may never ask again, and the duties forget what
has ended. So it ends with the ticket too, which comes after a draft and is shown for less long.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from queues.models import Clinic
from queues.views.kiosk.path import FINDS, Question, Who, path

LASTS = timedelta(minutes=5)  # without a touch; the screen itself asks and wipes much earlier
KEY = "kiosk-draft"


@dataclass
class Draft:
    """A visit that is half filled in."""

    clinic: str
    language: str
    answers: dict[str, str] = field(default_factory=dict)  # as typed; empty: has or knows none
    patient: str = ""  # who they are, once they were found
    has_doctors: bool = False  # where they want to go, so that they can choose one
    touched: str = ""

    def answer(self, question: Question, text: str) -> None:
        """Take an answer, and forget what followed from another one."""
        if self.answers.get(question) != text:
            if question in FINDS:
                self.patient = ""
            if question is Question.NEED:
                self.answers.pop(Question.DOCTOR, None)
        self.answers[question] = text

    def path(self) -> list[Question]:
        return path(self.answers, has_doctors=self.has_doctors)

    def first_open(self) -> Question:
        """The first question that still wants its answer."""
        way = self.path()
        identity = way[: way.index(Question.APPOINTMENT if self.has_appointment else Question.NEED)]
        unanswered = (question for question in way if question not in self.answers)
        if not self.is_new and not self.patient:  # all answered, and nobody found
            return next((one for one in identity if one not in self.answers), identity[-1])
        return next(unanswered, way[-1])

    @property
    def is_new(self) -> bool:
        return self.answers.get(Question.WHO) == Who.NEW

    @property
    def has_appointment(self) -> bool:
        return self.answers.get(Question.WHO) == Who.APPOINTMENT

    def keep(self, session: SessionBase) -> None:
        self.touched = timezone.now().isoformat()
        session[KEY] = asdict(self)
        session.set_expiry(int(LASTS.total_seconds()))


def draft_of(session: SessionBase, clinic: Clinic) -> Draft | None:
    """What is kept here; nothing once it is too old, of another clinic, or of an older program."""
    facts = session.get(KEY)
    if facts is None:
        return None
    if _is_whole(facts):
        draft = Draft(**facts)
        age = timezone.now() - datetime.fromisoformat(draft.touched)
        if draft.clinic == clinic.code and age <= LASTS:
            return draft
    drop(session)
    return None


def drop(session: SessionBase) -> None:
    session.pop(KEY, None)


def _is_whole(facts: dict[str, Any]) -> bool:
    return set(facts) == {each.name for each in fields(Draft)}
