"""The sessions in which a doctor's slots lie: made with them, as long as they are, gone with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Exists, Max, Min, OuterRef

from queues.actions.weeks import BY_HAND, LIVES
from queues.models import Appointment, Department, Doctor, Session, Slot, WaitlistEntry
from queues.models.schedule import EXTRA, RULE
from queues.models.slot import SlotQuerySet
from queues.rules.weeks import PlannedSlot, Stretch

AT_ONCE = 500  # rows a statement
NO_MORE = ("none", 0)  # whose rule is gone; somebody is booked in them, or was


Part = tuple[tuple[str, int], int, date]  # what a session is known by: source, department, day


def hold(doctor: Doctor, days: Collection[date]) -> None:
    """The doctor's sessions of these days, before any slot: whoever says that the doctor is late, or
    sits elsewhere, holds one of them too."""
    theirs = Session.objects.select_for_update().filter(doctor=doctor, day__in=days)
    list(theirs.order_by("pk").values_list("pk"))


def part(slot: PlannedSlot) -> Part:
    return slot.source, slot.department, slot.day


def part_of(session: Session) -> Part:
    if session.rule_id:
        source = (RULE, session.rule_id)
    elif session.extra_id:
        source = (EXTRA, session.extra_id)
    else:
        source = BY_HAND if session.by_hand else NO_MORE
    return source, session.department_id, session.day


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
