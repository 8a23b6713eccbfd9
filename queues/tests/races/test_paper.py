"""Paper and computer give out numbers at once, and two clerks take in the same one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from queues.actions import paper
from queues.actions.refusals import TakenIn
from queues.models import DayBook, Department, Kind, PaperNumber, Token, Visit
from queues.rules.labels import label
from queues.rules.paper import Outcome
from queues.rules.rights import SYSTEM
from queues.tests import cast
from queues.tests.actions.test_paper import somebody
from queues.tests.crowd import crowd
from queues.tests.races.test_numbers import labels_taken
from queues.tests.races.together import losers, meeting, together, winners
from queues.tests.witness import assert_one_story, count

pytestmark = pytest.mark.django_db(transaction=True)

PRINTERS, PRINTS, BLANKS = 4, 3, 10
KIOSKS, EACH = 8, 10


def printed(department: Department) -> list[str]:
    """What one printer sets aside, one sheet after the other."""
    here = cast.department(department.clinic, department.code)
    sheets = [paper.print_numbers(here, BLANKS, by=SYSTEM) for _sheet in range(PRINTS)]
    return [number.label for sheet in sheets for number in sheet]


def take_in(number: PaperNumber, name: str) -> Token:
    theirs = PaperNumber.objects.get(pk=number.pk)
    return paper.take_in(theirs, somebody(name), timezone.now(), Outcome.WAITING, by=SYSTEM)


def test_no_number_is_both_on_paper_and_given_out(opd: Department) -> None:
    people = crowd(opd.clinic, KIOSKS * EACH)
    acts: list[Callable[[], list[str]]] = [
        *(partial(labels_taken, people[first::KIOSKS], "OPD") for first in range(KIOSKS)),
        *(partial(printed, opd) for _printer in range(PRINTERS)),
    ]
    taken = [its_label for labels in winners(together(acts)) for its_label in labels]
    total = KIOSKS * EACH + PRINTERS * PRINTS * BLANKS
    assert sorted(taken) == [label("A", number) for number in range(1, total + 1)]
    assert count(Kind.NUMBERS_PRINTED) == PRINTERS * PRINTS
    assert_one_story()


def test_without_the_lock_of_the_day_book_two_sheets_bear_the_same_numbers(
    opd: Department,
) -> None:
    """The last number is looked up, then counted on from, as it is so often written."""
    paper.print_numbers(opd, 1, by=SYSTEM)
    gap = meeting(PRINTERS)

    def first_of_a_sheet() -> int:
        last = DayBook.objects.get(department=opd).last_number
        gap.wait()
        return last + 1

    assert winners(together([first_of_a_sheet] * PRINTERS)) == [2] * PRINTERS


def test_of_two_clerks_with_the_same_number_one_takes_it_in(opd: Department) -> None:
    for number in paper.print_numbers(opd, 8, by=SYSTEM):
        outcomes = together([partial(take_in, number, name) for name in ("Asha", "Ben")])
        (won,), (refusal,) = winners(outcomes), losers(outcomes)
        assert isinstance(refusal, TakenIn)
        assert refusal.facts["token_id"] == str(won.public_id)
    assert Visit.objects.count() == Token.objects.count() == count(Kind.ISSUED) == 8
    assert count(Kind.PATIENT_REGISTERED) == 8, "nothing is left of whoever came second"
    assert_one_story()


def test_without_the_lock_of_the_number_both_clerks_find_it_blank(opd: Department) -> None:
    number = paper.print_numbers(opd, 1, by=SYSTEM)[0]
    gap = meeting(2)

    def looks() -> bool:
        blank = PaperNumber.objects.open().filter(pk=number.pk).exists()
        gap.wait()
        return blank

    assert winners(together([looks, looks])) == [True, True], "the race is real"


def test_several_clerks_take_in_one_sheet_at_once(opd: Department) -> None:
    numbers = paper.print_numbers(opd, 24, by=SYSTEM)

    def clerk(first: int) -> list[Token]:
        return [take_in(number, f"Holder of {number.label}") for number in numbers[first::4]]

    assert not losers(together([partial(clerk, first) for first in range(4)]))
    in_line = Token.objects.waiting_at(opd).in_call_order()
    assert in_line.count() == 24
    assert not PaperNumber.objects.open().exists()
    assert_one_story()
