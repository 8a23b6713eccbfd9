"""A board is read once for all who look, and never shows what is over."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from queues.actions import calling, departments, tokens, undoing
from queues.models import Clinic, Counter, Department, Patient
from queues.rules.rights import SYSTEM
from queues.screens import boards
from queues.screens.boards import Now
from queues.screens.places import places
from queues.tests.crowd import waiting_room
from queues.tests.story import called, fresh, people, waiting


def announced(department: Department) -> list[tuple[str, str]]:
    return [(call.label, call.counter) for call in boards.newest(department).calls]


def test_the_next_look_asks_only_whether_something_moved(
    opd: Department, asha: Patient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    waiting(asha, opd)
    board = boards.newest(opd)
    with django_assert_num_queries(1):
        assert boards.newest(opd) is board


def test_whoever_writes_and_then_reads_sees_what_they_wrote(
    clinic: Clinic, opd: Department
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd)
    assert boards.newest(opd).following == ("A-001",)
    waiting(ben, opd)
    assert boards.newest(opd).following == (
        "A-001",
        "A-002",
    )
    departments.change(opd, {"state": "paused", "state_reason": "fire alarm"}, by=SYSTEM)
    assert boards.newest(opd).department.state_reason == "fire alarm"


@pytest.mark.parametrize("size", [0, 3, 5, 7])
def test_the_front_says_what_the_whole_says(opd: Department, desk_a: Counter, size: int) -> None:
    waiting_room(opd, size)
    if size:
        calling.call_next(desk_a, by=SYSTEM)
    front, whole = boards.read_front(opd), boards.read(opd)
    for name in ("version", "present", "calls", "following", "waiting", "epoch"):
        assert getattr(front, name) == getattr(whole, name), name
    assert whole.waiting == max(size - 1, 0)


def test_who_looks_at_the_front_alone_reads_no_line(
    opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_room(opd, 3)
    seen = boards.front(opd)
    assert seen.waiting == 3
    assert boards.front(opd) is seen
    whole = boards.newest(opd)
    assert boards.front(opd) is whole, "and where somebody looks at all of it, that will do"
    waiting_room(opd, 1)
    again = boards.front(opd)
    assert isinstance(again, boards.Board)
    assert again.waiting == 4
    monkeypatch.setattr(boards, "WANTED_FOR", timedelta(0))
    assert not isinstance(boards.front(opd), boards.Board), "but no longer than somebody does"


def test_an_old_board_is_read_anew_since_waiting_times_move(
    opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = boards.newest(opd)
    monkeypatch.setattr(boards, "RENEWED_AFTER", timedelta(0))
    assert boards.newest(opd) is not board


def test_where_only_time_has_passed_what_moves_by_itself_is_reckoned_anew(
    opd: Department,
    desk_a: Counter,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    waiting_room(opd, 7)
    calling.call_next(desk_a, by=SYSTEM)
    board, front = boards.newest(opd), boards.read_front(opd)
    later = timezone.now() + timedelta(minutes=30)
    monkeypatch.setattr(timezone, "now", lambda: later - timedelta(minutes=29, seconds=40))
    with django_assert_num_queries(1):  # its version and its settings
        renewed = boards.newest(opd)
    assert renewed.read_at > board.read_at
    assert renewed.present is board.present
    assert renewed.places == tuple(places(opd, renewed.read_at))
    with django_assert_num_queries(0):
        again = boards._renewed(front, Now(opd, front.version))
    assert again
    assert again.read_at == renewed.read_at
    monkeypatch.setattr(timezone, "now", lambda: later)
    with django_assert_num_queries(5):  # but not for ever
        read = boards.newest(opd)
    assert [place.estimate for place in read.places] != [place.estimate for place in board.places]


def test_what_was_closed_since_is_read_anew(opd: Department) -> None:
    waiting_room(opd, 2)
    board, (it, (day, seq)) = boards.newest(opd), boards._now(opd)
    assert boards._renewed(board, Now(it, (day, seq)))
    assert boards._renewed(board, Now(it, (day, seq + 1))) is None
    assert boards._renewed(board, Now(_restored(it), (day, seq))) is None
    Department.objects.filter(pk=opd.pk).update(state="closed")
    assert boards._renewed(board, boards._now(opd)) is None


def test_a_newer_board_than_was_asked_for_will_do(
    opd: Department, asha: Patient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Somebody read it while we waited for our turn to read."""
    waiting(asha, opd)
    board, (it, (day, seq)) = boards.newest(opd), boards._now(opd)
    assert boards._still_true(board, Now(it, (day, seq - 1)))
    assert not boards._still_true(board, Now(it, (day, seq + 1)))
    assert not boards._still_true(board, Now(it, (day + timedelta(days=1), 1)))
    assert not boards._still_true(board, Now(_restored(it), (day, seq)))


def _restored(department: Department) -> Department:
    """The same, as it is after the hospital was restored from a backup."""
    restored = copy(department)
    restored.clinic = Clinic(epoch="another")
    return restored


def test_a_call_and_its_repetition_are_both_announced(desk_a: Counter, asha: Patient) -> None:
    token = called(asha, desk_a)
    tokens.recall(token, by=SYSTEM)
    assert announced(desk_a.department) == [("A-001", "1"), ("A-001", "1")]


@pytest.mark.parametrize("take_back", [undoing.undo, tokens.put_back])
def test_a_call_that_was_taken_back_is_none(
    take_back: object, clinic: Clinic, opd: Department, desk_a: Counter, desk_b: Counter
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    called(asha, desk_a)
    token = called(ben, desk_b)
    assert callable(take_back)
    take_back(token, by=SYSTEM)
    assert announced(opd) == [("A-001", "1")]


def test_of_somebody_called_anew_only_the_new_call_counts(
    opd: Department, desk_a: Counter, desk_b: Counter, asha: Patient
) -> None:
    tokens.put_back(called(asha, desk_a), by=SYSTEM)
    calling.call_next(fresh(desk_b), by=SYSTEM)
    assert announced(opd) == [("A-001", "2")]
