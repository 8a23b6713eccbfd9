"""Signed heads: what is written down of the ledgers, when, and what never is."""

from __future__ import annotations

import logging
import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from queues.actions import heads
from queues.models import Clinic, DayBook, Department
from queues.rules.heads import Page
from queues.screens.heads import page_of, path_of
from queues.tests import cast
from queues.tests.races.together import meeting, together, winners
from queues.tests.story import waiting


@pytest.fixture
def book(opd: Department) -> DayBook:
    waiting(cast.patient(opd.clinic, "Asha"), opd)
    return DayBook.objects.select_related("clinic").get(department=opd)


def page(book: DayBook) -> Page:
    return page_of("main", book.day)


def written(book: DayBook) -> list[tuple[int, str]]:
    return [(head.seq, head.head) for head in page(book).of(("main", book.ledger))]


def test_each_ledger_is_written_down_as_it_stands(book: DayBook) -> None:
    assert heads.sign_heads() == 2  # the department's, and the clinic's own
    assert written(book) == [(1, book.head)]
    newest = page(book).newest(("main", book.ledger))
    event = book.events.get()
    assert newest
    assert (newest.event_key, newest.head, newest.removed) == (event.key, event.hash, False)


def test_what_has_not_moved_is_not_written_down_again(book: DayBook, opd: Department) -> None:
    heads.sign_heads()
    assert heads.sign_heads() == 0
    waiting(cast.patient(opd.clinic, "Ben"), opd)
    assert heads.sign_heads() == 2
    assert [seq for seq, _head in written(book)] == [1, 2]


def test_a_day_that_is_over_is_written_down_to_its_end(
    clinic: Clinic, opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was written down of it while it went on."""
    late = timezone.now() - timedelta(days=1)
    with monkeypatch.context() as before_the_turn:
        before_the_turn.setattr(timezone, "now", lambda: late)
        waiting(cast.patient(clinic, "Asha"), opd)
        heads.sign_heads()
        waiting(cast.patient(clinic, "Ben"), opd)
    waiting(cast.patient(clinic, "Chen"), opd)
    heads.sign_heads()
    books = DayBook.objects.filter(department=opd).order_by("day")
    assert [[seq for seq, _head in written(each)] for each in books] == [[1, 2], [1]]


def test_after_a_power_cut_between_file_and_database_nothing_is_written_twice(
    book: DayBook,
) -> None:
    heads.sign_heads()
    DayBook.objects.update(signed_seq=0)
    assert heads.sign_heads() == 0
    assert [seq for seq, _head in written(book)] == [1]
    assert set(DayBook.objects.values_list("signed_seq", flat=True)) == {1, 2}


def test_what_is_not_whole_is_told_and_not_signed(
    book: DayBook, opd: Department, caplog: pytest.LogCaptureFixture
) -> None:
    heads.sign_heads()
    waiting(cast.patient(opd.clinic, "Ben"), opd)
    book.events.filter(seq=2).update(origin="kiosk")
    assert heads.sign_heads() == 1, "the clinic's own, which is whole"
    assert [seq for seq, _head in written(book)] == [1]
    (told,) = caplog.records
    assert told.levelno == logging.ERROR
    assert told.getMessage() == (
        f"The history is not whole, and not signed: main, OPD, {book.day}: event 2 was changed"
    )


def test_what_was_cut_off_after_it_was_signed_is_told(
    book: DayBook, opd: Department, caplog: pytest.LogCaptureFixture
) -> None:
    waiting(cast.patient(opd.clinic, "Ben"), opd)
    heads.sign_heads()
    book.events.filter(seq=2).delete()
    DayBook.objects.filter(pk=book.pk).update(seq=1, head=book.head, signed_seq=0)
    assert heads.sign_heads() == 0
    assert "but the ledger ends with 1" in caplog.text


def test_an_old_history_is_proved_a_piece_at_a_time(
    book: DayBook, opd: Department, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = cast.clinic("other")
    waiting(cast.patient(other, "Ben"), cast.department(other, "OPD"))
    monkeypatch.setattr(heads, "EVENTS_AT_ONCE", 1)
    assert [heads.sign_heads() for _ in range(3)] == [2, 2, 0]


def test_nobody_else_reads_the_files(book: DayBook) -> None:
    heads.sign_heads()
    folder = path_of("main", book.day).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_there_is_nobody_in_the_files(clinic: Clinic, opd: Department) -> None:
    waiting(cast.patient(clinic, "Xanthippe"), opd)
    heads.sign_heads()
    text = path_of("main", clinic.service_day()).read_text()
    assert "Xanthippe" not in text
    assert text.count("\n") == 2


@pytest.mark.django_db(transaction=True)
def test_copies_of_the_duties_write_each_head_once(book: DayBook) -> None:
    assert sum(winners(together([heads.sign_heads] * 4))) == 2
    assert written(book) == [(1, book.head)]
    assert not page(book).faults


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_file_two_copies_write_twice(book: DayBook) -> None:
    gap = meeting(2)

    def look_then_write() -> int:
        moved = DayBook.objects.select_related("clinic").get(pk=book.pk)
        seen = page_of("main", moved.day).newest(("main", moved.ledger))
        gap.wait()
        with heads.held_page("main", moved.day) as held:
            held.write([] if seen else [heads.head_of(moved)])
        return int(seen is None)

    assert sum(winners(together([look_then_write] * 2))) == 2
    assert len(written(book)) == 2
