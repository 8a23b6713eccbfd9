"""Single slots: how many they take, and hours that are set for one day alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import appointments
from queues.actions.giving import settle
from queues.actions.refusals import BelowBooked, Invalid, SlotOver, TimesOverlap
from queues.actions.seats import Seating
from queues.actions.sessions import (
    BY_HAND,
    LIVES,
    Part,
    insert,
    move_on,
    part,
    sessions_for,
    told,
    version_of,
)
from queues.actions.transactions import transacted
from queues.actions.vacancies import slots_around
from queues.actions.waitlists import serve
from queues.journal import Entry
from queues.models import Department, Doctor, Kind, Leave, Session, Slot
from queues.rules.rights import Actor
from queues.rules.weeks import PlannedSlot


@dataclass(frozen=True)
class Places:
    """How many a slot takes; beyond the capacity there is a buffer, up to the hard limit."""

    capacity: int
    hard_limit: int


@dataclass(frozen=True)
class Wanted:
    """A slot as somebody asks for it."""

    day: date
    starts: datetime
    ends: datetime
    places: Places


@transacted
def resize(slot: Slot, places: Places, *, by: Actor) -> Slot:
    """More places go to the waitlist at once; never fewer than are booked."""
    now = timezone.now()
    slot = appointments.fresh_slot(slot)
    if slot.ends_at <= now:
        raise SlotOver(_("This time is over."))
    seating = Seating.of(slots_around([slot]), by=by, now=now)
    held = seating.slots[slot.pk]
    if (held.capacity, held.hard_limit) == (places.capacity, places.hard_limit):
        return held
    _refuse(held, places)
    before = held.state()
    _set(held, capacity=places.capacity, hard_limit=places.hard_limit)
    after = {name: value for name, value in held.state().items() if value != before[name]}
    before = {name: before[name] for name in after}
    where = held.session.department
    entry = Entry(Kind.SLOTS_CHANGED, by, where, held.public_id, before=before, after=after)
    settle(seating, entry)
    serve(held.doctor, by=by)
    return held


def _refuse(slot: Slot, places: Places) -> None:
    if places.hard_limit < places.capacity:
        raise Invalid(hard_limit=_("The limit cannot be below the number of places."))
    fewer = places.capacity < min(slot.capacity, slot.booked)
    if fewer or places.hard_limit < slot.booked:
        raise BelowBooked(
            _("%(booked)d are booked at that time. Please move or cancel some of them first.")
            % {"booked": slot.booked},
            slot_id=str(slot.public_id),
            booked=slot.booked,
        )


def _set(slot: Slot, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(slot, name, value)
    slot.is_free = slot.is_open and slot.booked < slot.capacity
    Slot.objects.filter(pk=slot.pk).update(**columns, is_free=slot.is_free)


@transacted
def set_hours(
    doctor: Doctor, department: Department, wanted: Mapping[str, Wanted], *, by: Actor
) -> list[Slot]:
    """Slots for certain hours of certain days. What is there already only gets these places; the
    same twice changes nothing. The names are those of the caller, who is told which one is wrong."""
    now, version = timezone.now(), version_of(doctor)
    if not doctor.is_active:
        raise Invalid(doctor_id=_("This doctor does not see patients here."))
    _refuse_one_another(wanted)
    rows = Slot.objects.filter(doctor=doctor, starts_at__in=[one.starts for one in wanted.values()])
    there = {slot.starts_at: slot for slot in rows}
    same, new = {}, {}
    for name, one in wanted.items():
        slot = there.get(one.starts)
        if slot and slot.ends_at == one.ends and slot.is_open:
            same[name] = slot
        else:
            _refuse_new(doctor, name, one, department, now)
            new[name] = one
    for name, slot in sorted(same.items(), key=lambda item: item[1].pk):
        resize(slot, wanted[name].places, by=by)
    if new:
        _make(doctor, department, list(new.values()), there, by=by)
        move_on(doctor, version)
        serve(doctor, by=by)
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    starts = [one.starts for one in wanted.values()]
    return list(known.filter(doctor=doctor, starts_at__in=starts).soonest_first())


def _make(
    doctor: Doctor,
    department: Department,
    wanted: list[Wanted],
    there: Mapping[datetime, Slot],
    *,
    by: Actor,
) -> None:
    planned = [_planned(one, department) for one in wanted]
    homes = sessions_for(doctor, planned)
    fresh = [one for one in planned if one.starts not in there]
    made, entries = insert(doctor, fresh, homes, by=by)
    again = [_open_again(there[one.starts], one, homes) for one in planned if one.starts in there]
    journal.record(*entries, *told(doctor, made=made, changed=again, by=by))


def _planned(one: Wanted, department: Department) -> PlannedSlot:
    places = one.places
    return PlannedSlot(
        BY_HAND,
        department.pk,
        None,
        one.day,
        one.starts,
        one.ends,
        places.capacity,
        places.hard_limit,
    )


def _open_again(slot: Slot, to: PlannedSlot, homes: Mapping[Part, Session]) -> Slot:
    """A slot that was closed, and in which nobody is booked."""
    held = appointments.fresh_slot(slot)
    held.lock()
    session = homes[part(to)]
    _refuse(held, Places(to.capacity, to.hard_limit))
    _set(
        held,
        session=session,
        clinic=session.clinic,
        day=to.day,
        ends_at=to.ends,
        capacity=to.capacity,
        hard_limit=to.hard_limit,
        is_open=True,
    )
    return held


def _refuse_one_another(wanted: Mapping[str, Wanted]) -> None:
    in_order = sorted(wanted.items(), key=lambda item: item[1].starts)
    for (_name, one), (name, other) in pairwise(in_order):
        if other.starts < one.ends:
            raise Invalid(**{name: _("These hours overlap with others that you gave.")})


def _refuse_new(
    doctor: Doctor, name: str, one: Wanted, department: Department, now: datetime
) -> None:
    if one.ends <= now:
        raise Invalid(**{name: _("This time is over. Please choose another.")})
    zone = department.clinic.zone
    for leave in Leave.objects.filter(doctor=doctor, ends_on__gte=one.day):
        if leave.as_absence().covers(one.day, one.starts, one.ends, zone):
            raise TimesOverlap(
                _("%(doctor)s is on leave at that time.") % {"doctor": doctor.name}, hours=name
            )
    near = Slot.objects.filter(doctor=doctor, starts_at__lt=one.ends, ends_at__gt=one.starts)
    if other := near.filter(LIVES).first():
        raise TimesOverlap(
            _("%(doctor)s has other times then.") % {"doctor": doctor.name},
            hours=name,
            slot_id=str(other.public_id),
            starts_at=other.starts_at.astimezone(zone).isoformat(),
            ends_at=other.ends_at.astimezone(zone).isoformat(),
        )
