"""Whether a clinic's history of today is whole. Of today alone, so that it costs the same in ten
years; `manage.py verify_events` looks at all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from queues.models import Clinic, DayBook
from queues.rules.heads import Head, Page
from queues.screens import heads, proof
from queues.screens.chain import first_break


@dataclass(frozen=True)
class Proved:
    """A ledger of today, from its first event to its last."""

    name: str
    entries: int
    broken: str | None
    signed: Head | None  # the last that was written down

    @property
    def signed_at(self) -> datetime | None:
        return datetime.fromisoformat(self.signed.at) if self.signed else None

    @property
    def since(self) -> int:
        """How many entries no head was signed of so far."""
        return max(0, self.entries - self.signed.seq) if self.signed else self.entries


def whole_today(clinic: Clinic, now: datetime) -> dict[str, Any]:
    day = clinic.service_day(now)
    page = heads.page_of(clinic.code, day)  # read before the books, which go on meanwhile
    keyed = heads.is_keyed(clinic.code, day)
    books = list(DayBook.objects.filter(clinic=clinic, day=day).select_related("department"))
    ledgers = [_proved(clinic, book, page, keyed) for book in sorted(books, key=_as_on_the_desk)]
    held = {(clinic.code, book.ledger) for book in books}
    gone = [
        Proved(proof.name_of(ledger), 0, proof.gone(page, ledger), page.newest(ledger))
        for ledger in sorted(page.heads.keys() - held)
    ]
    faults = list(proof.faults(clinic.code, day, page))
    return {
        "clinic": clinic,
        "day": day,
        "ledgers": [*gone, *ledgers],
        "entries": sum(each.entries for each in ledgers),
        "faults": faults,
        "is_whole": not (gone or faults or any(each.broken for each in ledgers)),
        "checked_at": now,
        "signed_at": max((each.signed_at for each in ledgers if each.signed_at), default=None),
    }


def _proved(clinic: Clinic, book: DayBook, page: Page, keyed: bool) -> Proved:
    ledger = (clinic.code, book.ledger)
    name = book.department.name if book.department else _("The clinic's own")
    broken = first_break(book, page.of(ledger), keyed=keyed)
    return Proved(name, book.seq, broken, page.newest(ledger))


def _as_on_the_desk(book: DayBook) -> tuple[bool, int, str]:
    """In the order of the departments, the clinic's own last."""
    department = book.department
    return (False, department.position, department.code) if department else (True, 0, "")
