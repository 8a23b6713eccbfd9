"""Rows for what a doctor's week says: sessions and their slots, made in bulk, and the doctor's room.

Whoever makes or changes them reads the week's version first and moves it on at the end. If it has
moved meanwhile, in this process or another, everything is looked at anew.
"""

from __future__ import annotations

from collections import Counter as Count
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import chain

from django.db.models import Exists, F, Max, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.transactions import Overtaken, transacted
from queues.journal import Entry
from queues.models import (
    Appointment,
    Counter,
    Department,
    Doctor,
    ExtraSession,
    Kind,
    Leave,
    ScheduleRule,
    Session,
    Slot,
    WaitlistEntry,
)
from queues.models.schedule import EXTRA, RULE
from queues.models.slot import SlotQuerySet
from queues.rules.rights import CLOCK, Actor
from queues.rules.weeks import DAY, Absence, Plan, PlannedSlot, Stretch, Work, plan

AT_ONCE = 500  # rows a statement
LIVES = Q(is_open=True) | Q(booked__gt=0)  # takes the doctor's time
ROOM = "R"
BY_HAND = ("hand", 0)  # slots that were set for one day alone
NO_MORE = ("none", 0)  # whose rule is gone; somebody is booked in them, or was


def make_slots() -> int:
    """What the weeks of all doctors still lack, as far ahead as each clinic books. A duty of the
    clock, safe in several copies: a slot is one for each doctor and time."""
    has_week = Q(pk__in=ScheduleRule.objects.values("doctor"))
    has_week |= Q(pk__in=ExtraSession.objects.values("doctor"))
    doctors = Doctor.objects.filter(has_week, is_active=True).order_by("pk")
    return sum(len(make_for(doctor, by=CLOCK)) for doctor in doctors)


@transacted
def make_for(doctor: Doctor, *, by: Actor) -> list[Slot]:
    """The slots that this doctor's week lacks. What is there already is left as it is."""
    now = timezone.now()
    version = version_of(doctor)
    wanted = plan_of(doctor, now)
    rows = Slot.objects.filter(doctor=doctor, ends_at__gt=now)
    known = set(rows.values_list("starts_at", flat=True))
    there = rows.filter(LIVES).values_list("starts_at", "ends_at")
    new = {starts: slot for starts, slot in wanted.items() if starts not in known}
    missing = without_overlaps(new, list(there))
    if not missing:
        return []
    slots, entries = insert(doctor, missing, sessions_for(doctor, missing), by=by)
    journal.record(*entries, *told(doctor, made=slots, by=by))
    move_on(doctor, version)
    return slots


def version_of(doctor: Doctor) -> int:
    return Doctor.objects.values_list("week", flat=True).get(pk=doctor.pk)


def move_on(doctor: Doctor, version: int) -> None:
    """The last statement of a change. Whoever changed the same week meanwhile was first."""
    here = Doctor.objects.filter(pk=doctor.pk, week=version)
    if not here.update(week=F("week") + 1):
        raise Overtaken


def works_of(doctor: Doctor) -> list[tuple[Work, Department]]:
    """All that is written down of when they work."""
    known = "department__clinic"
    rules = ScheduleRule.objects.filter(doctor=doctor).select_related(known)
    extras = ExtraSession.objects.filter(doctor=doctor).select_related(known)
    both: chain[ScheduleRule | ExtraSession] = chain(rules, extras)
    return [(one.as_work(), one.department) for one in both]


def plan_of(doctor: Doctor, now: datetime) -> Plan:
    """The doctor's slots that are not over, as the week has them now."""
    if not Doctor.objects.filter(pk=doctor.pk, is_active=True).exists():
        return {}
    absences = [leave.as_absence() for leave in Leave.objects.filter(doctor=doctor)]
    works = []
    for work, department in works_of(doctor):
        today = department.clinic.calendar_day(now)
        last = today + timedelta(days=department.clinic.books_days_ahead)
        works.append((work, today - DAY, last))  # a night shift began yesterday
    by_hand = _set_by_hand(doctor, absences, now)
    taken = [(slot.starts, slot.ends) for slot in by_hand]
    made = [slot for slot in without_overlaps(plan(works, absences), taken) if slot.ends > now]
    return {slot.starts: slot for slot in [*made, *by_hand]}


def _set_by_hand(doctor: Doctor, absences: Sequence[Absence], now: datetime) -> list[PlannedSlot]:
    """Slots of no rule: a leave takes them too, and its end gives them back."""
    known = Slot.objects.select_related("session__department__clinic").order_by("starts_at")
    theirs = known.filter(doctor=doctor, session__by_hand=True, ends_at__gt=now)
    return [
        PlannedSlot(
            BY_HAND,
            slot.session.department_id,
            slot.session.room_id,
            slot.day,
            slot.starts_at,
            slot.ends_at,
            slot.capacity,
            slot.hard_limit,
        )
        for slot in theirs
        if not any(
            one.covers(slot.day, slot.starts_at, slot.ends_at, slot.session.department.clinic.zone)
            for one in absences
        )
    ]


def without_overlaps(
    wanted: Plan, there: Collection[tuple[datetime, datetime]]
) -> list[PlannedSlot]:
    """Of the slots that are wanted those that no other stands in the way of."""
    taken = sorted(there)
    free, at = [], 0
    for starts, slot in sorted(wanted.items()):
        while at < len(taken) and taken[at][1] <= starts:
            at += 1
        if at == len(taken) or taken[at][0] >= slot.ends:
            free.append(slot)
    return free


def insert(
    doctor: Doctor, planned: Sequence[PlannedSlot], sessions: dict[Part, Session], *, by: Actor
) -> tuple[list[Slot], list[Entry]]:
    """Rows for slots for which there are none, and a room where the doctor has none yet."""
    Slot.objects.bulk_create(
        [_row(doctor, slot, sessions[part(slot)]) for slot in planned], batch_size=AT_ONCE
    )
    starts = {slot.starts for slot in planned}
    known = Slot.objects.select_related("session__department__clinic", "doctor").order_by("pk")
    theirs = known.filter(session__in=[session.pk for session in sessions.values()])
    slots = [slot for slot in theirs if slot.starts_at in starts]
    entries = []
    for session in {session.department_id: session for session in sessions.values()}.values():
        entries += with_room(doctor, session.department, session.room, by=by)
    return slots, entries


Part = tuple[tuple[str, int], int, date]  # what a session is known by: source, department, day


def part(slot: PlannedSlot) -> Part:
    return slot.source, slot.department, slot.day


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


def sessions_for(doctor: Doctor, planned: Iterable[PlannedSlot]) -> dict[Part, Session]:
    """The session of each, made where there is none; it is as long as its slots."""
    parts: dict[Part, list[PlannedSlot]] = defaultdict(list)
    for slot in planned:
        parts[part(slot)].append(slot)
    theirs = _sessions(doctor, {day for _source, _department, day in parts})
    there = {part_of(session): session for session in theirs}
    by_start = {session.starts_at: session for session in theirs}
    departments = _departments({department for _source, department, _day in parts})
    new = []
    for of, slots in parts.items():
        starts, ends = min(slot.starts for slot in slots), max(slot.ends for slot in slots)
        if session := there.get(of):
            ends = max(ends, session.ends_at)
            if starts < session.starts_at:
                _step_aside(by_start.get(starts))
            starts = min(starts, session.starts_at)
            _set(session, room_id=slots[0].room, starts_at=starts, ends_at=ends)
        elif left := by_start.get(starts):  # whose own slots are all gone
            _set(left, **_columns(of, departments), room_id=slots[0].room, ends_at=ends)
        else:
            columns = {**_columns(of, departments), "room_id": slots[0].room}
            new.append(Session(doctor=doctor, starts_at=starts, ends_at=ends, **columns))
    Session.objects.bulk_create(new, batch_size=AT_ONCE)
    known = _sessions(doctor, {day for _source, _department, day in parts})  # with their keys
    return {part_of(session): session for session in known}


def _step_aside(left: Session | None) -> None:
    """A session whose slots all go to another, until it is fitted to what is left of it."""
    if left:
        _set(left, starts_at=left.starts_at + timedelta(microseconds=1))


def _sessions(doctor: Doctor, on: Collection[date]) -> list[Session]:
    theirs = Session.objects.filter(doctor=doctor, day__in=on)
    return list(theirs.select_related("department__clinic", "room"))


def _departments(keys: Collection[int]) -> dict[int, Department]:
    return Department.objects.select_related("clinic").in_bulk(keys)


def part_of(session: Session) -> Part:
    if session.rule_id:
        source = (RULE, session.rule_id)
    elif session.extra_id:
        source = (EXTRA, session.extra_id)
    else:
        source = BY_HAND if session.by_hand else NO_MORE
    return source, session.department_id, session.day


def _columns(of: Part, departments: dict[int, Department]) -> dict[str, object]:
    (kind, key), department, day = of
    return {
        "rule_id": key if kind == RULE else None,
        "extra_id": key if kind == EXTRA else None,
        "by_hand": kind == BY_HAND[0],
        "department": departments[department],
        "clinic": departments[department].clinic,
        "day": day,
    }


def _set(session: Session, **columns: object) -> None:
    changed = {name: value for name, value in columns.items() if getattr(session, name) != value}
    if changed:
        Session.objects.filter(pk=session.pk).update(**changed)


def fit(sessions: Collection[int], *, but: Collection[int] = ()) -> None:
    """As long as the slots that are left in them, `but` those that go. Each begins with a slot of
    its own, so no two begin at once; those that now begin later are moved first."""
    left = Slot.objects.filter(session__in=sessions).exclude(pk__in=but).order_by()
    hulls = {**_hulls(left), **_hulls(left.filter(LIVES))}
    known = Session.objects.filter(pk__in=hulls)
    for session in sorted(known, key=lambda one: hulls[one.pk][0] <= one.starts_at):
        begins, closes = hulls[session.pk]
        _set(session, starts_at=begins, ends_at=closes)


def _hulls(slots: SlotQuerySet) -> dict[int, Stretch]:
    spans = slots.values("session").annotate(begins=Min("starts_at"), closes=Max("ends_at"))
    return {row["session"]: (row["begins"], row["closes"]) for row in spans}


def forget(slots: Iterable[Slot]) -> None:
    """What was never booked goes."""
    once = Appointment.objects.filter(slot=OuterRef("pk"))
    waited = WaitlistEntry.objects.filter(slot=OuterRef("pk"))
    rows = [slot for slot in slots if part_of(slot.session)[0] != BY_HAND]
    for at in range(0, len(rows), AT_ONCE):
        keys = [slot.pk for slot in rows[at : at + AT_ONCE]]
        Slot.objects.filter(~Exists(once), ~Exists(waited), pk__in=keys, booked=0).delete()


def with_room(
    doctor: Doctor, department: Department, named: Counter | None, *, by: Actor
) -> list[Entry]:
    """They have a counter there, so that they can call: the one that is named, or a new one."""
    doctor.departments.add(department)
    if Counter.objects.filter(department=department, doctor=doctor).exists():
        return []
    if named is None:
        code = _next_code(department)
        number = code.removeprefix(ROOM)
        room = Counter.objects.create(
            department=department,
            code=code,
            name=_("Room %(number)s") % {"number": number},
            doctor=doctor,
            is_open=True,
        )
    elif not Counter.objects.filter(pk=named.pk, doctor=None).update(doctor=doctor):
        return []  # shared with another doctor, who sits there now
    else:
        room = named
    after = {"doctor": str(doctor.public_id), "is_open": room.is_open}
    return [
        Entry(Kind.COUNTER_CHANGED, by, department, room.public_id, counter=room.code, after=after)
    ]


def _next_code(department: Department) -> str:
    codes = Counter.objects.filter(department=department, code__istartswith=ROOM)
    numbers = [code[len(ROOM) :] for code in codes.values_list("code", flat=True)]
    return f"{ROOM}{max((int(text) for text in numbers if text.isdecimal()), default=0) + 1}"


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
