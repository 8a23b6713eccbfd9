"""./dev manage verify_events: proves the history, or names each ledger that is not whole.

The intruder of these tests can write the whole database, and knows all of our code, but not the
keys, and does not write the files in which the heads are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection

from queues.actions import heads
from queues.models import Clinic, DayBook, Department, Event
from queues.rules.chain import digest, link
from queues.screens.heads import path_of
from queues.tests import cast
from queues.tests.story import people, waiting, yesterday

# Foreign keys are switched off by some of what is done here, which SQLite does in no transaction.
pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "a secret of more than thirty-two characters"


def verify() -> list[str]:
    """What it says of a history that is whole."""
    said = StringIO()
    call_command("verify_events", stdout=said)
    return said.getvalue().splitlines()


def breaks() -> list[str]:
    """What it says of one that is not."""
    said = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("verify_events", stdout=said)
    lines = said.getvalue().splitlines()
    assert str(failure.value) == f"Not whole. Breaks: {len(lines)}."
    return [re.sub(r"signed at [\d:T+-]+", "signed", line) for line in lines]


def sql(statement: str, *values: str | int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def history(clinic: Clinic, opd: Department, lab: Department) -> None:
    for patient in people(clinic, "Asha", "Ben", "Chen"):
        waiting(patient, opd)
        waiting(patient, lab)


@pytest.fixture
def book(history: None, lab: Department) -> DayBook:
    """The laboratory's three events, signed; and then one that is not signed yet."""
    heads.sign_heads()
    waiting(cast.patient(lab.clinic, "Dina"), lab)
    return DayBook.objects.get(department=lab)


@pytest.fixture
def lab_today(book: DayBook) -> str:
    return f"main, LAB, {book.day}"


def test_a_whole_history_is_said_to_be_whole(history: None) -> None:
    # one founding and three registrations; three numbers in each of two departments
    assert verify() == [
        "Whole: 3 ledgers, 10 events.",
        "Signed heads: 0 ledgers stand there, 0 have moved on since, 3 have none yet; "
        "0 are known by their heads alone.",
    ]


def test_an_empty_house_is_whole() -> None:
    assert verify()[0] == "Whole: 0 ledgers, 0 events."


def test_what_is_signed_is_held_against_the_ledgers(book: DayBook) -> None:
    assert verify()[1].startswith(
        "Signed heads: 1 ledgers stand there, 2 have moved on since, 0 have none yet;"
    )


def test_the_clinics_own_ledger_is_watched_too(history: None, clinic: Clinic) -> None:
    Event.objects.filter(daybook__department=None, seq=3).delete()
    assert breaks() == [
        f"main, the clinic's own ledger, {clinic.service_day()}: event 3 is missing"
    ]


def test_each_ledger_that_is_not_whole_has_its_line(history: None, clinic: Clinic) -> None:
    sql("UPDATE queues_event SET origin = 'kiosk' WHERE seq = 2")
    where = ("OPD", "LAB", "the clinic's own ledger")
    day = clinic.service_day()
    assert sorted(breaks()) == sorted(f"main, {it}, {day}: event 2 was changed" for it in where)


# What an intruder does, in SQL


def edit(book: DayBook) -> None:
    sql("UPDATE queues_event SET kind = 'held' WHERE daybook_id = %s AND seq = 2", book.pk)


def edit_and_write_the_hashes_anew(book: DayBook) -> None:
    """All that follows as well, and the head: the chain holds, if nobody asks for signatures."""
    edit(book)
    write_without_key(book)


def write_without_key(book: DayBook, first: int = 1) -> None:
    previous = ""
    for event in book.events.order_by("seq"):
        if event.seq >= first:
            event.key, event.previous_hash, event.daybook = "", previous, book
            event.note_digest = digest(event.note)
            event.hash = link(previous, event.facts())
            event.save()
        previous = event.hash
    sql("UPDATE queues_daybook SET head = %s WHERE id = %s", previous, book.pk)


def delete(book: DayBook) -> None:
    sql("DELETE FROM queues_event WHERE daybook_id = %s AND seq = 2", book.pk)


def delete_and_close_the_gap(book: DayBook) -> None:
    delete(book)
    sql("UPDATE queues_event SET seq = 2 WHERE daybook_id = %s AND seq = 3", book.pk)
    sql("UPDATE queues_event SET seq = 3 WHERE daybook_id = %s AND seq = 4", book.pk)
    sql("UPDATE queues_daybook SET seq = 3 WHERE id = %s", book.pk)


def insert(book: DayBook) -> None:
    """A copy of the second becomes the third."""
    for seq in (4, 3):
        move = "UPDATE queues_event SET seq = %s WHERE daybook_id = %s AND seq = %s"
        sql(move, seq + 1, book.pk, seq)
    sql("UPDATE queues_daybook SET seq = 5 WHERE id = %s", book.pk)
    copy = book.events.get(seq=2)
    copy.pk, copy.seq, copy.previous_hash, copy.daybook = None, 3, copy.hash, book
    copy.save(force_insert=True)


def cut_off_the_end(book: DayBook) -> None:
    """As if it had never been: the book says the same as what is left."""
    sql("DELETE FROM queues_event WHERE daybook_id = %s AND seq > 2", book.pk)
    head = book.events.get(seq=2).hash
    sql("UPDATE queues_daybook SET seq = 2, head = %s WHERE id = %s", head, book.pk)


def cut_off_the_end_alone(book: DayBook) -> None:
    sql("DELETE FROM queues_event WHERE daybook_id = %s AND seq > 2", book.pk)


def cut_off_and_go_on(book: DayBook) -> None:
    """The house itself writes the next ones, with its key."""
    cut_off_the_end(book)
    for patient in people(book.clinic, "Emil", "Fatima", "Georg"):
        waiting(patient, book.department or Department())


def take_away_the_whole_ledger(book: DayBook) -> None:
    with without_foreign_keys():
        sql("DELETE FROM queues_event WHERE daybook_id = %s", book.pk)
        sql("DELETE FROM queues_token WHERE daybook_id = %s", book.pk)
        sql("DELETE FROM queues_daybook WHERE id = %s", book.pk)


class without_foreign_keys:
    def __enter__(self) -> None:
        self._turn("OFF", "0")

    def __exit__(self, *_exception: object) -> None:
        self._turn("ON", "1")

    def _turn(self, sqlite: str, mysql: str) -> None:
        is_sqlite = connection.vendor == "sqlite"
        sql(f"PRAGMA foreign_keys = {sqlite}" if is_sqlite else f"SET foreign_key_checks = {mysql}")


@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (edit, "event 2 was changed"),
        (edit_and_write_the_hashes_anew, "event 3 is not the one that was signed"),
        (delete, "event 2 is missing"),
        (delete_and_close_the_gap, "event 2 does not follow the one before it"),
        (insert, "event 3 was changed"),
        (cut_off_the_end, "event 3 was signed, but the ledger ends with 2"),
        (cut_off_the_end_alone, "the ledger should end with event 4, but ends with 2"),
        (cut_off_and_go_on, "event 3 is not the one that was signed"),
        (take_away_the_whole_ledger, "the ledger is gone, whose event 3 was signed"),
    ],
)
def test_the_ledger_and_the_event_are_named(
    tamper: Callable[[DayBook], Any], sentence: str, book: DayBook, lab_today: str
) -> None:
    verify()
    tamper(book)
    assert breaks() == [f"{lab_today}: {sentence}"]


def test_from_the_first_signature_on_none_is_missing(book: DayBook, lab_today: str) -> None:
    """Also beyond the last signed head."""
    write_without_key(book, first=4)
    assert breaks() == [f"{lab_today}: event 4 is not signed"]


def test_on_the_days_after_the_first_signature_none_is_missing(
    book: DayBook, lab: Department
) -> None:
    """Also in a ledger of which no head was signed so far."""
    path_of("main", book.day).unlink()
    yesterday(lab.clinic)
    sign_whatever_stands_there()
    waiting(cast.patient(lab.clinic, "Hugo"), lab)
    today = DayBook.objects.get(department=lab, day=lab.clinic.service_day())
    write_without_key(today)
    assert f"main, LAB, {today.day}: event 1 is not signed" in breaks()


def sign_whatever_stands_there() -> None:
    """A test moves the day on by changing the books, and then their events do not follow."""
    for book in DayBook.objects.select_related("clinic"):
        with heads.held_page(book.clinic.code, book.day) as held:
            held.write([heads.head_of(book)])


# What somebody does who writes the files of signed heads, but has no key


def lines_of(book: DayBook) -> tuple[Path, list[str]]:
    path = path_of("main", book.day)
    return path, path.read_text().splitlines(keepends=True)


def test_a_forged_head_is_none(book: DayBook) -> None:
    path, lines = lines_of(book)
    at = next(at for at, line in enumerate(lines) if json.loads(line)["ledger"] == book.ledger)
    forged = json.loads(lines[at]) | {"seq": 2}
    path.write_text("".join([*lines[:at], json.dumps(forged) + "\n", *lines[at + 1 :]]))
    day = book.day
    assert breaks() == [
        f"main, {day}, line {at + 1} of the signed heads: its signature does not hold"
    ]


def test_a_head_that_is_taken_out_is_missed(book: DayBook) -> None:
    path, lines = lines_of(book)
    path.write_text("".join(lines[1:]))
    day = book.day
    assert breaks() == [
        f"main, {day}, line 1 of the signed heads: it does not follow the line before it"
    ]


def test_a_line_of_something_else_is_told(book: DayBook) -> None:
    path, lines = lines_of(book)
    path.write_text("".join([*lines, '["nothing"]\n']))
    day = book.day
    assert breaks() == [f"main, {day}, line 4 of the signed heads: it cannot be read"]


def test_what_a_power_cut_left_of_a_line_is_no_break(book: DayBook) -> None:
    path, lines = lines_of(book)
    path.write_text("".join(lines) + lines[0][:40])
    verify()
    heads.sign_heads()
    assert lines_of(book)[1][:3] == lines
    verify()


def test_a_file_that_is_taken_away_is_missed(book: DayBook) -> None:
    path_of("main", book.day).unlink()
    assert breaks() == [f"main, {book.day}: its signed heads are gone"]


# Keys that change


@pytest.fixture
def two_keys(settings: LazySettings) -> Callable[[str], None]:
    """`two_keys("new,old")`: which are there from now on, the first to sign."""

    def hold(names: str) -> None:
        settings.EVENT_KEYS = ",".join(f"{name}:{name} {SECRET}" for name in names.split(","))

    hold("old")
    return hold


def test_an_older_key_still_proves_what_it_signed(
    two_keys: Callable[[str], None], clinic: Clinic, lab: Department
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, lab)
    heads.sign_heads()
    two_keys("new,old")
    waiting(ben, lab)
    heads.sign_heads()
    verify()
    keys = Event.objects.filter(daybook__department=lab).order_by("seq")
    assert list(keys.values_list("key", flat=True)) == ["old", "new"]


def test_without_the_older_key_nothing_it_signed_is_proved(
    two_keys: Callable[[str], None], lab: Department
) -> None:
    waiting(cast.patient(lab.clinic, "Asha"), lab)
    two_keys("new")
    day = lab.clinic.service_day()
    sentence = "event 1 is signed with the key old, which is not there"
    assert breaks() == [
        f"main, LAB, {day}: {sentence}",
        f"main, the clinic's own ledger, {day}: {sentence}",
    ]


def test_another_secret_under_the_same_id_proves_nothing(
    two_keys: Callable[[str], None], settings: LazySettings, lab: Department
) -> None:
    waiting(cast.patient(lab.clinic, "Asha"), lab)
    settings.EVENT_KEYS = f"old:another {SECRET}"
    assert [line.rpartition(": ")[2] for line in breaks()] == ["event 1 was changed"] * 2


def test_what_was_written_before_there_were_keys_is_whole(history: None, lab: Department) -> None:
    for book in DayBook.objects.all():
        write_without_key(book)
    verify()
    waiting(cast.patient(lab.clinic, "Dina"), lab)
    heads.sign_heads()
    verify()
    book = DayBook.objects.get(department=lab)
    assert list(book.events.order_by("seq").values_list("key", flat=True))[:3] == [""] * 3
    assert book.events.exclude(key="").count() == 1


def test_what_was_written_before_there_were_keys_is_watched_as_before(
    history: None, lab: Department
) -> None:
    book = DayBook.objects.get(department=lab)
    write_without_key(book)
    edit(book)
    assert breaks() == [f"main, LAB, {book.day}: event 2 was changed"]
