"""One end for each token: two people, or a person and the clock, at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from queues.actions import calling, clock, departments, tokens, undoing
from queues.actions.refusals import CannotUndo, WasFirst
from queues.models import Counter, Department, Kind, Token
from queues.rules.rights import CLOCK, SYSTEM
from queues.rules.status import Status
from queues.tests import cast
from queues.tests.crowd import waiting_room
from queues.tests.races.test_calls import loaded
from queues.tests.races.together import losers, meeting, together, winners
from queues.tests.witness import assert_one_story, count

pytestmark = pytest.mark.django_db(transaction=True)


def called(department: Department, size: int) -> list[Token]:
    """So many who were called, each to a counter of their own."""
    waiting_room(department, size)
    desks = [
        Counter.objects.create(department=department, code=f"D{number}", is_open=True)
        for number in range(size)
    ]
    return [calling.call_next(cast.counter(department, desk.code), by=SYSTEM) for desk in desks]


def read_check_save(token: Token, statuses: list[Status]) -> list[bool]:
    """What nobody here writes: each looks, all have looked, each saves. Who thinks that they won?"""
    gap = meeting(len(statuses))

    def move(status: Status) -> bool:
        mine = loaded(token)
        may = mine.status == Status.CALLED
        gap.wait()
        if may:
            mine.status = status
            mine.save(update_fields=["status"])
        return may

    return winners(together([partial(move, status) for status in statuses]))


# Two people


def test_complete_and_no_show_at_once_end_in_one_of_them(opd: Department) -> None:
    for token in called(opd, 10):

        def complete(token: Token = token) -> str:
            return tokens.complete(loaded(token), by=SYSTEM).status

        def no_show(token: Token = token) -> str:
            return tokens.no_show(loaded(token), by=SYSTEM).status

        outcomes = together([complete, no_show])
        (won,), (refusal,) = winners(outcomes), losers(outcomes)
        assert isinstance(refusal, WasFirst)
        assert refusal.facts["state"] == won == loaded(token).status
        assert refusal.facts["by"]
    assert count(Kind.COMPLETED) + count(Kind.NO_SHOW) == 10
    assert not Counter.objects.exclude(current=None).exists()
    assert_one_story()


def test_without_the_conditional_update_both_ends_are_believed(opd: Department) -> None:
    (token,) = called(opd, 1)
    assert read_check_save(token, [Status.COMPLETED, Status.NO_SHOW]) == [True, True]


def test_an_undo_by_two_people_at_once_takes_back_one_step(opd: Department) -> None:
    for token in called(opd, 6):
        tokens.start(loaded(token), by=SYSTEM)

        def take_back(token: Token = token) -> str:
            return undoing.undo(loaded(token), by=SYSTEM).status

        outcomes = together([take_back, take_back])
        assert winners(outcomes) == [Status.CALLED]
        assert isinstance(losers(outcomes)[0], CannotUndo)
        assert loaded(token).status == Status.CALLED
    assert count(Kind.UNDONE) == 6
    assert_one_story()


# A person and the clock


def test_a_start_and_the_clock_at_once(opd: Department) -> None:
    """Whoever is started was not marked as not come, and the other way round."""
    people = called(opd, 10)
    departments.change(opd, {"no_show_minutes": 0}, by=SYSTEM)

    def start_all() -> list[bool]:
        return [starts(token) for token in people]

    def starts(token: Token) -> bool:
        try:
            tokens.start(loaded(token), by=SYSTEM)
        except WasFirst:
            return False
        return True

    def mark() -> list[bool]:
        return [True] * clock.mark_no_shows()

    started, marked = winners(together([start_all, mark]))
    assert started.count(True) + len(marked) == 10
    assert count(Kind.STARTED) == started.count(True)
    assert count(Kind.NO_SHOW) == len(marked)
    assert Token.objects.filter(status=Status.NO_SHOW).count() == started.count(False)
    assert_one_story()


def test_without_the_conditional_update_the_clock_takes_whom_somebody_serves(
    opd: Department,
) -> None:
    (token,) = called(opd, 1)
    assert read_check_save(token, [Status.SERVING, Status.NO_SHOW]) == [True, True]


# The clock and the clock


def no_show(department: Department) -> Callable[[], int]:
    departments.change(department, {"no_show_minutes": 0}, by=SYSTEM)
    return clock.mark_no_shows


def test_three_processes_of_duties_mark_each_no_show_once(opd: Department) -> None:
    people = called(opd, 20)
    marked = winners(together([no_show(opd)] * 3))
    assert sum(marked) == count(Kind.NO_SHOW) == len(people)
    assert set(Token.objects.values_list("status", flat=True)) == {Status.NO_SHOW}
    assert_one_story()


def test_without_a_second_look_under_the_lock_two_processes_mark_all_twice(
    opd: Department,
) -> None:
    called(opd, 5)
    gap = meeting(2)

    def look_then_mark() -> int:
        found = list(Token.objects.filter(department=opd, status=Status.CALLED))
        gap.wait()
        for token in found:
            token.status = Status.NO_SHOW
            token.save(update_fields=["status"])
        return len(found)

    assert sum(winners(together([look_then_mark] * 2))) == 10


def test_three_processes_close_a_past_day_once(opd: Department) -> None:
    """`by` the clock, and counters are free afterwards."""
    called(opd, 6)
    waiting_room(opd, 6)
    opd.clinic.idle_hours = 0
    opd.clinic.save(update_fields=["idle_hours"])
    departments.change(opd, {"hours": [[0, "08:00", "17:00"]]}, by=SYSTEM)
    opd.day_books.update(day="2026-01-01")
    closed = winners(together([clock.close_past_days] * 3))
    assert sum(closed) == count(Kind.CLOSED_BY_CLOCK) == 12
    assert not Token.objects.live().exists()
    assert not Counter.objects.exclude(current=None).exists()


def test_the_clock_refuses_nobody_it_only_comes_too_late(opd: Department) -> None:
    """A token that somebody ended is passed over, not complained about."""
    for token in called(opd, 3):
        tokens.complete(loaded(token), by=CLOCK)
    assert no_show(opd)() == 0
