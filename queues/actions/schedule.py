"""A doctor's week is written down: what repeats, what is besides, and when they are away.

What every change does to slots and bookings is in `rearranging.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any, TypeVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from queues.actions.changing import change_row, plain
from queues.actions.rearranging import rearrange
from queues.actions.refusals import Invalid, TimesOverlap
from queues.actions.transactions import transacted
from queues.actions.weeks import works_of
from queues.journal import Entry
from queues.models import Clinic, ExtraSession, Kind, Leave, ScheduleRule
from queues.models.schedule import WorkingTime
from queues.rules.bookings import Fate
from queues.rules.rights import Actor
from queues.rules.weeks import clash

Row = TypeVar("Row", ScheduleRule, ExtraSession, Leave)
TIMES = ("doctor", *WorkingTime.HOURS)
OF = {
    ScheduleRule: (*TIMES, "weekday", "starts_on", "ends_on"),
    ExtraSession: (*TIMES, "day"),
    Leave: ("doctor", "starts_on", "ends_on", "opens", "closes"),
}


@transacted
def add(row: Row, *, by: Actor, at: Clinic, fate: Fate | None = None) -> Row:
    """A new rule, extra session or leave; it is not saved yet."""
    _refuse(row)

    def save() -> Iterable[Entry]:
        row.pk = None  # a try before this one may have been rolled back
        row.save(force_insert=True)
        _refuse_overlap(row)
        return [_told(row, by, at, after=_state(row))]

    rearrange(row.doctor, save, fate, by=by)
    return row


@transacted
def change(
    row: Row, settings: dict[str, Any], *, by: Actor, at: Clinic, fate: Fate | None = None
) -> Row:
    """Other hours, another room, another end."""
    held = type(row)._default_manager.select_for_update().get(pk=row.pk)

    def save() -> Iterable[Entry]:
        before, after = change_row(held, settings)
        _refuse(held)
        _refuse_overlap(held)
        return [_told(held, by, at, before=before, after=after)] if after else []

    rearrange(held.doctor, save, fate, by=by)
    return held


@transacted
def remove(row: Row, *, by: Actor, at: Clinic, fate: Fate | None = None) -> None:
    """It does not hold any longer, from now on; what was before stays as it was."""

    def delete() -> Iterable[Entry]:
        entry = _told(row, by, at, before=_state(row))
        type(row)._default_manager.filter(pk=row.pk).delete()
        return [entry]

    rearrange(row.doctor, delete, fate, by=by)


def _refuse(row: ScheduleRule | ExtraSession | Leave) -> None:
    """What no form lets through, said once more for all who do not come by a form."""
    if isinstance(row, Leave):
        if row.ends_on < row.starts_on:
            raise Invalid(ends_on=_("This is before the first day."))
        if (row.opens is None) != (row.closes is None):
            raise Invalid(closes=_("Please give both times, or none for whole days."))
        same_day = row.starts_on == row.ends_on
        if row.opens and row.closes and same_day and row.closes <= row.opens:
            raise Invalid(closes=_("This is before the leave begins."))
        return
    if row.hard_limit < row.capacity:
        raise Invalid(hard_limit=_("The limit cannot be below the number of places."))
    if row.slot_minutes < 1:
        raise Invalid(slot_minutes=_("Please give at least one minute."))
    if isinstance(row, ScheduleRule) and row.ends_on and row.ends_on < row.starts_on:
        raise Invalid(ends_on=_("This is before the first day."))
    if row.room and row.room.department_id != row.department_id:
        raise Invalid(room=_("This room is in another department."))


def _refuse_overlap(row: ScheduleRule | ExtraSession | Leave) -> None:
    if isinstance(row, Leave):
        return
    mine = type(row)._default_manager.select_related("department__clinic").get(pk=row.pk).as_work()
    for other, department in works_of(row.doctor):
        if other.source == mine.source:
            continue
        if day := clash(mine, other):
            raise TimesOverlap(
                _("%(doctor)s works at that time already: %(hours)s in %(department)s, %(day)s.")
                % {
                    "doctor": row.doctor.name,
                    "hours": f"{_clock(other.opens)}-{_clock(other.closes)}",
                    "department": department.name,
                    "day": date_format(day, "D j M Y"),
                },
                day=day.isoformat(),
                department=department.code,
                opens=_clock(other.opens),
                closes=_clock(other.closes),
            )


def _told(
    row: ScheduleRule | ExtraSession | Leave,
    by: Actor,
    at: Clinic,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Entry:
    return Entry(
        Kind.SCHEDULE_CHANGED, by, at, row.public_id, before=before or {}, after=after or {}
    )


def _state(row: ScheduleRule | ExtraSession | Leave) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in OF[type(row)]}


def _clock(at: time) -> str:
    return at.isoformat("minutes")
