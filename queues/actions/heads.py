"""Where the ledgers stand is signed and written down outside of the database, again and again.

A chain alone does not tell that its end was cut off, or that all of it is gone. A file is held by
one process at a time, so several copies of the duties may share the folder; what is written down
is not written again. Nothing is signed that does not follow from what was signed before: whoever
changed the history gets complaints into the log, and not our signature.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from queues.actions.transactions import transacted
from queues.models import DayBook
from queues.rules.heads import Head, Page, finished, read, written
from queues.rules.keyring import keyring
from queues.screens.chain import first_break, name
from queues.screens.heads import is_keyed, path_of

log = logging.getLogger(__name__)

EVENTS_AT_ONCE = 20_000  # about as many are proved in one go, since other duties wait meanwhile


class HeldPage:
    """What is written down of a clinic's day, in our hands alone."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        file.seek(0)
        whole = finished(file.read())
        file.truncate(len(whole))  # the rest was never relied upon
        self.page: Page = read(whole.decode(errors="replace"), keyring(settings.EVENT_KEYS))

    def write(self, heads: Sequence[Head]) -> None:
        """To the disk, and not only into its cache."""
        key = keyring(settings.EVENT_KEYS).signs
        for head in heads:
            line, self.page.last = written(head, self.page.last, key)
            self.page.heads[head.of].append(head)
            self.file.write(line.encode())
        self.file.flush()
        os.fsync(self.file.fileno())


@contextmanager
def held_page(clinic: str, day: date) -> Iterator[HeldPage]:
    path = path_of(clinic, day)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed
        if is_new:
            _keep_name(path.parent)
        yield HeldPage(file)


def sign_heads() -> int:
    """Sign each ledger that has moved since; the newest days first."""
    moved = DayBook.objects.filter(seq__gt=F("signed_seq")).order_by("-day", "clinic", "ledger")
    to_do = moved.values_list("clinic__code", "day", "pk", "seq", "signed_seq")
    signed, proved = 0, 0
    for (clinic, day), rows in groupby(to_do, key=lambda row: row[:2]):
        if proved >= EVENTS_AT_ONCE:
            break
        ledgers = list(rows)
        signed += _sign_page(clinic, day, [pk for _clinic, _day, pk, *_seqs in ledgers])
        proved += sum(seq - already for *_where, seq, already in ledgers)
    return signed


def _sign_page(clinic: str, day: date, keys: list[int]) -> int:
    with held_page(clinic, day) as held:
        sound = [book for book in _books(keys) if _is_sound(book, held.page)]
        new = [book for book in sound if not _is_written(book, held.page)]
        held.write([head_of(book) for book in new])
    _mark(sound)
    return len(new)


def head_of(book: DayBook, *, removed: bool = False) -> Head:
    last = book.events.filter(seq=book.seq).values_list("key", flat=True).first()
    return Head(
        at=timezone.now().isoformat(timespec="seconds"),
        clinic=book.clinic.code,
        ledger=book.ledger,
        day=book.day.isoformat(),
        seq=book.seq,
        head=book.head,
        event_key=last or "",
        removed=removed,
    )


def _books(keys: list[int]) -> list[DayBook]:
    """As they now are, and so not behind the page that was read before."""
    found = DayBook.objects.filter(pk__in=keys).select_related("clinic", "department")
    return list(found.order_by("ledger"))


def _is_written(book: DayBook, page: Page) -> bool:
    """By another copy of the duties, or before a power cut."""
    newest = page.newest((book.clinic.code, book.ledger))
    return newest is not None and newest.seq == book.seq


def _is_sound(book: DayBook, page: Page) -> bool:
    """Whether all since its last signed head is whole."""
    last = page.newest((book.clinic.code, book.ledger))
    keyed = last is None and is_keyed(book.clinic.code, book.day)
    broken = first_break(book, begin=last, keyed=keyed)
    if broken:
        told = (book.clinic.code, name(book), book.day, broken)
        log.error("The history is not whole, and not signed: %s, %s, %s: %s", *told)
    return broken is None


@transacted
def _mark(books: Sequence[DayBook]) -> None:
    for book in books:
        behind = DayBook.objects.filter(pk=book.pk, signed_seq__lt=book.seq)
        behind.update(signed_seq=book.seq)


def _keep_name(folder: Path) -> None:
    """A file that is new outlives a power cut once its folder is on the disk too."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
