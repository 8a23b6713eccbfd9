"""Whether the whole of the history is whole: every ledger, and all that was signed of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.models import Clinic, DayBook, Department
from queues.rules.heads import Fault, Head, Ledger, Page
from queues.screens import heads
from queues.screens.chain import first_break, name

FAULT = {
    Fault.ILLEGIBLE: gettext_lazy("it cannot be read"),
    Fault.UNKNOWN_KEY: gettext_lazy("it is signed with a key that is not there"),
    Fault.FORGED: gettext_lazy("its signature does not hold"),
    Fault.OUT_OF_LINE: gettext_lazy("it does not follow the line before it"),
}


@dataclass
class Tally:
    """What was looked at."""

    ledgers: int = 0
    events: int = 0
    agree: int = 0  # with the last signed head
    moved: int = 0  # on since then
    unsigned: int = 0
    only_heads: int = 0  # their events are removed, since their time was over


def breaks(tally: Tally) -> Iterator[str]:
    """A line for each ledger that is not whole, and for each signed head that does not hold."""
    known = Clinic.objects.values_list("code", flat=True)
    for clinic in sorted({*known, *heads.clinics()}):
        yield from _of_clinic(clinic, tally)


def _of_clinic(clinic: str, tally: Tally) -> Iterator[str]:
    with_books = DayBook.objects.filter(clinic__code=clinic).values_list("day", flat=True)
    keyed = False  # from the day on after which events were signed
    for day in sorted({*with_books.distinct(), *heads.days(clinic)}):
        page = heads.page_of(clinic, day)
        yield from faults(clinic, day, page)
        yield from _of_day(clinic, day, page, tally, keyed)
        keyed = keyed or any(head.event_key for head in page.all())


def faults(clinic: str, day: date, page: Page) -> Iterator[str]:
    for line, fault in page.faults:
        told = {"clinic": clinic, "day": day, "line": line, "fault": FAULT[fault]}
        yield _("%(clinic)s, %(day)s, line %(line)d of the signed heads: %(fault)s") % told


def _of_day(clinic: str, day: date, page: Page, tally: Tally, keyed: bool) -> Iterator[str]:
    """The books are read after the page, so that they are not behind it."""
    found = DayBook.objects.filter(clinic__code=clinic, day=day)
    books = {book.ledger: book for book in found.select_related("department").order_by("ledger")}
    if not page.heads and any(book.signed_seq for book in books.values()):
        yield _("%(clinic)s, %(day)s: its signed heads are gone") % {"clinic": clinic, "day": day}
    for book in books.values():
        if broken := _broken(clinic, book, page, keyed):
            yield f"{clinic}, {name(book)}, {day}: {broken}"
        _count(tally, book, page.newest((clinic, book.ledger)))
    for ledger in sorted(page.heads.keys() - {(clinic, which) for which in books}):
        if page.is_removed(ledger):
            tally.only_heads += 1
        else:
            yield f"{clinic}, {name_of(ledger)}, {day}: {gone(page, ledger)}"


def _broken(clinic: str, book: DayBook, page: Page, keyed: bool) -> str | None:
    """Nothing, where its events are being taken out since their time is over."""
    ledger = (clinic, book.ledger)
    if page.is_removed(ledger):
        return None
    broken = first_break(book, page.of(ledger), keyed=keyed)
    if broken and heads.page_of(clinic, book.day).is_removed(ledger):
        return None  # begun while we looked
    return broken


def _count(tally: Tally, book: DayBook, last: Head | None) -> None:
    tally.ledgers += 1
    tally.events += book.seq
    tally.unsigned += last is None and book.seq > 0
    tally.agree += last is not None and last.seq == book.seq
    tally.moved += last is not None and last.seq < book.seq


def gone(page: Page, ledger: Ledger) -> str:
    last = page.of(ledger)[-1]
    told = {"seq": last.seq, "at": last.at}
    return _("the ledger is gone, whose event %(seq)d was signed at %(at)s") % told


def name_of(ledger: Ledger) -> str:
    """Of a ledger that is not there any more."""
    _clinic, which = ledger
    if not which.isdecimal():
        return _("the clinic's own ledger")
    code = Department.objects.filter(pk=which).values_list("code", flat=True).first()
    return code or _("ledger %(which)s") % {"which": which}
