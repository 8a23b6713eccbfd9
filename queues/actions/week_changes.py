"""What becomes of each slot when a doctor's week changes, and who would have to leave.

The week as it was and the week as it will be are compared slot by slot. Nothing is changed here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from queues.actions.sessions import part, part_of
from queues.actions.weeks import without_overlaps
from queues.models import Appointment, Doctor, Slot
from queues.rules.appointments import MAY_GIVE_WAY
from queues.rules.weeks import Plan, PlannedSlot, Stretch


@dataclass
class Changed:
    """A slot that is there and becomes another; where it becomes none, it goes."""

    slot: Slot
    to: PlannedSlot | None
    leaving: list[Appointment]

    @property
    def stays(self) -> int:
        return self.slot.booked - len(self.leaving)

    @property
    def changes_session(self) -> bool:
        return self.to is not None and part_of(self.slot.session) != part(self.to)

    def keeps_its_time(self) -> bool:
        """Whether whoever is booked in it would notice nothing."""
        return self.to is not None and _is_same(self.slot, self.to)


@dataclass
class Changes:
    """`settled`, it is known what goes, what becomes another and what is new."""

    changed: list[Changed] = field(default_factory=list)
    new: Plan = field(default_factory=dict)
    renamed: list[Slot] = field(default_factory=list)  # of another specialty, and nothing else
    others: list[Stretch] = field(default_factory=list)  # takes the doctor's time, and stays

    @property
    def leaving(self) -> list[Appointment]:
        return sorted((one for each in self.changed for one in each.leaving), key=_in_order)

    @property
    def closed(self) -> list[Changed]:
        return [one for one in self.changed if one.to is None]

    @property
    def open(self) -> list[Changed]:
        return [one for one in self.changed if one.to]

    @property
    def planned(self) -> list[PlannedSlot]:
        return [*self.new.values(), *(one.to for one in self.changed if one.to)]

    @property
    def days(self) -> set[date]:
        return {one.slot.day for one in self.changed} | {slot.day for slot in self.planned}

    def keep_everybody(self) -> None:
        for one in self.changed:
            one.leaving = []

    def settle(self) -> None:
        """Where somebody stays the slot stays as it is; and what it stands in the way of, is not
        made."""
        for one in self.changed:
            if one.stays and not one.keeps_its_time():
                one.to = None
        stay = [(one.slot.starts_at, one.slot.ends_at) for one in self.closed if one.stays > 0]
        wanted = {one.to.starts: one.to for one in self.changed if one.to} | self.new
        free = {slot.starts for slot in without_overlaps(wanted, sorted([*self.others, *stay]))}
        for one in self.changed:
            if one.to and one.to.starts not in free:
                one.to = None
        self.new = {start: slot for start, slot in self.new.items() if start in free}


def compare(doctor: Doctor, before: Plan, after: Plan, now: datetime) -> Changes:
    differing = {start for start in {*before, *after} if before.get(start) != after.get(start)}
    rows = list(Slot.objects.in_full().filter(doctor=doctor, ends_at__gt=now).order_by("starts_at"))
    booked = _may_leave(rows)
    changes = Changes()
    for slot in rows:
        to = after.get(slot.starts_at)
        if slot.starts_at in differing and _is_concerned(slot, to):
            changed = Changed(slot, _as_set_by_hand(slot, before.get(slot.starts_at), to), [])
            changed.leaving = _who_leaves(changed, booked[slot.pk])
            changes.changed.append(changed)
            continue
        if slot.specialty != slot.doctor.specialty.casefold():
            changes.renamed.append(slot)
        if slot.is_open or slot.booked:
            changes.others.append((slot.starts_at, slot.ends_at))
    there = {slot.starts_at for slot in rows}
    changes.new = {start: after[start] for start in sorted(differing - there) if start in after}
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
