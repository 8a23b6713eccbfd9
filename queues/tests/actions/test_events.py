"""History: one event a change, chained, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from queues import journal
from queues.actions import (
    calling,
    clock,
    counters,
    departments,
    issuing,
    patients,
    rebooking,
    tokens,
)
from queues.actions.undoing import undo
from queues.models import Clinic, Counter, DayBook, Department, Event, Kind, Patient, Token
from queues.rules.chain import digest, link
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.screens.chain import first_break
from queues.tests import agenda, cast
from queues.tests.agenda import booked
from queues.tests.story import everything, fresh, people, some_time_ago, waiting, yesterday


def _a_busy_day(clinic: Clinic, nurse: Actor) -> None:
    """A bit of everything, in all departments."""
    opd, lab = cast.department(clinic, "OPD"), cast.department(clinic, "LAB")
    desk = cast.counter(opd, "1")
    asha, ben, chen = people(clinic, "Asha", "Ben", "Chen")
    first, second, third = waiting(asha, opd), waiting(ben, opd), waiting(chen, opd)
    tokens.set_priority(third, Priority.EMERGENCY, by=nurse, note="chest pain")
    calling.call_next(fresh(desk), by=nurse)
    tokens.recall(third, by=nurse)
    tokens.start(third, by=nurse)
    calling.complete_and_call_next(fresh(desk), by=nurse)
    undo(first, by=nurse)
    tokens.hold(second, by=nurse)
    tokens.resume(second, by=nurse)
    issuing.transfer(first, lab, by=nurse)
    calling.call_next(fresh(desk), by=nurse)
    _announced_long_ago(second.pk)
    clock.mark_no_shows()
    tokens.return_(second, by=nurse)
    tokens.cancel(second, by=nurse)
    departments.change(opd, {"policy": "strict", "state_reason": "Tea."}, by=nurse)
    counters.change(cast.counter(lab, "2"), {"is_open": False}, by=nurse)
    patients.set_active(ben, clinic, False, by=nurse)


def _announced_long_ago(token: int) -> None:
    earlier = timedelta(minutes=11)
    Token.objects.filter(pk=token).update(announced_at=F("announced_at") - earlier)


@pytest.fixture
def book(clinic: Clinic, nurse: Actor) -> DayBook:
    """OPD's page after a busy day."""
    _a_busy_day(clinic, nurse)
    return DayBook.objects.select_related("department").get(department__code="OPD")


def test_after_a_busy_day_every_ledger_is_whole(book: DayBook) -> None:
    books = DayBook.objects.all()
    assert {page.ledger for page in books} >= {"clinic", book.ledger}
    assert [first_break(page) for page in books] == [None] * len(books)


def test_seq_counts_on_without_gaps(book: DayBook) -> None:
    seqs = list(book.events.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, book.seq + 1))
    assert len(seqs) > 15


def test_events_are_told_in_the_order_in_which_they_happened(book: DayBook) -> None:
    told = list(book.events.order_by("seq").values_list("kind", flat=True))
    assert told[:8] == [
        "issued",
        "issued",
        "issued",
        "priority_changed",
        "called",
        "recalled",
        "started",
        "completed",
    ]


def test_the_clinics_own_ledger_holds_what_belongs_to_no_queue(
    clinic: Clinic, book: DayBook
) -> None:
    own = Event.objects.filter(daybook__clinic=clinic, daybook__department=None)
    assert set(own.values_list("kind", flat=True)) == {
        "clinic_founded",
        "patient_registered",
        "patient_corrected",
    }


def test_each_day_begins_a_page_of_its_own(clinic: Clinic, opd: Department, nurse: Actor) -> None:
    _a_busy_day(clinic, nurse)
    yesterday(clinic)
    waiting(cast.patient(clinic, "Dina"), opd)
    today = DayBook.objects.get(department=opd, day=clinic.service_day())
    assert (today.seq, first_break(today)) == (1, None)


def test_a_page_says_how_far_free_places_have_moved(opd: Department, asha: Patient) -> None:
    """By bookings, not by what the queue does all day."""
    slot, other = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic), 2)
    page = DayBook.objects.filter(department=opd)
    waiting(cast.patient(opd.clinic, "Dina"), opd)
    assert page.get().places_seq == 0
    hers = booked(slot, asha).appointment
    assert page.get().places_seq == page.get().seq == 2
    rebooking.confirm(hers, by=SYSTEM)
    assert (page.get().places_seq, page.get().seq) == (2, 3)
    rebooking.reschedule(hers, other, by=SYSTEM)
    assert page.get().places_seq == page.get().seq == 4


# What tampering looks like: each is done behind the actions' back


def _edit_the_kind(book: DayBook) -> None:
    book.events.filter(seq=4).update(kind=Kind.HELD)


def _edit_the_actor(book: DayBook) -> None:
    book.events.filter(seq=4).update(actor=None)


def _edit_the_time(book: DayBook) -> None:
    book.events.filter(seq=4).update(at=F("at") - timedelta(minutes=1))


def _edit_what_it_became(book: DayBook) -> None:
    book.events.filter(seq=4).update(after={"priority": "walk_in"})


def _edit_and_hash_anew(book: DayBook) -> None:
    event = book.events.get(seq=4)
    event.daybook, event.kind = book, Kind.HELD
    event.hash = link(event.previous_hash, event.facts())
    event.save()


def _edit_the_note(book: DayBook) -> None:
    book.events.filter(seq=4).update(note="headache")


def _edit_the_note_and_its_digest(book: DayBook) -> None:
    book.events.filter(seq=4).update(note="headache", note_digest=digest("headache"))


def _delete_one(book: DayBook) -> None:
    book.events.filter(seq=4).delete()


def _delete_one_and_close_the_gap(book: DayBook) -> None:
    book.events.filter(seq=4).delete()
    for event in book.events.filter(seq__gt=4).order_by("seq"):
        book.events.filter(pk=event.pk).update(seq=event.seq - 1)


def _insert_one(book: DayBook) -> None:
    """Between two others, with a hash that follows the one before it."""
    for event in book.events.filter(seq__gte=4).order_by("-seq"):
        book.events.filter(pk=event.pk).update(seq=event.seq + 1)
    before = book.events.get(seq=3)
    false = Event(
        daybook=book,
        seq=4,
        kind=Kind.CANCELLED,
        at=before.at,
        actor_kind="user",
        origin="desk",
        previous_hash=before.hash,
    )
    false.hash = link(before.hash, false.facts())
    false.save()


def _append_one(book: DayBook) -> None:
    false = Event(
        daybook=book,
        seq=book.seq + 1,
        kind=Kind.CANCELLED,
        at=book.events.get(seq=3).at,
        actor_kind="user",
        origin="desk",
        previous_hash=book.head,
    )
    false.hash = link(book.head, false.facts())
    false.save()


def _swap_two(book: DayBook) -> None:
    for old, new in ((4, 999), (5, 4), (999, 5)):
        book.events.filter(seq=old).update(seq=new)


def _cut_off_the_end(book: DayBook) -> None:
    book.events.filter(seq__gt=book.seq - 2).delete()


def _wipe_all(book: DayBook) -> None:
    book.events.all().delete()


@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (_edit_the_kind, "event 4 was changed"),
        (_edit_the_actor, "event 4 was changed"),
        (_edit_the_time, "event 4 was changed"),
        (_edit_what_it_became, "event 4 was changed"),
        (_edit_and_hash_anew, "event 4 was changed"),
        (_edit_the_note, "the note of event 4 was changed"),
        (_edit_the_note_and_its_digest, "event 4 was changed"),
        (_delete_one, "event 4 is missing"),
        (_delete_one_and_close_the_gap, "event 4 does not follow the one before it"),
        (_insert_one, "event 4 is not signed"),
        (_swap_two, "event 4 does not follow the one before it"),
    ],
)
def test_the_first_broken_link_is_named(
    tamper: Callable[[DayBook], Any], sentence: str, book: DayBook
) -> None:
    assert first_break(book) is None
    tamper(book)
    assert first_break(book) == sentence


def test_an_event_added_at_the_end_is_seen(book: DayBook) -> None:
    _append_one(book)
    assert first_break(book) == f"event {book.seq + 1} is beyond the end of the ledger"


def test_a_cut_tail_is_seen(book: DayBook) -> None:
    _cut_off_the_end(book)
    assert first_break(book) == (
        f"the ledger should end with event {book.seq}, but ends with {book.seq - 2}"
    )


def test_an_empty_page_that_should_be_full_is_seen(book: DayBook) -> None:
    _wipe_all(book)
    assert first_break(book) == f"the ledger should end with event {book.seq}, but ends with 0"


def test_a_note_may_be_blanked_and_the_chain_holds(book: DayBook) -> None:
    """A reason that named a person can go; that there was one stays."""
    assert book.events.get(seq=4).note == "chest pain"
    book.events.filter(seq=4).update(note="")
    assert first_break(book) is None


class PowerCut(Exception):
    pass


def test_an_action_that_fails_halfway_leaves_no_event(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    """The event and the change are one fact: an error after both takes both back."""
    asha = cast.patient(clinic, "Asha")
    before = everything()

    @transaction.atomic
    def until_the_power_goes() -> None:
        issuing.issue(asha, opd, by=nurse)
        raise PowerCut

    with pytest.raises(PowerCut):
        until_the_power_goes()
    assert everything() == before


def test_what_belongs_to_two_departments_is_written_in_both(
    clinic: Clinic, opd: Department, lab: Department
) -> None:
    entries = [
        journal.Entry(Kind.DEPARTMENT_CHANGED, SYSTEM, where, where.public_id)
        for where in (lab, opd)
    ]
    journal.record(*entries)
    assert [DayBook.objects.get(department=d).seq for d in (opd, lab)] == [1, 1]


def test_yesterdays_page_is_closed_for_good(clinic: Clinic, opd: Department, nurse: Actor) -> None:
    """What happens today to a token of yesterday is written today."""
    token = waiting(cast.patient(clinic, "Asha"), opd)
    yesterday(clinic)
    page = DayBook.objects.get(department=opd)
    some_time_ago(token, minutes=1)
    tokens.hold(token, by=nurse)
    page.refresh_from_db()
    assert page.seq == 1
    assert Event.objects.of(token).values_list("daybook__day", flat=True)[0] > page.day


def test_the_latest_is_told_by_seq_and_never_by_the_clock(
    clinic: Clinic, opd: Department, desk_a: Counter, nurse: Actor
) -> None:
    """The clock went back by an hour between the call and the start."""
    token = waiting(cast.patient(clinic, "Asha"), opd)
    calling.call(token, desk_a, by=nurse)
    tokens.start(token, by=nurse)
    Event.objects.filter(kind=Kind.STARTED).update(at=F("at") - timedelta(hours=1))
    last = Event.objects.of(token).first()
    assert last is not None
    assert last.kind == Kind.STARTED
