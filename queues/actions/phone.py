"""What a patient does from their own page: a few moves of their own number, and its language; the
pages of an appointment and of a place on the waitlist have theirs too."""

from __future__ import annotations

from django.utils.translation import gettext as _

from queues import journal
from queues.actions.moves import Wish, make
from queues.actions.refusals import Conflict, Invalid, NotAllowed, WasFirst
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Appointment, Clinic, Kind, Token, Visit, WaitlistEntry
from queues.rules.rights import PATIENT_MOVES, Actor
from queues.rules.status import Move
from queues.screens import words


class TooLate(Conflict):
    """Somebody else moved the number first. Who it was is for staff to know."""

    code = "invalid_state"


def move(token: Token, wanted: Move, *, by: Actor) -> Token:
    if wanted not in PATIENT_MOVES:
        raise NotAllowed(_("Please ask a member of staff to do this."))
    try:
        return make(wanted, token, Wish(), by=by)
    except WasFirst as refused:
        sentence = _("This is no longer possible.") + " " + words.stands(token)
        raise TooLate(sentence) from refused


def speak(visit: Visit, language: str, *, by: Actor) -> None:
    speak_of(visit, visit.clinic, language, by=by)


@transacted
def speak_of(
    row: Visit | Appointment | WaitlistEntry, clinic: Clinic, language: str, *, by: Actor
) -> None:
    """Their page in another language of the clinic, wherever the link is opened from now on.

    The database says whether that changes anything: this may be tried again after a rollback.
    """
    if language not in clinic.languages:
        raise Invalid(language=_("Please choose one of the languages that are shown."))
    same = type(row)._default_manager.filter(pk=row.pk)
    if same.exclude(language=language).update(language=language):
        told = {"fields": ["language"]}
        journal.record(Entry(Kind.LANGUAGE_CHOSEN, by, clinic, row.public_id, after=told))
