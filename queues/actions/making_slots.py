"""Rows for the slots that doctors' weeks ask for, made ahead of time and in bulk."""

from __future__ import annotations

from collections import Counter as Count
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from queues.actions.doctors_rooms import with_room
from queues.actions.giving import settle
from queues.actions.seats import Seating
from queues.actions.sessions import AT_ONCE, Part, part, sessions_for
from queues.actions.transactions import transacted
from queues.actions.weeks import LIVES, move_on, plan_of, version_of, without_overlaps
from queues.journal import Entry
from queues.models import Department, Doctor, ExtraSession, Kind, ScheduleRule, Session, Slot
from queues.rules.rights import CLOCK, Actor
from queues.rules.weeks import PlannedSlot


def make_slots() -> int:
    """What the weeks of all doctors still lack, as far ahead as each clinic books. A duty of the
    clock, safe in several copies: a slot is one for each doctor and time."""
    has_week = Q(pk__in=ScheduleRule.objects.values("doctor"))
    has_week |= Q(pk__in=ExtraSession.objects.values("doctor"))
    doctors = Doctor.objects.filter(has_week, is_active=True).order_by("pk")
    return sum(make_for([doctor], by=CLOCK) for doctor in doctors)


@transacted
def make_for(doctors: Iterable[Doctor], *besides: Entry, by: Actor) -> int:
    """The slots that the weeks of these doctors lack; whoever waits for them gets places at once.
    What is there already is left as it is."""
    now, made = timezone.now(), 0
    seating = Seating.of([], by=by, now=now)
    changed = []
    for doctor in doctors:
        version = version_of(doctor)
        if new := _make(seating, doctor, now):
            changed.append((doctor, version))
            made += new
    settle(seating, *besides)
    for doctor, version in changed:
        move_on(doctor, version)
    return made


def _make(seating: Seating, doctor: Doctor, now: datetime) -> int:
    wanted = plan_of(doctor, now)
    rows = Slot.objects.filter(doctor=doctor, ends_at__gt=now)
    known = set(rows.values_list("starts_at", flat=True))
    there = rows.filter(LIVES).values_list("starts_at", "ends_at")
    new = {starts: slot for starts, slot in wanted.items() if starts not in known}
    missing = without_overlaps(new, list(there))
    if not missing:
        return 0
    homes = sessions_for(doctor, missing)
    made = insert(doctor, missing, homes)
    seating.take_in(made)
    rooms = with_rooms(doctor, homes, by=seating.by)
    for entry in [*rooms, *told(doctor, made=made, by=seating.by)]:
        seating.write(entry)
    return len(made)


def insert(
    doctor: Doctor, planned: Sequence[PlannedSlot], homes: Mapping[Part, Session]
) -> list[Slot]:
    """Rows for slots for which there are none."""
    if not planned:
        return []
    Slot.objects.bulk_create(
        [_row(doctor, slot, homes[part(slot)]) for slot in planned], batch_size=AT_ONCE
    )
    starts = {slot.starts for slot in planned}
    theirs = Slot.objects.in_full().filter(session__in={session.pk for session in homes.values()})
    return [slot for slot in theirs.order_by("pk") if slot.starts_at in starts]


def with_rooms(doctor: Doctor, homes: Mapping[Part, Session], *, by: Actor) -> list[Entry]:
    """A room to call from in each department where they have none yet."""
    wanted = {session.department_id: session for session in homes.values()}
    return [
        entry
        for session in wanted.values()
        for entry in with_room(doctor, session.department, session.room, by=by)
    ]


def _row(doctor: Doctor, slot: PlannedSlot, session: Session) -> Slot:
    return Slot(
        session=session,
        doctor=doctor,
        clinic_id=session.clinic_id,
        specialty=doctor.specialty.casefold(),
        day=slot.day,
        starts_at=slot.starts,
        ends_at=slot.ends,
        capacity=slot.capacity,
        hard_limit=slot.hard_limit,
        is_free=slot.capacity > 0,
    )


def told(
    doctor: Doctor,
    *,
    by: Actor,
    made: Iterable[Slot] = (),
    changed: Iterable[Slot] = (),
    closed: Iterable[Slot] = (),
) -> list[Entry]:
    """For each department, how many of the doctor's slots came, changed and went."""
    counts: dict[Department, Count[str]] = defaultdict(Count)
    for name, slots in (("made", made), ("changed", changed), ("closed", closed)):
        for slot in slots:
            counts[slot.session.department][name] += 1
    return [
        Entry(Kind.SLOTS_CHANGED, by, department, doctor.public_id, after=dict(count))
        for department, count in counts.items()
    ]
