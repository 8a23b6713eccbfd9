"""The times of a day that somebody could be booked into, and who would have to give way for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from queues.models import Appointment, Clinic, Department, Doctor, Slot
from queues.models.slot import SlotQuerySet
from queues.rules.priority import Priority
from queues.screens import words

SHOWN = 300


@dataclass(frozen=True)
class Wanted:
    """What is looked for; the day is always given, as the calendar has it."""

    clinic: Clinic
    departments: tuple[Department, ...]  # one, or all where whoever books may book
    day: date
    doctor: UUID | None = None
    specialty: str = ""
    priority: Priority = Priority.WALK_IN  # of whoever is to be booked


@dataclass(frozen=True, slots=True)
class Time:
    slot: Slot
    has_room: bool  # for somebody with that priority
    free: int  # of its ordinary places
    buffer: int  # of those for emergencies
    gives_way: str  # the priority of whoever would have to; empty: nobody would
    takes: Appointment | None


@dataclass(frozen=True, slots=True)
class DoctorsTimes:
    doctor: Doctor
    department: Department
    delay: int
    times: list[Time]

    @property
    def has_room(self) -> bool:
        return any(time.has_room for time in self.times)


def times(wanted: Wanted, now: datetime) -> list[DoctorsTimes]:
    """By doctor and department, in the order of the day."""
    slots = list(_slots(wanted, now)[:SHOWN])
    leaving = _who_would_go(slots, wanted.priority)
    found: dict[tuple[int, int], DoctorsTimes] = {}
    for slot in slots:
        session = slot.session
        known = (slot.doctor_id, session.department_id)
        if known not in found:
            found[known] = DoctorsTimes(slot.doctor, session.department, session.delay_minutes, [])
        found[known].times.append(_time(slot, wanted.priority, leaving.get(slot.pk)))
    return list(found.values())


def who_gives_way(slot: Slot, priority: Priority) -> Appointment | None:
    """In a slot that has no room for somebody with this priority."""
    if slot.has_room_for(priority):
        return None
    return _who_would_go([slot], priority).get(slot.pk)


def next_free(wanted: Wanted, now: datetime, *, most: int = 5) -> list[Slot]:
    """The soonest, on whatever day, of the doctor or the specialty that is looked for."""
    free = Slot.objects.free(now).filter(
        clinic=wanted.clinic, session__department__in=wanted.departments
    )
    return list(_of_whom(free, wanted).select_related("doctor").soonest_first()[:most])


def _slots(wanted: Wanted, now: datetime) -> SlotQuerySet:
    that_day = Slot.objects.not_over(now).filter(session__department__in=wanted.departments)
    known = _of_whom(that_day.on_date(wanted.clinic, wanted.day), wanted).select_related(
        "session__department__clinic", "doctor"
    )
    return known.order_by("doctor__name", "doctor", "starts_at", "pk")


def _of_whom(slots: SlotQuerySet, wanted: Wanted) -> SlotQuerySet:
    slots = slots.filter(doctor__is_active=True)
    if wanted.doctor:
        slots = slots.filter(doctor__public_id=wanted.doctor)
    if wanted.specialty:
        slots = slots.filter(specialty=wanted.specialty.casefold())
    return slots


def _who_would_go(slots: Iterable[Slot], priority: Priority) -> dict[int, Appointment]:
    full = [slot for slot in slots if not slot.has_room_for(priority)]
    seated = Appointment.objects.filter(slot__in=full, holds=True).giving_way_to(priority)
    first: dict[int, Appointment] = {}
    for one in seated.select_related("patient", "slot") if full else ():
        first.setdefault(one.slot_id or 0, one)
    return first


def _time(slot: Slot, priority: Priority, leaving: Appointment | None) -> Time:
    return Time(
        slot,
        slot.has_room_for(priority),
        max(slot.capacity - slot.booked, 0),
        slot.hard_limit - max(slot.booked, slot.capacity),
        str(words.PRIORITY[Priority(leaving.priority)]) if leaving else "",
        leaving,
    )
