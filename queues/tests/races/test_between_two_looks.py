"""Somebody gets a place or an offer and loses it again, between two looks of one who answers or
cancels: each look by itself finds what it wants, and what it acts on is another.

With one writer, on SQLite, nobody comes between; the same tests then tell just that.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from django.db import connection

from queues.actions import offers, rebooking, transactions, waitlists
from queues.actions.booking import book
from queues.actions.resizing import Places, resize
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Patient,
    Slot,
    WaitlistEntry,
    statements,
)
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda
from queues.tests.agenda import (
    assert_slots_agree,
    booked,
    held_for_nobody,
    waiting_with_a_place,
    waits,
)
from queues.tests.races.together import losers, together
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db(transaction=True)

HAS_MANY_WRITERS = connection.vendor != "sqlite"


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def elsewhere(lab: Department) -> Slot:
    return agenda.slots(agenda.doctor(lab, "Dr Lab"), lab, agenda.tomorrow(lab.clinic, 8))[0]


def meanwhile(deed: Callable[[], object]) -> None:
    """In another thread, and so by another connection."""
    if HAS_MANY_WRITERS:
        assert not losers(together([deed]))


# Whoever lost their place


Deed = Callable[[Appointment, Slot], object]
WHO_LOST_THEIR_PLACE = pytest.mark.parametrize(
    "does",
    [
        lambda lost, _elsewhere: rebooking.cancel(lost, by=SYSTEM),
        lambda lost, elsewhere: rebooking.reschedule(lost, elsewhere, by=SYSTEM),
    ],
    ids=["cancels", "moves"],
)


@pytest.fixture
def lost(rao: Doctor, opd: Department, monkeypatch: pytest.MonkeyPatch) -> Appointment:
    """Who gets another and loses that too, while it is looked up where they wait."""
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    theirs = booked(slot, None).appointment
    booked(slot, None, Priority.EMERGENCY)
    looks = rebooking._no_longer_waits

    def look(appointment: Appointment, seating: Seating) -> None:
        meanwhile(lambda: resize(slot, Places(2, 2), by=SYSTEM))
        looks(appointment, seating)
        meanwhile(lambda: book(None, slot, Priority.PAID, by=SYSTEM))

    monkeypatch.setattr(rebooking, "_no_longer_waits", look)
    return theirs


@WHO_LOST_THEIR_PLACE
def test_who_lost_their_place_does_not_wait_on_without_it(
    lost: Appointment, elsewhere: Slot, does: Deed
) -> None:
    does(lost, elsewhere)
    assert_slots_agree()
    assert_one_story()


@WHO_LOST_THEIR_PLACE
def test_unless_they_are_held_they_wait_for_ever_and_stop_all_others(
    lost: Appointment, elsewhere: Slot, does: Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebooking, "hold_lost", lambda _appointments: None)
    monkeypatch.setattr(transactions, "TRIES_OVERTAKEN", 3)
    does(lost, elsewhere)
    assert bool(waiting_with_a_place()) == HAS_MANY_WRITERS
    other = Appointment.objects.filter(doctor=lost.doctor, holds=True)[0]
    with pytest.raises(Overtaken) if HAS_MANY_WRITERS else nullcontext():
        rebooking.cancel(other, by=SYSTEM)


# Whoever is offered a place


@pytest.fixture
def asked(
    rao: Doctor, opd: Department, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> WaitlistEntry:
    """Who loses it to somebody else and is offered another, while it is looked up what is held for
    them."""
    Clinic.objects.update(offer_minutes=10)
    slot = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    seated = booked(slot, None).appointment
    entry = waits(asha, doctor=rao)
    rebooking.cancel(seated, by=SYSTEM)
    looks = offers.offered_to
    looked: list[WaitlistEntry] = []

    def look(entry: WaitlistEntry) -> list[Appointment]:
        if looked:
            return looks(entry)
        looked.append(entry)
        meanwhile(lambda: book(None, slot, Priority.PAID, by=SYSTEM))
        held = looks(entry)
        meanwhile(lambda: resize(slot, Places(2, 2), by=SYSTEM))
        return held

    monkeypatch.setattr(waitlists, "offered_to", look)
    entry.refresh_from_db()
    return entry


@pytest.mark.parametrize("answers", [waitlists.accept, waitlists.leave])
def test_whoever_answers_answers_what_they_are_offered(
    asked: WaitlistEntry, answers: Callable[..., object]
) -> None:
    answers(asked, by=SYSTEM)
    asked.refresh_from_db()
    assert asked.appointment
    became = {"booked": "scheduled", "left": "cancelled"}
    assert asked.appointment.status == became[asked.status]
    assert_slots_agree()
    assert_one_story()


def test_unless_it_is_looked_at_which_offer_a_place_is_held_for_nobody(
    asked: WaitlistEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shift(entry: WaitlistEntry, comes_from: WaitlistEntry.Status, **changes: object) -> bool:
        here = {"pk": entry.pk, "status": comes_from}
        return statements.update(WaitlistEntry, here, **changes)

    monkeypatch.setattr(WaitlistEntry, "shift", shift)
    waitlists.leave(asked, by=SYSTEM)
    assert bool(held_for_nobody()) == HAS_MANY_WRITERS
