"""Whether a ledger is whole."""

from __future__ import annotations

from queues.models import DayBook
from queues.rules.chain import BEGINNING, link


def first_break(book: DayBook) -> str | None:
    """The first link that does not hold, in a sentence; None if all do."""
    previous, seq = BEGINNING, 0
    for event in book.events.filter(seq__lte=book.seq).order_by("seq").iterator():
        seq += 1
        event.daybook = book
        if event.seq != seq:
            return f"event {seq} is missing"
        if event.previous_hash != previous:
            return f"event {seq} does not follow the one before it"
        if event.hash != link(previous, event.facts()):
            return f"event {seq} was changed"
        if not event.note_is_whole:
            return f"the note of event {seq} was changed"
        previous = event.hash
    if (book.seq, book.head) != (seq, previous):
        return f"the ledger should end with event {book.seq}, but ends with {seq}"
    return _beyond_the_end(book)


def _beyond_the_end(book: DayBook) -> str | None:
    """An event after the head. The ledger goes on meanwhile: its head is read after its events."""
    last = book.events.order_by("-seq").values_list("seq", flat=True).first() or 0
    book.refresh_from_db(fields=["seq"])
    return f"event {last} is beyond the end of the ledger" if last > book.seq else None
