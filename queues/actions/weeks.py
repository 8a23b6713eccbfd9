"""A doctor's week as it is written down, and the slots that it asks for.

Whoever changes one reads its version first and moves it on at the end. If it has moved meanwhile,
in this process or another, everything is looked at anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import F, Q

from queues.actions.transactions import Overtaken
from queues.models import Department, Doctor, ExtraSession, Leave, ScheduleRule, Slot
from queues.rules.weeks import DAY, Absence, Plan, PlannedSlot, Work, plan

LIVES = Q(is_open=True) | Q(booked__gt=0)  # takes the doctor's time
BY_HAND = ("hand", 0)  # slots that were set for one day alone


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
