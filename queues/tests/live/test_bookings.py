"""The page of an appointment, or of a place on the waitlist, is told that it stands otherwise: at
once, and only then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from queues.actions import issuing, rebooking
from queues.models import Appointment, Department, Doctor, Patient, Slot, WaitlistEntry
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.screens import awaited, booked, following
from queues.tests import agenda, cast
from queues.tests.live.audience import Looker

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[Looker], Looker]


@pytest.fixture
def slots(opd: Department) -> list[Slot]:
    return agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic), 2, capacity=2)


def page_of(row: Appointment | WaitlistEntry) -> Looker:
    if isinstance(row, WaitlistEntry):
        return Looker(following.line(row)["pass"])
    return Looker(booked.pass_for(row, "en"))


def shown(appointment: Appointment) -> str:
    """By what its page knows that it stands otherwise."""
    found = booked.known(appointment.link_hash)
    assert found
    told: str = booked.booked(found, timezone.now())["state"]
    return told


def test_a_page_is_told_of_its_own_appointment_alone(
    looking: Looking, slots: list[Slot], opd: Department, asha: Patient, ben: Patient
) -> None:
    hers = agenda.booked(slots[0], asha).appointment
    his = agenda.booked(slots[1], ben).appointment
    page, other = looking(page_of(hers)), looking(page_of(his))
    page.until(lambda: page.bookings and other.bookings)
    rebooking.confirm(hers, by=SYSTEM)
    page.until(lambda: page.bookings[-1] == shown(hers))
    issuing.issue(cast.patient(opd.clinic, "Chen"), opd, by=SYSTEM)
    rebooking.cancel(hers, by=SYSTEM)
    page.until(lambda: page.bookings[-1] == shown(hers))
    stages = dict.fromkeys(state.split()[0] for state in page.bookings)
    assert [*stages] == ["scheduled", "confirmed", "cancelled"]
    assert len(set(other.bookings)) == 1, "what others do does not change it"


def test_whoever_goes_before_them_changes_when_they_are_seen(
    looking: Looking, slots: list[Slot], opd: Department, asha: Patient, ben: Patient
) -> None:
    hers = agenda.booked(slots[0], asha).appointment
    page = looking(page_of(hers))
    page.until(lambda: page.bookings)
    agenda.booked(slots[0], ben, Priority.PAID)
    page.until(lambda: len(set(page.bookings)) == 2)
    assert page.bookings[-1] == shown(hers)


def test_a_place_on_the_waitlist_is_told_when_it_comes_free(
    looking: Looking, slots: list[Slot], opd: Department, asha: Patient
) -> None:
    held = [one for slot in slots for one in agenda.full(slot, Priority.ONLINE)]
    entry = agenda.waits(asha, specialty="cardiology")
    page = looking(page_of(entry))
    page.until(lambda: page.bookings)
    rebooking.cancel(held[0], by=SYSTEM)
    page.until(lambda: page.bookings[-1].startswith("booked"))
    entry.refresh_from_db()
    assert page.bookings[-1] == awaited.awaited(entry, timezone.now())["told"]


def test_nothing_of_anybody_goes_over_the_line(
    looking: Looking, slots: list[Slot], opd: Department, asha: Patient
) -> None:
    hers = agenda.booked(slots[0], asha).appointment
    page = looking(page_of(hers))
    page.until(lambda: page.bookings)
    for secret in (asha.name, asha.phone, asha.number, str(hers.public_id), hers.secret):
        assert secret not in repr(page.told)


def test_who_waits_looks_where_a_place_may_come_free(
    opd: Department, lab: Department, slots: list[Slot], asha: Patient
) -> None:
    for slot in slots:
        agenda.full(slot, Priority.ONLINE)
    blood: Doctor = agenda.doctor(lab, "Dr Blood", "Haematology")
    assert following.places(agenda.waits(asha, slot=slots[0])) == [opd]
    assert following.places(agenda.waits(asha, doctor=blood)) == [lab]
    assert following.places(agenda.waits(asha, specialty="cardiology")) == [opd]
