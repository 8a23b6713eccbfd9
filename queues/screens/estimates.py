"""When those on a doctor's list will be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from queues.models import Appointment, Department, Slot
from queues.rules.appointments import AHEAD, Stage
from queues.rules.estimates import estimated, to_the_minute
from queues.rules.status import Status
from queues.screens.today import whole_minutes


class Awaited(NamedTuple):
    """Somebody on a list, as staff read it."""

    at: datetime
    late: int  # minutes since then, while nobody has come


class OwnTime(NamedTuple):
    """What somebody who waits was promised by an appointment."""

    starts_at: datetime
    delay: int
    due: datetime
    in_time: bool  # they came before it began


def appointed(appointment: Appointment) -> datetime:
    """Their share of the slot, as if the doctor were on time."""
    slot = appointment.slot
    if slot is None:
        return appointment.starts_at
    mine = (appointment.sequence, appointment.number)
    place = sum(theirs < mine for theirs in Appointment.objects.sequences_in(slot))
    return shared(slot.starts_at, slot.ends_at, place, slot.capacity, slot.booked)


def expected(appointment: Appointment) -> datetime:
    """With the doctor's delay: what the patient is told."""
    return appointed(appointment) + timedelta(minutes=delay_of(appointment))


def told(due: datetime, appointment: Appointment, now: datetime) -> datetime:
    """As pages and the API say it: by a clock without seconds, and to whoever still waits no time
    that is over."""
    waits = appointment.status in AHEAD or appointment.status == Stage.CHECKED_IN
    return to_the_minute(max(due, now) if waits else due)


def awaited(due: datetime, appointment: Appointment, now: datetime) -> Awaited:
    """Who has not come was expected at their time, though not before they booked it; of all
    others, when they will be seen."""
    since = max(due, appointment.booked_at)
    late = whole_minutes(now - since) if appointment.status in AHEAD else None
    return Awaited(since, late) if late else Awaited(told(due, appointment, now), 0)


def of_list(booked: Sequence[Appointment]) -> dict[int, datetime]:
    """Of many at once; all of each slot must be among them, in their order."""
    seen: Counter[int] = Counter()
    due: dict[int, datetime] = {}
    for appointment in booked:
        slot = appointment.slot
        if slot is None:
            continue
        begins = shared(slot.starts_at, slot.ends_at, seen[slot.pk], slot.capacity, slot.booked)
        due[appointment.pk] = begins + timedelta(minutes=slot.session.delay_minutes)
        seen[slot.pk] += 1
    return due


def of_some(appointments: Sequence[Appointment]) -> dict[int, datetime]:
    """Of some of each slot: the others are looked up."""
    slots = {one.slot_id for one in appointments if one.slot_id}
    known = Appointment.objects.select_related("slot__session").filter(slot__in=slots, holds=True)
    return of_list(list(known.order_by("sequence", "number")))


def of_waiting(department: Department) -> dict[int, OwnTime]:
    """Of all who wait in a department with a number that an appointment brought, by appointment.

    As columns: of thousands, models would cost more than everything else on a board.
    """
    theirs = Appointment.objects.filter(
        tokens__department=department, tokens__status=Status.WAITING, slot__isnull=False
    ).values("slot")
    hours = (
        Slot.objects.filter(pk__in=theirs)
        .order_by()
        .values_list("pk", "starts_at", "ends_at", "capacity", "booked", "session__delay_minutes")
    )
    known = {row[0]: row for row in hours}
    in_time = ExpressionWrapper(Q(checked_in_at__lt=F("starts_at")), BooleanField())
    seated = Appointment.objects.filter(slot__in=list(known), holds=True).annotate(in_time=in_time)
    in_order = seated.order_by("sequence", "number").values_list("pk", "slot", "in_time")
    seen: Counter[int] = Counter()
    times: dict[int, OwnTime] = {}
    for pk, slot, came_in_time in in_order:
        _slot, starts, until, capacity, booked, delay = known[slot]
        due = shared(starts, until, seen[slot], capacity, booked) + timedelta(minutes=delay)
        times[pk] = OwnTime(starts, delay, due, bool(came_in_time))
        seen[slot] += 1
    return times


def of_newcomer(department: Department, now: datetime) -> dict[int, datetime]:
    """When each doctor would see somebody who comes now without an appointment: in the first of
    their times of today that has room."""
    clinic = department.clinic
    _begins, today = clinic.span_of(clinic.service_day(now))
    left = Slot.objects.not_over(now).filter(
        session__department=department, session__starts_at__lt=today, is_free=True
    )
    due: dict[int, datetime] = {}
    for doctor, starts, until, capacity, booked, delay in left.soonest_first().values_list(
        "doctor", "starts_at", "ends_at", "capacity", "booked", "session__delay_minutes"
    ):
        begins = shared(starts, until, booked, capacity, booked + 1)
        due.setdefault(doctor, begins + timedelta(minutes=delay))
    return due


def delay_of(appointment: Appointment) -> int:
    return appointment.slot.session.delay_minutes if appointment.slot else 0


def shared(starts: datetime, ends: datetime, place: int, capacity: int, booked: int) -> datetime:
    return estimated(starts, ends, place, max(capacity, booked))
