"""What is kept no longer: whole ledgers, of which the signed heads stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from queues.actions import consultations, heads, issuing, paper, retention, tokens
from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    DayBook,
    Department,
    Event,
    Kind,
    PaperNumber,
    Patient,
    Token,
    Visit,
)
from queues.rules.rights import SYSTEM
from queues.screens.proof import Tally, breaks
from queues.tests import agenda, cast, consulting
from queues.tests.races.together import together, winners
from queues.tests.story import people, waiting

KEPT = 30


@pytest.fixture(autouse=True)
def _a_month_is_kept(settings: LazySettings) -> None:
    settings.RETENTION_DAYS = KEPT


@contextmanager
def days_ago(monkeypatch: pytest.MonkeyPatch, days: int) -> Iterator[None]:
    then = timezone.now() - timedelta(days=days)
    with monkeypatch.context() as at_that_time:
        at_that_time.setattr(timezone, "now", lambda: then)
        yield


@pytest.fixture
def old(clinic: Clinic, opd: Department, lab: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three patients forty days ago in two departments, all of them seen; and paper."""
    with days_ago(monkeypatch, 40):
        for patient in people(clinic, "Asha", "Ben", "Chen"):
            tokens.cancel(issuing.transfer(waiting(patient, opd), lab, by=SYSTEM), by=SYSTEM)
        paper.print_numbers(opd, 5, by=SYSTEM)
        heads.sign_heads()


def whole() -> Tally:
    tally = Tally()
    assert list(breaks(tally)) == []
    return tally


def all_gone() -> int:
    removed = 0
    while more := retention.remove_old_days():
        removed += more
    return removed


def test_whole_ledgers_go_and_their_patients_stay(
    old: None, clinic: Clinic, opd: Department
) -> None:
    today = waiting(cast.patient(clinic, "Dina"), opd)
    assert all_gone() == 3  # two departments and the clinic's own, but for the founding today
    assert not DayBook.objects.filter(day__lt=today.visit.day).exists()
    assert list(Visit.objects.all()) == [today.visit]
    assert list(Token.objects.all()) == [today]
    assert not PaperNumber.objects.exists()
    assert Patient.objects.count() == 4


def test_the_history_is_whole_and_says_of_what_only_heads_are_known(
    old: None, clinic: Clinic
) -> None:
    before = whole()
    assert (before.ledgers, before.only_heads) == (4, 0)
    all_gone()
    after = whole()
    assert (after.ledgers, after.only_heads) == (1, 3)


def test_each_ledger_that_goes_is_an_event_with_its_head(
    old: None, clinic: Clinic, opd: Department
) -> None:
    book = DayBook.objects.get(department=opd)
    all_gone()
    told = Event.objects.filter(kind=Kind.DAY_REMOVED).order_by("seq")
    assert [one.after["ledger"] for one in told] == ["OPD", "LAB", "clinic"]
    assert told[0].after | {"ledger": ""} == {
        "day": book.day.isoformat(),
        "ledger": "",
        "seq": book.seq,
        "head": book.head,
    }


def test_what_is_not_old_enough_stays(
    clinic: Clinic, opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in (KEPT, KEPT + 1):
        with days_ago(monkeypatch, days):
            tokens.cancel(waiting(cast.patient(clinic, f"Of {days}"), opd), by=SYSTEM)
    all_gone()
    books = DayBook.objects.filter(department=opd)
    assert [book.day for book in books] == [clinic.service_day() - timedelta(days=KEPT)]


def test_by_default_all_is_kept_for_ever(old: None, settings: LazySettings) -> None:
    settings.RETENTION_DAYS = 0
    assert retention.remove_old_days() == 0
    assert DayBook.objects.count() == 4


def test_a_few_nights_are_kept_whatever_is_set(
    clinic: Clinic, opd: Department, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RETENTION_DAYS = 1
    with days_ago(monkeypatch, retention.FEWEST_DAYS):
        tokens.cancel(waiting(cast.patient(clinic, "Asha"), opd), by=SYSTEM)
    assert retention.remove_old_days() == 0


def test_whoever_still_waits_keeps_their_day(
    clinic: Clinic, opd: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    with days_ago(monkeypatch, 40):
        token = waiting(cast.patient(clinic, "Asha"), opd)
    assert all_gone() == 1, "the clinic's own"
    assert Token.objects.get() == token
    tokens.cancel(token, by=SYSTEM)
    assert all_gone() == 1
    assert not Visit.objects.exists()


def test_what_was_tampered_with_stays_and_is_told(
    old: None, opd: Department, caplog: pytest.LogCaptureFixture
) -> None:
    Event.objects.filter(daybook__department=opd, seq=2).update(counter="9")
    assert all_gone() == 2
    assert DayBook.objects.filter(department=opd).exists()
    assert "not removed: main, OPD" in caplog.text
    assert "event 2 was changed" in caplog.text


def test_what_a_doctor_wrote_outlives_the_number(
    clinic: Clinic, opd: Department, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rao = agenda.doctor(opd)
    with days_ago(monkeypatch, 40):
        token = waiting(asha, opd)
        token.doctor = rao
        token.save()
        consulting.room(rao, opd)
        draft = consultations.start(token, by=SYSTEM)
        consultations.complete(draft, {"notes": "well"}, by=SYSTEM)
    all_gone()
    assert not Token.objects.exists()
    kept = Consultation.objects.get()
    assert (kept.notes, kept.token, kept.patient) == ("well", None, asha)


def test_an_appointment_outlives_the_visit_it_became(
    clinic: Clinic, opd: Department, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rao = agenda.doctor(opd)
    with days_ago(monkeypatch, 40):
        slot = consulting.slots_of_today(rao, opd)[0]
        tokens.cancel(consulting.arrived(consulting.booked(slot, asha)), by=SYSTEM)
    all_gone()
    assert not Visit.objects.exists()
    assert Appointment.objects.get().visit is None


def test_what_was_stopped_midway_is_no_break_and_is_finished(old: None, opd: Department) -> None:
    book = DayBook.objects.select_related("clinic", "department").get(department=opd)
    assert retention._is_let_go(book)
    book.events.filter(seq__lte=4).delete()
    assert whole().only_heads == 0
    assert all_gone() == 3
    assert whole().only_heads == 3


def test_a_ledger_that_nobody_let_go_is_missed(old: None, opd: Department) -> None:
    """The negative control: gone without a signed word, it is a break."""
    book = DayBook.objects.get(department=opd)
    Token.objects.update(previous=None)
    for rows in (book.events, book.tokens, book.paper_numbers):
        rows.all().delete()
    book.delete()
    (line,) = breaks(Tally())
    assert line.startswith(f"main, OPD, {book.day}: the ledger is gone")


@pytest.mark.django_db(transaction=True)
def test_copies_of_the_duties_remove_each_once(old: None, clinic: Clinic) -> None:
    assert sum(winners(together([retention.remove_old_days] * 3))) == 3
    assert Event.objects.filter(kind=Kind.DAY_REMOVED).count() == 3
    assert whole().only_heads == 3
