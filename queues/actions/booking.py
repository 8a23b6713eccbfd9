"""A place in a doctor's time is booked; where there is none, the more urgent get one all the same.

First it is looked at without locks whether there is anything to be had. Then the slots are held,
sorted by their keys, and everything is one transaction: the place, whoever gives way for it, the
waitlist, the notices and the history. What has changed between the two looks begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions import seats
from queues.actions.issuing import as_they_now_are
from queues.actions.refusals import Invalid, NoSlots, Refused, SlotFull, SlotOver, StaffOnly
from queues.actions.seats import Seating, hindrance, hold_patients
from queues.actions.transactions import Overtaken, transacted
from queues.actions.waitlists import settle
from queues.models import Appointment, Clinic, Consultation, Doctor, Kind, Patient, Slot
from queues.rules.appointments import Stage, priority_of
from queues.rules.priority import ONLY_STAFF_GIVE, URGENCY, Priority
from queues.rules.rights import Act, Actor, ActorKind

FOLLOW_UP_GRACE = 14  # days after the one that the doctor named


@dataclass(frozen=True)
class Booking:
    appointment: Appointment
    displaced: Appointment | None = None  # who had to give way, and where they are now


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
    slot = seats.fresh_slot(slot)
    _refuse(patient, slot, source, by, now)
    priority = urgency_of(patient, source, slot, now)
    leaving, refuge = _look_first(slot, priority, now)
    seating = Seating.of([slot, *([refuge] if refuge else [])], by=by, now=now)
    held = seating.slots[slot.pk]
    if held.has_room_for(priority):
        leaving = None
    else:
        leaving = _who_leaves(held, priority, leaving, refuge, now)
    hold_patients([patient, leaving.patient if leaving else None])
    if patient:
        patient = as_they_now_are(patient)
        if why_not := hindrance(patient, held, source):
            raise why_not
    theirs = seats.new(
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
        _let_go(seating, leaving, refuge, theirs)
    seating.sit(theirs, held, Kind.BOOKED)
    settle(seating)
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
    refused: Refused | None = None
    for slot in candidates(doctor, clinic, source, by=by, day=day):
        try:
            return book(patient, slot, source, by=by, reason=reason)
        except (SlotFull, SlotOver) as full:  # somebody was faster: the next one
            refused = full
    raise refused or NoSlots(_("This doctor has no times that could be booked."))


def candidates(
    doctor: Doctor, clinic: Clinic, source: Priority, *, by: Actor, day: date | None = None
) -> Iterable[Slot]:
    """The slots to try, in the order in which they are tried."""
    now = timezone.now()
    slots = Slot.objects.not_over(now).filter(doctor=doctor, clinic=clinic).soonest_first()
    if by.kind is ActorKind.PATIENT:
        slots = slots.filter(starts_at__gt=now)
    if day:
        slots = slots.filter(day=day)
    slots = slots.select_related("session__department__clinic", "doctor")
    if source is Priority.EMERGENCY:
        return slots.all()
    return [*slots.filter(is_free=True)[:20], *slots.filter(is_free=False)[:20]]


def may_follow_up(patient: Patient, doctor: Doctor, now: datetime) -> bool:
    """Whether the doctor asked them to come again, and that is not long ago."""
    asked = Consultation.objects.filter(
        patient=patient,
        doctor=doctor,
        status=Consultation.Status.COMPLETED,
        follow_up_days__isnull=False,
    ).order_by("-completed_at")
    last = asked.first()
    if last is None or last.completed_at is None or last.follow_up_days is None:
        return False
    return (now - last.completed_at).days <= last.follow_up_days + FOLLOW_UP_GRACE


def urgency_of(patient: Patient | None, source: Priority, slot: Slot, now: datetime) -> Priority:
    clinic = slot.session.department.clinic
    age = patient.age(clinic.service_day(now)) if patient else None
    return priority_of(source, age, clinic.elderly_from)


def _refuse(
    patient: Patient | None, slot: Slot, source: Priority, by: Actor, now: datetime
) -> None:
    department = slot.session.department
    if source in ONLY_STAFF_GIVE and not by.may(
        Act.GIVE_URGENCY, department.clinic_id, department.pk
    ):
        raise StaffOnly(_("Only staff can give this priority. Please see the reception."))
    if patient is None and not by.may(Act.BOOK, department.clinic_id, department.pk):
        raise StaffOnly(_("Only staff can book for somebody without a name."))
    asks_to_come_again = source is Priority.FOLLOW_UP and by.kind is ActorKind.PATIENT
    if asks_to_come_again and not (patient and may_follow_up(patient, slot.doctor, now)):
        raise StaffOnly(_("This doctor did not ask you to come again. Please book anew."))
    if not slot.doctor.is_active:
        raise Invalid(doctor_id=_("This doctor does not see patients here."))
    seats.refuse_past(slot, now, by)


def _look_first(
    slot: Slot, priority: Priority, now: datetime
) -> tuple[Appointment | None, Slot | None]:
    """Without a lock: who would have to give way, and where they could go."""
    if slot.has_room_for(priority):
        return None, None
    leaving = seats.gives_way(slot, priority) if slot.is_open else None
    if leaving is None:
        raise seats.full(slot, now)
    keeps_nothing = leaving.status == Stage.WAITLISTED
    return leaving, None if keeps_nothing else seats.refuge_for(leaving, slot, now)


def _who_leaves(
    slot: Slot,
    priority: Priority,
    expected: Appointment | None,
    refuge: Slot | None,
    now: datetime,
) -> Appointment:
    """Now that nobody else can change the slot; what was looked at first may be over."""
    leaving = seats.gives_way(slot, priority)
    if leaving is None:
        raise seats.full(slot, now)
    if expected is None or (refuge is None and leaving != expected):
        raise Overtaken  # there may be a place for this one
    return leaving


def _let_go(
    seating: Seating, leaving: Appointment, refuge: Slot | None, theirs: Appointment
) -> None:
    if refuge:
        held = seating.slots[refuge.pk]
        suits = not hindrance(leaving.patient, held, Priority(leaving.source), but=leaving)
        if not (held.is_free and suits and leaving.status != Stage.WAITLISTED):
            raise Overtaken
    seats.displace(seating, leaving, refuge, by_whom=theirs)
