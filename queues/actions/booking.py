"""A place in a doctor's time is booked; where there is none, the more urgent get one all the same.

First it is looked at without locks whether there is anything to be had. Then the slots are held,
sorted by their keys, and everything is one transaction: the place, whoever gives way for it, the
waitlist, the notices and the history. What has changed between the two looks begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions import appointments, displacing
from queues.actions.asking import refuse_source
from queues.actions.giving import settle
from queues.actions.hindrances import Diaries, hindrance, refuse_slot
from queues.actions.patients import as_they_now_are, hold_patients
from queues.actions.refusals import (
    AlreadyBooked,
    NoSlots,
    Overlaps,
    Refused,
    SlotFull,
    SlotOver,
    StaffOnly,
)
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken, transacted
from queues.actions.vacancies import slots_left_by, slots_of_offer
from queues.models import Appointment, Clinic, Doctor, Kind, Patient, Slot
from queues.models.slot import SlotQuerySet
from queues.rules.appointments import Stage, priority_of
from queues.rules.priority import URGENCY, Priority
from queues.rules.rights import Act, Actor, ActorKind


@dataclass(frozen=True)
class Booking:
    appointment: Appointment
    displaced: Appointment | None = None  # who had to give way, and where they are now


@dataclass(frozen=True)
class Plan:
    """What was seen without a lock: who would have to go, and where there is room for them."""

    leaving: Appointment | None = None
    refuge: Slot | None = None
    rooms: tuple[Slot, ...] = ()  # for what else they wait for, or what they were offered


@transacted
def book(
    patient: Patient | None,
    slot: Slot,
    source: Priority,
    *,
    by: Actor,
    reason: str = "",
    language: str = "",
) -> Booking:
    """Book this slot. Without a patient it is a place for somebody who is named later."""
    now = timezone.now()
    slot = appointments.fresh_slot(slot)
    _refuse(patient, slot, source, by, now)
    priority = urgency_of(patient, source, slot, now)
    plan = _look_first(slot, priority, now)
    seating = Seating.of(_to_hold(slot, plan), by=by, now=now)
    held = seating.slots[slot.pk]
    leaving = None if held.has_room_for(priority) else _who_leaves(held, priority, plan, now)
    if leaving:
        hold_patients([patient, leaving.patient])
    if patient:
        patient = as_they_now_are(patient)
        _refuse(patient, held, source, by, now)  # once more: nobody else books for them now
        if why_not := hindrance(patient, held, source):
            raise why_not
    theirs = appointments.new(
        held,
        patient,
        source,
        priority,
        URGENCY[priority],
        by=by,
        reason=reason,
        language=language,
    )
    if leaving:
        _let_go(seating, leaving, plan.refuge, theirs)
    seating.sit(theirs, held, Kind.BOOKED)
    if leaving:
        settle(seating)
    else:  # whoever only takes a place leaves none for the waitlist
        seating.record()
    return Booking(theirs, leaving)


def book_first(
    patient: Patient | None,
    doctor: Doctor,
    clinic: Clinic,
    source: Priority,
    *,
    by: Actor,
    day: date | None = None,
    reason: str = "",
) -> Booking:
    """Book the doctor's first slot with room. An emergency takes the first there is, full or not;
    others displace somebody only where no slot at all is free."""
    now, refused = timezone.now(), None
    diaries = Diaries.of([patient], now)
    for slot in candidates(doctor, clinic, source, patient, by=by, day=day):
        why_not: Refused | None = diaries.hindrance(patient, slot, source)
        if why_not is None:
            try:
                return book(patient, slot, source, by=by, reason=reason)
            except (SlotFull, SlotOver, AlreadyBooked, Overlaps) as here:
                why_not = here
        refused = refused or why_not  # the next one may do
    raise refused or _none_left(doctor, clinic, by, now, day)


def candidates(
    doctor: Doctor,
    clinic: Clinic,
    source: Priority,
    patient: Patient | None,
    *,
    by: Actor,
    day: date | None = None,
) -> Iterator[Slot]:
    """The slots to try, in the order in which they are tried: those that are free; then those where
    somebody gives way. For an emergency a full one is as good as a free one."""
    now = timezone.now()
    slots = _bookable(doctor, clinic, by, now, day)
    age = patient.age(clinic.service_day(now)) if patient else None
    seated = Appointment.objects.filter(slot=OuterRef("pk"), holds=True)
    gives_way = Exists(seated.giving_way_to(priority_of(source, age, clinic.elderly_from)))
    if source is Priority.EMERGENCY:
        has_buffer = Q(is_open=True, booked__lt=F("hard_limit"))
        yield from slots.filter(has_buffer | gives_way).soonest_first().in_full().one_by_one()
        return
    free = slots.filter(is_free=True).soonest_first()
    if source is not Priority.WALK_IN:  # whoever is not at the door yet cannot be back in time
        yield from free.filter(starts_at__gt=now).in_full().one_by_one()
        free = free.filter(starts_at__lte=now)
    yield from free.in_full().one_by_one()
    taken = slots.filter(gives_way, is_free=False)
    yield from taken.soonest_first().in_full().one_by_one()


def _bookable(
    doctor: Doctor, clinic: Clinic, by: Actor, now: datetime, day: date | None
) -> SlotQuerySet:
    slots = Slot.objects.not_over(now).filter(doctor=doctor, clinic=clinic)
    if by.kind is ActorKind.PATIENT:
        slots = slots.filter(starts_at__gt=now)
    return slots.on_date(clinic, day) if day else slots


def _none_left(
    doctor: Doctor, clinic: Clinic, by: Actor, now: datetime, day: date | None
) -> Refused:
    first = _bookable(doctor, clinic, by, now, day).in_full().soonest_first().first()
    if first is None:
        return NoSlots(_("This doctor has no times that could be booked."))
    return displacing.full(first, now)


def urgency_of(patient: Patient | None, source: Priority, slot: Slot, now: datetime) -> Priority:
    clinic = slot.session.department.clinic
    age = patient.age(clinic.service_day(now)) if patient else None
    return priority_of(source, age, clinic.elderly_from)


def _refuse(
    patient: Patient | None, slot: Slot, source: Priority, by: Actor, now: datetime
) -> None:
    where = slot.session.department
    refuse_source(source, patient, slot.doctor, where.clinic_id, where.pk, by=by, now=now)
    if patient is None and not by.may(Act.BOOK, where.clinic_id, where.pk):
        raise StaffOnly(_("Only staff can book for somebody without a name."))
    refuse_slot(slot, now, by)


def _look_first(slot: Slot, priority: Priority, now: datetime) -> Plan:
    if slot.has_room_for(priority):
        return Plan()
    leaving = displacing.gives_way(slot, priority)
    if leaving is None:
        raise displacing.full(slot, now)
    if leaving.status == Stage.WAITLISTED:
        return Plan(leaving, rooms=tuple(slots_of_offer(leaving, now)))
    rooms = tuple(slots_left_by(leaving, now))
    return Plan(leaving, refuge=displacing.refuge_for(leaving, slot, now), rooms=rooms)


def _to_hold(slot: Slot, plan: Plan) -> list[Slot]:
    return [*plan.rooms, *([plan.refuge] if plan.refuge else []), slot]


def _who_leaves(slot: Slot, priority: Priority, plan: Plan, now: datetime) -> Appointment:
    """Now that nobody else can change the slot; what was looked at first may be over."""
    leaving = displacing.gives_way(slot, priority)
    if leaving is None:
        raise displacing.full(slot, now)
    if leaving != plan.leaving and plan.refuge is None:
        raise Overtaken  # there may be a place for this one
    return leaving


def _let_go(
    seating: Seating, leaving: Appointment, refuge: Slot | None, theirs: Appointment
) -> None:
    if refuge:
        held = seating.slots[refuge.pk]
        suits = not hindrance(leaving.patient, held, Priority(leaving.source), but=leaving)
        if not (held.has_place and suits and leaving.status != Stage.WAITLISTED):
            raise Overtaken
    displacing.displace(seating, leaving, refuge, by_whom=theirs)
