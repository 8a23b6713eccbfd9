"""Who waits, as the desk of their department shows them: who they are, and why at this place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.models import Department, Token, statements
from queues.models.statements import Columns, hole
from queues.rules.instants import microseconds
from queues.rules.people import age_of
from queues.rules.priority import Policy, Priority
from queues.screens import words
from queues.screens.places import FIRST, Place
from queues.screens.today import whole_minutes
from queues.screens.waits import to_come

A_MOMENT = timedelta(seconds=2)  # in which somebody is booked, counted in and given a place


class Who(NamedTuple):
    """What the desk sees of somebody who waits that lasts while they do: plain values, all of them,
    since who looks as before is not drawn again."""

    record: UUID
    name: str
    age: int | None
    is_identified: bool
    may_be_duplicate: bool
    priority: str  # the word, where it is not the usual one
    elsewhere: str  # the department that has them in hand just now
    appointed_at: str  # the time of day
    doctor: str
    assigned: str  # the counter
    why: str


class Row(NamedTuple):
    """Somebody who waits: what changes from minute to minute."""

    public_id: UUID
    label: str
    priority: str
    position: int
    who: Who
    waited: int  # minutes
    to_come: str


class Stands(NamedTuple):
    """What is read of somebody who waits, and of their patient and appointment: no more than is shown,
    since of fifty rows each column counts."""

    pk: int
    public_id: UUID
    visit: int
    priority: str
    arrived_at: datetime
    ranked_from: datetime
    rank: int
    record: UUID
    name: str
    birth_date: date | None
    age_when_registered: int | None
    registered_on: date
    is_identified: bool
    may_be_duplicate: bool
    doctor: str | None
    assigned: str | None
    starts_at: datetime | None  # of the appointment that brought them, as the next two
    ends_at: datetime | None
    booked_at: datetime | None


_COLUMNS = (
    "pk",
    "public_id",
    "visit_id",
    "priority",
    "arrived_at",
    "ranked_from",
    "rank",
    "visit__patient__public_id",
    "visit__patient__name",
    "visit__patient__birth_date",
    "visit__patient__age_when_registered",
    "visit__patient__registered_on",
    "visit__patient__is_identified",
    "visit__patient__may_be_duplicate",
    "doctor__name",
    "assigned__code",
    "appointment__starts_at",
    "appointment__ends_at",
    "appointment__booked_at",
)


def rows_of(shown: list[Place], department: Department, now: datetime) -> list[Row]:
    if not shown:
        return []
    today = department.clinic.service_day(now)
    found = _line(FIRST if len(shown) <= FIRST else None).all(department=department)
    known = {one.pk: one for one in map(Stands._make, found)}
    elsewhere = _in_other_hands(one.visit for one in known.values())
    return [
        Row(
            one.public_id,
            place.label,
            one.priority,
            place.position,
            _who(one, department, today, elsewhere.get(one.visit, "")),
            whole_minutes(now - one.arrived_at) or 0,
            to_come(place.estimate, now),
        )
        for place in shown
        if (one := known.get(place.token))  # else somebody called them meanwhile
    ]


def _who(one: Stands, department: Department, today: date, elsewhere: str) -> Who:
    return Who(
        one.record,
        one.name,
        age_of(one.birth_date, one.age_when_registered, one.registered_on, today),
        one.is_identified,
        one.may_be_duplicate,
        "" if one.priority == Priority.WALK_IN else str(words.PRIORITY[Priority(one.priority)]),
        elsewhere,
        _clock(one.starts_at) if one.starts_at else "",
        one.doctor or "",
        one.assigned or "",
        _why(one, department),
    )


def _why(one: Stands, department: Department) -> str:
    """The reason of somebody's place, in one short sentence."""
    if one.priority == Priority.EMERGENCY:
        return _("Goes before everybody else.")
    if department.policy == Policy.STRICT:
        return _("The more urgent go first here, then who has waited longer.")
    if by_time := _by_appointment(one):
        return by_time
    if one.ranked_from < one.arrived_at:
        return _("Keeps the place of the first arrival.")
    if one.ranked_from > one.arrived_at:
        return _("Came back late, so goes behind others.")
    if ahead := _minutes_ahead(one):
        return ngettext(
            "Placed as if here %(count)d minute earlier.",
            "Placed as if here %(count)d minutes earlier.",
            ahead,
        ) % {"count": ahead}
    return _("In order of arrival.")


def _by_appointment(one: Stands) -> str:
    """The reason of a place that an appointment gave; empty where it gave none."""
    if one.starts_at is None or one.ends_at is None or one.booked_at is None:
        return ""
    facts = {"time": _clock(one.starts_at)}
    if abs(one.ranked_from - one.arrived_at) < A_MOMENT:
        walked_in = abs(one.arrived_at - one.booked_at) < A_MOMENT  # into a time that had begun
        came_late = one.arrived_at > one.starts_at and not walked_in
        return (
            _("Came too late for %(time)s, so waits like the others.") % facts if came_late else ""
        )
    if not one.starts_at <= one.ranked_from <= one.ends_at:
        return ""  # back from somewhere else, or late after a call
    if ahead := _minutes_ahead(one):
        return ngettext(
            "Placed by the appointment at %(time)s, and %(count)d minute earlier.",
            "Placed by the appointment at %(time)s, and %(count)d minutes earlier.",
            ahead,
        ) % {**facts, "count": ahead}
    return _("Placed by the appointment at %(time)s.") % facts


def _minutes_ahead(one: Stands) -> int:
    """The head start of their priority."""
    return (microseconds(one.ranked_from) - one.rank) // 60_000_000


def _clock(moment: datetime) -> str:
    return time_format(timezone.localtime(moment), "H:i")


def _in_other_hands(visits: Iterable[int]) -> dict[int, str]:
    """By visit, the department that has them in hand just now."""
    held = {"visit": frozenset(visits), "in_hand": True}
    others = statements.every(Token, held, "department") if held["visit"] else ()
    return {token.visit_id: token.department.name for token in others}


@cache
def _line(most: int | None) -> Columns:
    here = Token.objects.waiting_at(hole("department", Token))
    return Columns(here.in_call_order().values_list(*_COLUMNS)[:most])
