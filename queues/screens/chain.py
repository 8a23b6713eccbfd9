"""Whether a ledger is whole: from event to event, and at the heads that were signed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from queues.models import DayBook, Event
from queues.rules.chain import BEGINNING, digest, link
from queues.rules.heads import Head
from queues.rules.keyring import keyring


def first_break(
    book: DayBook, signed: Sequence[Head] = (), *, begin: Head | None = None, keyed: bool = False
) -> str | None:
    """The first link that does not hold, in a sentence; None if all do.

    `signed` must have been read before the book was: a head that is signed meanwhile lies beyond
    what the book says. `begin` is the signed head from which on to look. `keyed`: it is known from
    elsewhere that events are signed by that day, so that one without a key is none of ours.
    """
    walk = Walk(book, keyed)
    for head in signed:
        walk.signed.setdefault(head.seq, head)
    if begin:
        walk.begin_at(begin)
    events = book.events.filter(seq__gt=walk.seq, seq__lte=book.seq).order_by("seq")
    for event in events.iterator():
        if broken := walk.step(event):
            return broken
    return walk.end() or _beyond_the_end(book)


def name(book: DayBook) -> str:
    return book.department.code if book.department else _("the clinic's own ledger")


@dataclass
class Walk:
    """Along a ledger, event by event."""

    book: DayBook
    keyed: bool  # once one event is signed, all that follow are
    signed: dict[int, Head] = field(default_factory=dict)
    seq: int = 0
    previous: str | None = BEGINNING  # None: not looked at

    def begin_at(self, head: Head) -> None:
        self.signed.setdefault(head.seq, head)
        self.seq, self.previous = head.seq - 1, None

    def step(self, event: Event) -> str | None:
        """What is wrong with the next event."""
        self.seq += 1
        here = {"seq": self.seq}
        event.daybook = self.book
        if event.seq != self.seq:
            return _("event %(seq)d is missing") % here
        if self.previous not in (None, event.previous_hash):
            return _("event %(seq)d does not follow the one before it") % here
        if broken := self._signature(event):
            return broken
        witness = self.signed.get(event.seq)
        if witness and witness.head != event.hash:
            told = {**here, "at": witness.at}
            return _("event %(seq)d is not the one that was signed at %(at)s") % told
        self.previous, self.keyed = event.hash, bool(event.key)
        return None

    def end(self) -> str | None:
        """What is wrong with where it ends."""
        last = max(self.signed, default=0)
        if last > self.book.seq:
            told = {"signed": last, "at": self.signed[last].at, "seq": self.book.seq}
            return (
                _("event %(signed)d was signed at %(at)s, but the ledger ends with %(seq)d") % told
            )
        if (self.book.seq, self.book.head) != (self.seq, self.previous):
            told = {"book": self.book.seq, "seq": self.seq}
            return _("the ledger should end with event %(book)d, but ends with %(seq)d") % told
        return None

    def _signature(self, event: Event) -> str | None:
        here = {"seq": event.seq, "key": event.key}
        if self.keyed and not event.key:
            return _("event %(seq)d is not signed") % here
        key = keyring(settings.EVENT_KEYS).find(event.key)
        if event.key and key is None:
            return _("event %(seq)d is signed with the key %(key)s, which is not there") % here
        secret = key.for_events if key else b""
        if event.hash != link(event.previous_hash, event.facts(), secret):
            return _("event %(seq)d was changed") % here
        if event.note and event.note_digest != digest(event.note, secret):
            return _("the note of event %(seq)d was changed") % here
        return None


def _beyond_the_end(book: DayBook) -> str | None:
    """An event after the head. The ledger goes on meanwhile: its head is read after its events."""
    last = book.events.order_by("-seq").values_list("seq", flat=True).first() or 0
    now = DayBook.objects.filter(pk=book.pk).values_list("seq", flat=True).first() or 0
    if last > now:
        return _("event %(seq)d is beyond the end of the ledger") % {"seq": last}
    return None
