"""A number of a past day waits today: it must still be its holder's own.

A token that had ended waits again, or a number on paper is taken in after the day has turned.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import AlreadyWaiting, LabelTaken
from queues.journal import Books, Place
from queues.models import Clinic, PaperNumber, Token, Visit


def open_books(visit: Visit, clinic: Clinic, places: Iterable[Place], now: datetime) -> Books:
    """The pages to write on. A number of a past day is kept out of today's numbers first."""
    if visit.day == clinic.service_day(now):
        return journal.open_books(places, now)
    gives_it = clinic.departments.get(prefix=visit.label.rpartition("-")[0])
    gives_it.clinic = clinic
    books = journal.open_books({*places, gives_it}, now)
    others = Token.objects.live().filter(visit__label=visit.label, visit__clinic=clinic)
    on_paper = PaperNumber.objects.open().filter(daybook=books[gives_it], label=visit.label)
    if others.exclude(visit=visit).exists() or on_paper.exists():
        raise LabelTaken(
            _(
                "%(label)s is of a past day, and somebody else holds it today. Please give a new one."
            )
            % {"label": visit.label},
            label=visit.label,
        )
    theirs = Token.objects.live().filter(visit__patient=visit.patient_id, visit__clinic=clinic)
    if other := theirs.exclude(visit=visit).select_related("visit").first():
        raise AlreadyWaiting(
            _("The patient waits under another number: %(label)s.") % {"label": other.visit.label},
            token_id=str(other.public_id),
            label=other.visit.label,
            state=other.status,
        )
    book = books[gives_it]
    if visit.label not in book.still_held:
        book.still_held.append(visit.label)
        book.save(update_fields=["still_held"])
    return books
