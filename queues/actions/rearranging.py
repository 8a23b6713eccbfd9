"""A doctor's week changes, and with it the slots; whoever is booked is asked about first.

The week as it was and the week as it will be are compared slot by slot. What was booked in a slot
that goes, or that grows too small, is never touched without an answer: it stays, moves or is
cancelled. Without one the change is refused with those who are concerned, and nothing has happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from queues import journal
from queues.actions import sessions
from queues.actions.displacing import wait_at_head
from queues.actions.giving import settle
from queues.actions.hindrances import hindrance
from queues.actions.patients import hold_patients
from queues.actions.refusals import HasBookings
from queues.actions.seats import Seating
from queues.actions.sessions import (
    Part,
    insert,
    move_on,
    part,
    part_of,
    plan_of,
    sessions_for,
    told,
    version_of,
    without_overlaps,
)
from queues.actions.transactions import Overtaken, transacted
from queues.actions.vacancies import slots_around
from queues.actions.waitlists import serve
from queues.journal import Entry
from queues.models import Appointment, Doctor, Kind, Notice, Session, Slot, WaitlistEntry
from queues.rules.appointments import AHEAD, MAY_GIVE_WAY, Stage
from queues.rules.bookings import Fate
from queues.rules.priority import Priority
from queues.rules.rights import Actor
from queues.rules.weeks import Plan, PlannedSlot, Stretch

WHY = Kind.SCHEDULE_CHANGED  # noted with everybody who is moved or cancelled


@transacted
def rearrange(
    doctor: Doctor, change: Callable[[], Iterable[Entry]], fate: Fate | None, *, by: Actor
) -> None:
    """Change the rows of a week, and all slots with them: all or nothing."""
    now = timezone.now()
    version = version_of(doctor)
    before = plan_of(doctor, now)
    entries = list(change())
    changes = _compare(doctor, before, plan_of(doctor, now), now)
    leaving = [one for changed in changes.changed for one in changed.leaving]
    if leaving and fate is None:
        raise HasBookings(sorted(leaving, key=_in_order))
    if fate is Fate.KEEP:
        for changed in changes.changed:
            changed.leaving = []
    entries += carry_out(doctor, changes, cancels=fate is Fate.CANCEL, by=by, now=now)
    journal.record(*entries)
    move_on(doctor, version)
    serve(doctor, by=by)


@dataclass
class Changed:
    """A slot that is there and becomes another; where it becomes none, it goes."""

    slot: Slot
    to: PlannedSlot | None
    leaving: list[Appointment]

    @property
    def stays(self) -> int:
        return self.slot.booked - len(self.leaving)

    def keeps_its_time(self) -> bool:
        """Whether whoever is booked in it would notice nothing."""
        return self.to is not None and _is_same(self.slot, self.to)


@dataclass
class Changes:
    changed: list[Changed]
    new: Plan
    others: list[Stretch]  # what takes the doctor's time and is not touched


def _compare(doctor: Doctor, before: Plan, after: Plan, now: datetime) -> Changes:
    differing = {start for start in {*before, *after} if before.get(start) != after.get(start)}
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    rows = list(known.filter(doctor=doctor, ends_at__gt=now).order_by("starts_at"))
    booked = _may_leave(rows)
    changes = Changes([], {}, [])
    for slot in rows:
        to = after.get(slot.starts_at)
        if slot.starts_at in differing and _is_concerned(slot, to):
            changed = Changed(slot, _as_set_by_hand(slot, before.get(slot.starts_at), to), [])
            changed.leaving = _who_leaves(changed, booked[slot.pk])
            changes.changed.append(changed)
        elif slot.is_open or slot.booked:
            changes.others.append((slot.starts_at, slot.ends_at))
    there = {slot.starts_at for slot in rows}
    changes.new = {start: after[start] for start in differing - there if start in after}
    return changes


def _is_concerned(slot: Slot, to: PlannedSlot | None) -> bool:
    """What is open; and what was closed, if it can be opened again."""
    return slot.is_open or (to is not None and (not slot.booked or _is_same(slot, to)))


def _is_same(slot: Slot, to: PlannedSlot) -> bool:
    return to.ends == slot.ends_at and to.department == slot.session.department_id


def _may_leave(rows: Iterable[Slot]) -> dict[int, list[Appointment]]:
    """Who is booked in each and not here yet; whoever is here is seen, whatever changes."""
    known = Appointment.objects.select_related("patient", "doctor", "department__clinic")
    booked = {slot.pk: slot for slot in rows if slot.booked}
    found: dict[int, list[Appointment]] = defaultdict(list)
    for one in known.filter(slot__in=booked, status__in=MAY_GIVE_WAY):
        one.slot = booked[one.slot_id or 0]
        found[one.slot.pk].append(one)
    return found


def _as_set_by_hand(
    slot: Slot, was: PlannedSlot | None, to: PlannedSlot | None
) -> PlannedSlot | None:
    """What somebody set for this one slot outlives a change of the week."""
    if was is None or to is None or was.ends != slot.ends_at:
        return to
    if (slot.capacity, slot.hard_limit) == (was.capacity, was.hard_limit):
        return to
    return replace(to, capacity=slot.capacity, hard_limit=slot.hard_limit)


def _who_leaves(changed: Changed, booked: list[Appointment]) -> list[Appointment]:
    """All of them; or, where the slot only has less room, the least urgent and newest."""
    if not changed.keeps_its_time():
        return booked
    assert changed.to
    too_many = max(changed.slot.booked - changed.to.hard_limit, 0)
    return sorted(booked, key=lambda one: (-one.urgency, -one.booked_at.timestamp()))[:too_many]


def _in_order(one: Appointment) -> tuple[datetime, int, Decimal]:
    return one.starts_at, one.urgency, one.sequence


def carry_out(
    doctor: Doctor, changes: Changes, *, cancels: bool, by: Actor, now: datetime
) -> list[Entry]:
    """Make the slots as they are to be, with those who leave out of the way."""
    closed, open_, new = _settled(changes)
    going = [one.slot for one in closed if not one.stays]
    moving = [one.slot for one in open_ if _changes_session(one)]
    were_in = {one.slot.session_id for one in changes.changed}
    sessions.fit(were_in, but={slot.pk for slot in [*going, *moving]})
    homes = sessions_for(doctor, [*new, *(one.to for one in open_ if one.to)])
    made, entries = insert(doctor, new, homes, by=by) if new else ([], [])
    leaving = sorted((one for each in changes.changed for one in each.leaving), key=_in_order)
    leaving += _rest_of_families(leaving)
    refuges = {} if cancels else find_refuges(doctor, leaving, changes, now)
    seating = _hold(changes, leaving, refuges, by=by, now=now)
    for one in closed:
        one.slot.is_open = False
        _save(one.slot)
    for one in open_:
        _become(one, homes)
    entries += told(
        doctor,
        by=by,
        made=made,
        changed=[one.slot for one in open_],
        closed=[one.slot for one in closed],
    )
    if leaving:
        _send_off(seating, leaving, refuges, cancels=cancels)
        settle(seating)
    for one in open_:
        _save(one.slot)
    sessions.forget(going)
    Session.objects.filter(pk__in=were_in, slots=None).delete()
    sessions.fit({*were_in, *(session.pk for session in homes.values())})
    return entries


def _settled(changes: Changes) -> tuple[list[Changed], list[Changed], list[PlannedSlot]]:
    """What goes, what becomes another, and what is new, once it is known who stays where."""
    for one in changes.changed:
        if one.stays and not one.keeps_its_time():
            one.to = None
    stay = [(one.slot.starts_at, one.slot.ends_at) for one in changes.changed if _blocks(one)]
    wanted = {one.to.starts: one.to for one in changes.changed if one.to} | changes.new
    free = {slot.starts for slot in without_overlaps(wanted, sorted([*changes.others, *stay]))}
    for one in changes.changed:
        if one.to and one.to.starts not in free:
            one.to = None
    closed = [one for one in changes.changed if one.to is None]
    open_ = [one for one in changes.changed if one.to]
    return closed, open_, [slot for start, slot in sorted(changes.new.items()) if start in free]


def _blocks(one: Changed) -> bool:
    return one.to is None and one.stays > 0


def _changes_session(one: Changed) -> bool:
    return one.to is not None and part_of(one.slot.session) != part(one.to)


@dataclass
class Refuge:
    """A time of the doctor with room for some of those who have to leave."""

    slot: Slot
    room: int


def find_refuges(
    doctor: Doctor, leaving: Sequence[Appointment], changes: Changes, now: datetime
) -> dict[int, Slot]:
    """Looked for without locks: for each the next free time, else an earlier one."""
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    touched = {one.slot.pk for one in changes.changed}
    free = [slot for slot in known.free(now).filter(doctor=doctor) if slot.pk not in touched]
    rooms = [Refuge(slot, slot.capacity - slot.booked) for slot in free]
    rooms += [_as_it_will_be(one) for one in changes.changed if one.to and one.slot.starts_at > now]
    rooms.sort(key=lambda one: one.slot.starts_at)
    taken: dict[int, list[Slot]] = defaultdict(list)
    found = {}
    for one in leaving:
        if one.status not in AHEAD:
            continue  # only offered: they go on waiting
        later = [room for room in rooms if room.slot.starts_at >= one.starts_at]
        earlier = [room for room in rooms if room.slot.starts_at < one.starts_at]
        for refuge in [*later, *earlier]:
            if _suits(one, refuge, taken[one.patient_id or 0]):
                refuge.room -= 1
                if one.patient_id:
                    taken[one.patient_id].append(refuge.slot)
                found[one.pk] = refuge.slot
                break
    return found


def _as_it_will_be(one: Changed) -> Refuge:
    assert one.to
    slot = copy(one.slot)
    slot.ends_at, slot.capacity, slot.hard_limit = one.to.ends, one.to.capacity, one.to.hard_limit
    return Refuge(slot, slot.capacity - one.stays)


def _suits(one: Appointment, refuge: Refuge, taken: Sequence[Slot]) -> bool:
    slot = refuge.slot
    if refuge.room < 1 or slot.clinic_id != one.clinic_id:
        return False
    for other in taken:
        if slot.starts_at < other.ends_at and slot.ends_at > other.starts_at:
            return False
        if slot.day == other.day and one.once:
            return False
    return not hindrance(one.patient, slot, Priority(one.source), but=one)


def _rest_of_families(leaving: Sequence[Appointment]) -> list[Appointment]:
    """Places that are offered together are taken back together."""
    offered = {one.party for one in leaving if one.status == Stage.WAITLISTED and one.party}
    if not offered:
        return []
    known = Appointment.objects.select_related(
        "slot__session__department__clinic", "patient", "doctor", "department__clinic"
    )
    rest = known.filter(party__in=offered, status=Stage.WAITLISTED)
    return list(rest.exclude(pk__in=[one.pk for one in leaving]).order_by("pk"))


def _hold(
    changes: Changes,
    leaving: Sequence[Appointment],
    refuges: dict[int, Slot],
    *,
    by: Actor,
    now: datetime,
) -> Seating:
    """Hold all rows in their order. What was looked at before must still be so."""
    mine = {one.slot.pk: one.slot for one in changes.changed}
    seen = {pk: (slot.booked, slot.is_open) for pk, slot in mine.items()}
    others = {slot.pk: slot for slot in refuges.values()}
    for one in leaving:
        if one.slot:
            others |= {slot.pk: slot for slot in slots_around([one.slot])}
    seating = Seating.of([*({**others, **mine}.values())], by=by, now=now)
    if any((slot.booked, slot.is_open) != seen[pk] for pk, slot in mine.items()):
        raise Overtaken
    wanted = {one.slot_id for one in leaving} | set(others)
    seating.slots = {pk: slot for pk, slot in seating.slots.items() if pk in wanted}
    hold_patients(one.patient for one in leaving)
    return seating


def _become(one: Changed, homes: dict[Part, Session]) -> None:
    """Never below what is booked, until those who leave have left."""
    assert one.to
    slot, to = one.slot, one.to
    slot.session, slot.ends_at, slot.day = homes[part(to)], to.ends, to.day
    slot.clinic_id = slot.session.clinic_id
    slot.specialty = slot.doctor.specialty.casefold()
    slot.capacity, slot.is_open = to.capacity, True
    slot.hard_limit = max(to.hard_limit, slot.booked)
    _save(slot)
    slot.hard_limit = max(to.hard_limit, one.stays)


def _save(slot: Slot) -> None:
    slot.is_free = slot.is_open and slot.booked < slot.capacity
    Slot.objects.filter(pk=slot.pk).update(
        session=slot.session,
        clinic=slot.clinic_id,
        specialty=slot.specialty,
        day=slot.day,
        ends_at=slot.ends_at,
        capacity=slot.capacity,
        hard_limit=slot.hard_limit,
        is_open=slot.is_open,
        is_free=slot.is_free,
    )


def _send_off(
    seating: Seating, leaving: Sequence[Appointment], refuges: dict[int, Slot], *, cancels: bool
) -> None:
    """They are never just dropped: each has a new place, the head of the waitlist, or a notice."""
    for one in leaving:
        if one.status == Stage.WAITLISTED:
            _withdraw(seating, one)
        elif cancels:
            _cancel(seating, one)
        elif one.pk in refuges:
            _move(seating, one, refuges[one.pk])
        else:
            _wait(seating, one)


def _cancel(seating: Seating, one: Appointment) -> None:
    before = seating.rise(one, Stage.CANCELLED, AHEAD)
    seating.note(Kind.BOOKING_CANCELLED, one, before, WHY)
    seating.tell(Notice.About.CANCELLED, one, was=one.starts_at.isoformat())


def _move(seating: Seating, one: Appointment, refuge: Slot) -> None:
    was = one.starts_at
    before = seating.rise(one, Stage.DISPLACED, AHEAD)
    held = seating.slots[refuge.pk]
    room = held.is_open and held.booked < held.capacity
    if not room or hindrance(one.patient, held, Priority(one.source), but=one):
        raise Overtaken
    seating.sit(one, held, Kind.RESCHEDULED, before=before, note=WHY)
    to = held.starts_at.isoformat()
    seating.tell(Notice.About.MOVED, one, was=was.isoformat(), to=to)


def _wait(seating: Seating, one: Appointment) -> None:
    was = one.slot
    before = seating.rise(one, Stage.DISPLACED, AHEAD)
    seating.note(Kind.DISPLACED, one, before, WHY)
    wait_at_head(seating, one, was)
    seating.tell(Notice.About.ON_WAITLIST, one, was=one.starts_at.isoformat())


def _withdraw(seating: Seating, one: Appointment) -> None:
    """A place that was offered and not answered yet: whoever it was for goes on waiting, and is
    served with all others when everything else is done."""
    states = WaitlistEntry.Status
    asked = Q(appointment=one) | Q(public_id=one.party)
    offered = WaitlistEntry.objects.filter(asked, status=states.OFFERED)
    before = seating.rise(one, Stage.CANCELLED, {Stage.WAITLISTED})
    seating.note(Kind.OFFER_LAPSED, one, before, WHY)
    for entry in offered:
        if not entry.shift(
            states.OFFERED, status=states.WAITING, appointment=None, offer_ends_at=None
        ):
            raise Overtaken
