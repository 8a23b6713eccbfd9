"""After so many days a ledger goes as a whole, and only its signed head stays.

With it go its events, its numbers and its blanks on paper, and the visits that nothing is left of.
Records, appointments, consultations and the waitlist stay: other laws say how long. It is taken
out piece by piece, in short transactions: first it is written down, signed, that it goes, so that
the proof of the history does not miss it; then the pieces; last the row of the day itself, with
the event that tells of it. Whatever stops this midway, the next run goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from queues import journal
from queues.actions.heads import head_of, held_page
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    Counter,
    DayBook,
    Event,
    Kind,
    PaperNumber,
    Token,
    Visit,
)
from queues.rules.rights import CLOCK
from queues.screens.chain import first_break, name
from queues.screens.heads import is_keyed

log = logging.getLogger(__name__)

FEWEST_DAYS = 8  # a number may be carried over a few nights, and is sought that far back
LEDGERS_AT_ONCE = 50  # since other duties wait meanwhile
ROWS_AT_ONCE = 500


def remove_old_days() -> int:
    """How many ledgers are gone; none where everything is kept for ever."""
    if not settings.RETENTION_DAYS:
        return 0
    kept, removed = timedelta(days=max(settings.RETENTION_DAYS, FEWEST_DAYS)), 0
    for clinic in Clinic.objects.order_by("pk"):
        old = clinic.day_books.filter(day__lt=clinic.service_day() - kept)
        for book in old.select_related("clinic", "department").order_by("day", "ledger"):
            removed += _remove(book)
            if removed == LEDGERS_AT_ONCE:
                return removed
    return removed


def _remove(book: DayBook) -> bool:
    """Not while somebody of that day still waits, and not what was tampered with."""
    if book.tokens.live().exists() or not _is_let_go(book):
        return False
    for events in _pieces(book.events.order_by()):
        _drop_events(events)
    for tokens in _pieces(book.tokens.order_by()):
        _drop_tokens(tokens)
    for papers in _pieces(book.paper_numbers.order_by()):
        _drop_papers(papers)
    for visits in _pieces(_over_with(book)):
        _drop_visits(visits)
    return _drop(book)


def _over_with(book: DayBook) -> QuerySet[Visit]:
    """Of its day or before, with none of their stops left."""
    none_left = {"tokens": None, "paper_number": None}
    return Visit.objects.filter(clinic=book.clinic_id, day__lte=book.day, **none_left)


def _is_let_go(book: DayBook) -> bool:
    """Written down for good, with its head; its proof is the last that it gets."""
    if not book.seq:
        return True
    ledger = (book.clinic.code, book.ledger)
    with held_page(book.clinic.code, book.day) as held:
        if held.page.is_removed(ledger):
            return True
        keyed = is_keyed(book.clinic.code, book.day)
        if broken := first_break(book, held.page.of(ledger), keyed=keyed):
            told = (book.clinic.code, name(book), book.day, broken)
            log.error("The history is not whole, and not removed: %s, %s, %s: %s", *told)
            return False
        held.write([head_of(book, removed=True)])
    return True


def _pieces(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """Keys, until there are none: each piece is gone before the next is asked for."""
    while keys := list(rows.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        yield keys


@transacted
def _drop_events(keys: list[int]) -> None:
    Event.objects.filter(pk__in=keys).delete()


@transacted
def _drop_tokens(keys: list[int]) -> None:
    """What outlives a number forgets it: what a doctor wrote, and a later stop of the same visit."""
    Consultation.objects.filter(token__in=keys).update(token=None)
    Token.objects.filter(previous__in=keys).update(previous=None)
    Counter.objects.filter(current__in=keys).update(current=None)
    Token.objects.filter(pk__in=keys).delete()


@transacted
def _drop_papers(keys: list[int]) -> None:
    PaperNumber.objects.filter(pk__in=keys).delete()


@transacted
def _drop_visits(keys: list[int]) -> None:
    Appointment.objects.filter(visit__in=keys).update(visit=None)
    Visit.objects.filter(pk__in=keys).delete()


@transacted
def _drop(book: DayBook) -> bool:
    """False if another copy of the duties was faster."""
    if not DayBook.objects.filter(pk=book.pk).delete()[0]:
        return False
    after = {
        "day": book.day.isoformat(),
        "ledger": book.department.code if book.department else book.ledger,
        "seq": book.seq,
        "head": book.head,
    }
    journal.record(Entry(Kind.DAY_REMOVED, CLOCK, book.clinic, after=after))
    return True
