"""So many answers are kept, and so many bytes; what nobody asks for goes first."""

from __future__ import annotations

from datetime import datetime

import pytest

from queues.models import Clinic, Department, Patient
from queues.models.clinic import new_epoch
from queues.screens.answers import Basis, Found, Kept, Look, Question, Shelf
from queues.screens.availability import places
from queues.screens.search import Sought
from queues.tests import agenda
from queues.tests.agenda import booked

pytestmark = pytest.mark.django_db


class Asked:
    """Questions by their number, and which of them were read."""

    def __init__(self, shelf: Shelf, length: int = 1) -> None:
        self.shelf, self.length, self.read = shelf, length, list[int]()

    def __call__(self, number: int) -> bytes:
        def read(_now: object) -> Found:
            self.read.append(number)
            return Found({"items": "x" * self.length})

        return self.shelf.newest(("question", number), lambda: Look(Basis(), read)).body


def test_what_nobody_asked_for_the_longest_goes_first() -> None:
    ask = Asked(Shelf(most=3))
    for number in (1, 2, 3, 1, 4):
        ask(number)
    assert ask.read == [1, 2, 3, 4]
    ask(1)
    ask(2)  # which had to go
    assert ask.read == [1, 2, 3, 4, 2]
    assert len(ask.shelf) == 3


def test_so_many_bytes_and_no_more() -> None:
    ask = Asked(Shelf(most_bytes=1_000), length=300)
    for number in range(50):
        ask(number)
    assert len(ask.shelf) == 3
    assert ask(49) == ask(49)
    assert ask.read == list(range(50))


def test_an_answer_larger_than_all_is_given_and_not_kept() -> None:
    ask = Asked(Shelf(most_bytes=100), length=300)
    assert len(ask(1)) > 300
    assert len(ask.shelf) == 0


def test_an_answer_that_is_read_anew_takes_no_more_room(opd: Department, asha: Patient) -> None:
    (slot,) = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic))
    ask = Asked(Shelf(most_bytes=1_000), length=300)
    for number in (1, 2):
        ask(number)
    booked(slot, asha)
    for number in (1, 2, 1, 2, 1, 2):
        ask(number)
    assert ask.read == [1, 2, 1, 2]
    assert len(ask.shelf) == 2


def test_after_a_restore_no_answer_of_before_is_given(clinic: Clinic) -> None:
    """Also where the ledgers have come just as far again."""
    ask = Asked(Shelf())
    ask(1)
    ask(1)
    Clinic.objects.update(epoch=new_epoch())
    ask(1)
    assert ask.read == [1, 1]


def test_what_moves_while_it_is_read_is_seen_by_whoever_asks_next(
    opd: Department, asha: Patient
) -> None:
    """The version is that of before: an answer can be too old, but never falsely new."""
    slot, _other = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic), 2)
    shelf = Shelf()

    def read(now: datetime) -> Found:
        found = places(Sought(), now, 10)
        if not slot.booked:
            booked(slot, asha)  # by somebody else, before the answer is made
            slot.refresh_from_db()
        return found

    def ask() -> bytes:
        return shelf.newest(("places",), lambda: Look(Basis(), read)).body

    assert str(slot.public_id).encode() in ask()
    assert str(slot.public_id).encode() not in ask()


class WhileWeWait(Shelf):
    """Between our first look and our turn to read somebody else asks the same."""

    turn = 0

    def find(self, question: Question) -> Kept | None:
        self.turn += 1
        if self.turn == 1:
            Asked(self)(1)
            return None
        return super().find(question)


def test_it_is_read_once_for_all_who_wait() -> None:
    ask = Asked(WhileWeWait())
    ask(1)
    assert ask.read == []
