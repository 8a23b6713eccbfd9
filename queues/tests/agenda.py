"""A doctor's time in the tests: slots of a day, and whoever books them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from queues.actions.booking import Booking, book
from queues.actions.waitlists import join
from queues.actions.wishes import Wish
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Patient,
    Session,
    Slot,
    WaitlistEntry,
)
from queues.models.appointment import count_holding
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.tests import cast
from queues.tests.wasted import wasted


def doctor(department: Department, name: str = "Dr Rao", specialty: str = "Cardiology") -> Doctor:
    somebody = Doctor.objects.create(name=name, specialty=specialty, languages=["en"])
    somebody.departments.add(department)
    return somebody


def tomorrow(clinic: Clinic, hour: int = 9) -> datetime:
    """An hour of the clinic's tomorrow: always ahead, whatever the time of the test."""
    local = timezone.now().astimezone(clinic.zone) + timedelta(days=1)
    return local.replace(hour=hour, minute=0, second=0, microsecond=0)


def slots(
    who: Doctor,
    department: Department,
    starts: datetime,
    count: int = 1,
    *,
    capacity: int = 1,
    hard_limit: int | None = None,
    minutes: int = 30,
) -> list[Slot]:
    """So many slots one after the other, in a session of their own."""
    length = timedelta(minutes=minutes)
    day = starts.astimezone(department.clinic.zone).date()
    session = Session.objects.create(
        clinic=department.clinic,
        department=department,
        doctor=who,
        day=day,
        starts_at=starts,
        ends_at=starts + length * count,
    )
    return [
        Slot.objects.create(
            session=session,
            doctor=who,
            clinic=department.clinic,
            specialty=who.specialty.casefold(),
            day=day,
            starts_at=starts + length * i,
            ends_at=starts + length * (i + 1),
            capacity=capacity,
            hard_limit=capacity if hard_limit is None else hard_limit,
        )
        for i in range(count)
    ]


def booked(slot: Slot, patient: Patient | None, source: Priority = Priority.ONLINE) -> Booking:
    return book(patient, slot, source, by=SYSTEM)


def full(slot: Slot, source: Priority = Priority.WALK_IN) -> list[Appointment]:
    """Everybody who fits, so that nobody else does."""
    clinic = slot.session.department.clinic
    names = (f"{source} {slot.starts_at:%H%M} {i}" for i in range(slot.capacity - slot.booked))
    return [booked(slot, cast.patient(clinic, name), source).appointment for name in names]


def assert_slots_agree() -> None:
    """`booked` is the number of rows, never over the hard limit; free is what it says; no place is
    empty while somebody waits whom it suits, or held for nobody; and whoever waits for another
    has lost theirs."""
    slots = list(Slot.objects.all())
    rows = count_holding(slots)
    for slot in slots:
        assert slot.booked == rows.get(slot.pk, 0)
        assert slot.booked <= slot.hard_limit
        assert slot.is_free == (slot.is_open and slot.booked < slot.capacity)
    assert_no_place_is_wasted()
    assert not waiting_with_a_place()
    assert not held_for_nobody()


def waiting_with_a_place() -> list[WaitlistEntry]:
    """Or after they cancelled. Such a row could never be answered, and stops all behind it."""
    with_another = WaitlistEntry.objects.waiting().exclude(appointment=None)
    return list(with_another.exclude(appointment__status=Stage.DISPLACED))


def held_for_nobody() -> list[Appointment]:
    """A place that is offered to whoever was already answered: nothing would ever free it."""
    asked = WaitlistEntry.objects.filter(status=WaitlistEntry.Status.OFFERED)
    held = Appointment.objects.filter(status=Stage.WAITLISTED)
    answers = Q(pk__in=asked.values("appointment")) | Q(party__in=asked.values("public_id"))
    return list(held.exclude(answers))


def assert_no_place_is_wasted() -> None:
    for entry, slot in wasted(timezone.now()):
        raise AssertionError(f"{entry} could have a place in {slot}")


def waits(
    patient: Patient, source: Priority = Priority.ONLINE, by: Actor = SYSTEM, **wish: Any
) -> WaitlistEntry:
    """On the waitlist; `doctor=`, `slot=`, `specialty=` …: what for."""
    return join(patient, Wish(**wish), source, by=by)
