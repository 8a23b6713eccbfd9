"""A place that comes free is looked at for everybody who waits at once."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from queues.actions import rebooking
from queues.models import Appointment, Clinic, Department, Doctor, Slot, WaitlistEntry
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda
from queues.tests.actions.test_wasted import sits, stands
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.crowd import crowd
from queues.tests.story import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.mark.parametrize(("many", "queries"), [(5, 15), (100, 19), (200, 19)])
def test_the_number_of_queries_does_not_grow_with_those_who_cannot_come(
    many: int,
    queries: int,
    rao: Doctor,
    opd: Department,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Each of them is elsewhere at that time; one query says so of a few, and one of all others;
    and again under the lock."""
    nine = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    elsewhere = agenda.slots(agenda.doctor(opd, "Dr Sen"), opd, nine.starts_at, capacity=many)[0]
    theirs = booked(nine, None).appointment
    for number, somebody in enumerate(crowd(opd.clinic, many)):
        sits(somebody, elsewhere, number=number)
        stands(somebody, doctor=rao)
    Slot.objects.filter(pk=elsewhere.pk).update(booked=many, is_free=False)
    with django_assert_num_queries(queries):
        rebooking.cancel(theirs, by=SYSTEM)
    assert WaitlistEntry.objects.waiting().count() == many
    assert_slots_agree()


def test_several_places_go_to_several_in_their_order(rao: Doctor, opd: Department) -> None:
    """A family gives up what it was offered, and each who waits gets one place of it."""
    Clinic.objects.update(offer_minutes=10)
    slots = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 3)
    head, *others = people(opd.clinic, "Head", "Asha", "Ben", "Chen")
    family = waits(head, doctor=rao, places=3)
    sources = (Priority.WALK_IN, Priority.PAID, Priority.ONLINE)
    entries = [waits(one, source, doctor=rao) for one, source in zip(others, sources, strict=True)]
    rebooking.cancel(_first_of(family), by=SYSTEM)
    got = [_first_of(entry).slot for entry in entries]
    assert got == [slots[2], slots[0], slots[1]]
    assert_slots_agree()


def _first_of(entry: WaitlistEntry) -> Appointment:
    entry.refresh_from_db()
    assert entry.appointment
    return entry.appointment
