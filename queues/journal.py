"""The one pen: writes what happened, in the transaction in which it happened, and says that
something did once it is committed.

Every ledger is a chain with one row at its head, the DayBook, and whoever writes holds that row.
It is the last lock of a transaction: first change all tokens and counters, then `record` all.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from queues import hints
from queues.models import Clinic, DayBook, Department, Event, Kind, Token, statements
from queues.models.event import MOVES_NO_PLACE, MOVES_WEEKS
from queues.rules import topics
from queues.rules.chain import digest, link
from queues.rules.keyring import keyring
from queues.rules.rights import Actor

CLINIC_LEDGER = "clinic"
Place = Department | Clinic  # whose ledger it is
Books = dict[Place, DayBook]


@dataclass(frozen=True)
class Entry:
    """One change, to be written down."""

    kind: Kind
    by: Actor
    where: Department | Clinic  # whose ledger it goes to
    subject: UUID | None = None
    counter: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def moved(kind: Kind, token: Token, before: dict[str, Any], *, by: Actor, note: str = "") -> Entry:
    """The entry of a token that was changed: what differs from before, and nothing else."""
    after = token.state()
    changed = [name for name, value in after.items() if value != before.get(name)]
    return Entry(
        kind,
        by,
        token.department,
        token.public_id,
        counter=after["counter"] or before.get("counter") or "",
        before={name: before.get(name) for name in changed},
        after={name: after[name] for name in changed},
        note=note,
    )


def open_book(where: Department | Clinic, now: datetime) -> DayBook:
    """Today's page of a ledger, held until the end of the transaction."""
    clinic = where if isinstance(where, Clinic) else where.clinic
    department = None if isinstance(where, Clinic) else where
    ledger = str(department.pk) if department else CLINIC_LEDGER
    page = {"clinic": clinic, "ledger": ledger, "day": clinic.service_day(now)}
    book = statements.held(DayBook, page)
    if book is None:
        labels = Token.objects.labels_held(department.prefix, clinic) if department else []
        # Should another desk be opening it, a unique key says so, and the next try finds it there.
        # To go on from here would be a deadlock: each of those who lost shares a lock on the row.
        DayBook.objects.create(**page, department=department, still_held=labels)
        book = DayBook.objects.select_for_update().get(**page)
    book.clinic, book.department = clinic, department  # known, so not looked up again
    return book


def open_books(places: Iterable[Department | Clinic], now: datetime) -> Books:
    """Today's pages of several ledgers, taken in the one order that never deadlocks."""
    return {where: open_book(where, now) for where in sorted(set(places), key=_in_lock_order)}


def record(*entries: Entry, held: Books | None = None) -> None:
    """Write the entries down, each in its ledger; `held` are the pages already taken."""
    now = timezone.now()
    books = held or open_books((entry.where for entry in entries), now)
    for where, book in books.items():
        _write(book, [entry for entry in entries if entry.where == where], now)


def _write(page: DayBook, entries: list[Entry], now: datetime) -> None:
    if not entries:
        return  # a page that was only held
    key = keyring(settings.EVENT_KEYS).signs
    for entry in entries:
        page.seq += 1
        if entry.kind not in MOVES_NO_PLACE:
            page.places_seq = page.seq
        event = Event(
            daybook=page,
            seq=page.seq,
            kind=entry.kind,
            at=now,
            actor_kind=entry.by.kind,
            actor=entry.by.public_id,
            origin=entry.by.origin,
            subject=entry.subject,
            counter=entry.counter,
            before=entry.before,
            after=entry.after,
            note=entry.note,
            note_digest=digest(entry.note, key.for_events),
            previous_hash=page.head,
            key=key.id,
        )
        page.head = event.hash = link(page.head, event.facts(), key.for_events)
        statements.insert(event)
    moved_on = {name: getattr(page, name) for name in DayBook.MOVES}
    statements.update(DayBook, {"pk": page.pk}, **moved_on)
    _hint(page, {entry.kind for entry in entries})


def _hint(page: DayBook, kinds: Set[Kind]) -> None:
    department = page.department.public_id if page.department else None
    day, seq = page.day, page.seq
    moved = [
        topics.of_department(department) if department else topics.of_clinic(page.clinic_id),
        *([topics.places_of(page.clinic_id), topics.ALL_PLACES] if kinds - MOVES_NO_PLACE else ()),
        *([topics.ALL_WEEKS] if kinds & MOVES_WEEKS else ()),
    ]

    def send() -> None:  # by its name Django tells what failed, and a partial has none
        hints.send(moved, department, day, seq)

    transaction.on_commit(send, robust=True)


def _in_lock_order(where: Department | Clinic) -> tuple[bool, int]:
    """Departments by key, the clinic's own ledger last."""
    return isinstance(where, Clinic), where.pk
