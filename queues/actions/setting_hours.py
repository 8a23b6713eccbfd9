"""Hours that are set for one day alone, as other systems do.

What is there already and what is made new is held at once, before anything is written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions.giving import settle
from queues.actions.making_slots import insert, told, with_rooms
from queues.actions.refusals import Invalid, TimesOverlap
from queues.actions.resizing import Places, keep, refuse, set_places
from queues.actions.seats import Seating
from queues.actions.sessions import Part, part, sessions_for
from queues.actions.transactions import transacted
from queues.actions.vacancies import slots_around
from queues.actions.weeks import BY_HAND, LIVES, move_on, version_of
from queues.journal import Entry
from queues.models import Department, Doctor, Leave, Session, Slot
from queues.rules.rights import Actor
from queues.rules.weeks import PlannedSlot


@dataclass(frozen=True)
class Wanted:
    """A slot as somebody asks for it."""

    day: date
    starts: datetime
    ends: datetime
    places: Places


@transacted
def set_hours(
    doctor: Doctor,
    department: Department,
    wanted: Mapping[str, Wanted],
    *,
    by: Actor,
    besides: Iterable[Entry] = (),
) -> list[Slot]:
    """Slots for certain hours of certain days. What is there already only gets these places; the
    same twice changes nothing. What is in another department is not touched: the doctor has other
    times then. The names are those of the caller, who is told which one is wrong."""
    now, version = timezone.now(), version_of(doctor)
    if not doctor.is_active:
        raise Invalid(doctor_id=_("This doctor does not see patients here."))
    _refuse_one_another(wanted)
    starts = [one.starts for one in wanted.values()]
    theirs = Slot.objects.in_full().filter(doctor=doctor, starts_at__in=starts).soonest_first()
    there = {slot.starts_at: slot for slot in theirs}
    same, new = {}, []
    for name, one in wanted.items():
        slot = there.get(one.starts)
        if slot and slot.is_open and _is_this(slot, one, department):
            same[slot.pk] = one.places
        else:
            _refuse_new(doctor, name, one, department, now)
            new.append(_planned(one, department))
    homes = sessions_for(doctor, new) if new else {}
    seating = Seating.of(slots_around([*there.values()]), by=by, now=now)
    set_places(seating, same)
    entries = _make(seating, doctor, new, there, homes) if new else []
    settle(seating, *besides, *entries)
    if new:
        move_on(doctor, version)
    return list(theirs.all())


def _is_this(slot: Slot, one: Wanted, department: Department) -> bool:
    return (slot.ends_at, slot.session.department_id) == (one.ends, department.pk)


def _make(
    seating: Seating,
    doctor: Doctor,
    planned: list[PlannedSlot],
    there: Mapping[datetime, Slot],
    homes: Mapping[Part, Session],
) -> list[Entry]:
    fresh = [one for one in planned if one.starts not in there]
    made = insert(doctor, fresh, homes)
    seating.take_in(made)
    again = [
        _open_again(seating, there[one.starts].pk, one, homes[part(one)])
        for one in planned
        if one.starts in there
    ]
    rooms = with_rooms(doctor, homes, by=seating.by)
    return [*rooms, *told(doctor, made=made, changed=again, by=seating.by)]


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


def _open_again(seating: Seating, key: int, to: PlannedSlot, session: Session) -> Slot:
    """A slot that was closed, and in which nobody is booked."""
    held = seating.slots[key]
    refuse(held, Places(to.capacity, to.hard_limit))
    keep(
        held,
        session=session,
        clinic=session.clinic,
        specialty=held.doctor.specialty.casefold(),
        day=to.day,
        ends_at=to.ends,
        capacity=to.capacity,
        hard_limit=to.hard_limit,
        is_open=True,
    )
    seating.gains(held)
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
