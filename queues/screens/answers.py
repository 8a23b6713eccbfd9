"""Finished answers to what anybody asks about doctors' time, kept while they hold.

Each process keeps those to the questions that it was asked: bytes and ETag, for whoever asks the
same again. One query then says whether any free place has moved since. As with boards, the version
is read before the rows, so an answer can be too old, and is then read anew, but is never falsely
new. It ends by itself at the moment when the first of its places begins.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from django.utils import timezone

from queues.models import Session
from queues.models.daybook import Moved, places_moved
from queues.rules import topics
from queues.rules.topics import Rests
from queues.screens.published import Published

MOST = 4_000  # answers of a process
MOST_BYTES = 32 * 2**20  # of all of them
READERS = 64  # at once; more than there are threads

Question = tuple[Hashable, ...]  # in one spelling, whoever asks it


@dataclass(frozen=True)
class Basis:
    """Whose free places an answer was made of: of one clinic, of one doctor, or of all."""

    clinic: int | None = None
    doctor: int | None = None

    def version(self, now: datetime) -> Moved:
        return places_moved(now, clinic=self.clinic, doctor=self.doctor)

    def topics(self) -> frozenset[str]:
        if self.doctor:
            clinics = Session.objects.filter(doctor=self.doctor).values_list("clinic", flat=True)
            theirs = {topics.places_of(clinic) for clinic in clinics.distinct()}
            return frozenset({*theirs, topics.ALL_WEEKS})
        return frozenset({topics.places_of(self.clinic) if self.clinic else topics.ALL_PLACES})


@dataclass(frozen=True)
class Found:
    facts: dict[str, Any]
    until: datetime | None = None  # then the first of its places begins, and is none any more


@dataclass(frozen=True)
class Look:
    """How a question is answered, once it is known whom it names."""

    basis: Basis
    read: Callable[[datetime], Found]


@dataclass(frozen=True)
class Kept:
    answer: Published
    basis: Basis
    version: Moved
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        in_time = self.until is None or now < self.until
        return in_time and self.basis.version(now) == self.version


class Shelf:
    """So many answers and so many bytes at most; what nobody asked for the longest goes first."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self.most, self.most_bytes = most, most_bytes
        self._kept: OrderedDict[Question, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._reading = [Lock() for _reader in range(READERS)]  # one reader a question, nearly

    def __len__(self) -> int:
        return len(self._kept)

    def newest(self, question: Question, look: Callable[[], Look]) -> Published:
        """As the database has it now, read anew only if something moved."""
        kept = self.find(question)
        if kept and kept.holds(timezone.now()):
            return kept.answer
        with self._reading[hash(question) % READERS]:
            theirs = self.find(question)  # somebody may have read it while we waited
            if theirs is None or theirs is kept or not theirs.holds(timezone.now()):
                self._drop(question)
                theirs = _read(look())
                self._keep(question, theirs)
            return theirs.answer

    def find(self, question: Question) -> Kept | None:
        """What is kept, whether it holds or not."""
        with self._lock:
            kept = self._kept.get(question)
            if kept:
                self._kept.move_to_end(question)
            return kept

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _drop(self, question: Question) -> None:
        with self._lock:
            if kept := self._kept.pop(question, None):
                self._bytes -= len(kept.answer.body)

    def _keep(self, question: Question, new: Kept) -> None:
        with self._lock:
            self._kept[question] = new
            self._bytes += len(new.answer.body)
            while len(self._kept) > self.most or self._bytes > self.most_bytes:
                _question, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.answer.body)


def _read(look: Look) -> Kept:
    now = timezone.now()
    version = look.basis.version(now)
    found = look.read(now)
    rests = Rests(look.basis.topics(), found.until)
    return Kept(Published.of(found.facts, rests), look.basis, version, found.until)


shelf = Shelf()
