"""The desk of a department: who is where, who is next and why, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.models import Counter, Department, Token, statements
from queues.models.statements import Question, hole
from queues.models.token import TokenQuerySet
from queues.rules.instants import microseconds
from queues.rules.priority import Policy, Priority
from queues.rules.status import Status
from queues.screens import agenda, alarms, boards, keys, words
from queues.screens.places import FIRST, Place, crowd_at, line_of
from queues.screens.today import ENDED, began_at, figures, whole_minutes
from queues.screens.waits import to_come

NO_SHOWS_SHOWN = 20
JUST_ENDED_SHOWN = 6
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


def doors(departments: Iterable[Department]) -> list[dict[str, Any]]:
    """The departments somebody works in: how many wait there, and whether a kiosk calls for help."""
    counted = Token.objects.count_waiting(departments)
    ringing = alarms.ringing_at({department.clinic_id for department in departments})
    return [
        {
            "department": department,
            "waiting": counted.get(department.pk, 0),
            "rings": department.clinic_id in ringing,
        }
        for department in departments
    ]


def desk(
    department: Department, *, my_counter: str, everybody: bool, now: datetime, just_now: datetime
) -> dict[str, Any]:
    """All that moves on the page; `just_now` is since when something can still be taken back."""
    version = boards.version_of(department)
    alarm = alarms.latest(department.clinic, now)
    counters = _counters(department)
    mine = next((counter for counter in counters if counter.code == my_counter), None)
    desks = [counter.as_desk() for counter in counters if counter.is_open]
    crowd = crowd_at(department)
    only_first = not everybody and not crowd.appointed and crowd.size > FIRST
    in_order = line_of(department, desks, only_first=only_first).at(department, now)
    waiting = crowd.size if only_first else len(in_order)
    shown = in_order if everybody else in_order[:FIRST]
    since = began_at(department.clinic, now)
    return {
        "department": department,
        "clinic": department.clinic,
        "now": now,
        "version": version,
        "state": words.department_state(department),
        "is_open": department.state == Department.State.OPEN,
        "alarm": alarm,
        "went": alarms.who_went(alarm) if alarm else "",
        "counters": counters,
        "mine": mine,
        "not_mine": _why_none_is_mine(mine, waiting) if mine else "",
        "rows": _rows(shown, department, now),
        "everybody": everybody,
        "not_shown": waiting - len(shown),
        "waiting": waiting,
        "longest": whole_minutes(now - crowd.since) if crowd.since else None,
        "serving": sum(counter.current is not None for counter in counters),
        "held": _held().all(department=department),
        "no_shows": _no_shows().all(department=department, since=since),
        "just_ended": _just_ended().all(department=department, since=since, just_now=just_now),
        **agenda.coming(department, now),
        "today": figures(department, now),
        "elsewhere": list(department.clinic.departments.exclude(pk=department.pk)),
        "priorities": words.PRIORITY.items(),
        "key": keys.letters(),
    }


def why(token: Token, department: Department) -> str:
    """The reason of somebody's place, in one short sentence."""
    if token.priority == Priority.EMERGENCY:
        return _("Goes before everybody else.")
    if department.policy == Policy.STRICT:
        return _("The more urgent go first here, then who has waited longer.")
    if token.appointment and (by_time := _by_appointment(token)):
        return by_time
    if token.ranked_from < token.arrived_at:
        return _("Keeps the place of the first arrival.")
    if token.ranked_from > token.arrived_at:
        return _("Came back late, so goes behind others.")
    if ahead := (microseconds(token.ranked_from) - token.rank) // 60_000_000:
        return ngettext(
            "Placed as if here %(count)d minute earlier.",
            "Placed as if here %(count)d minutes earlier.",
            ahead,
        ) % {"count": ahead}
    return _("In order of arrival.")


def _by_appointment(token: Token) -> str:
    """The reason of a place that an appointment gave; empty where it gave none."""
    appointment = token.appointment
    assert appointment is not None, "only asked of those who have one"
    facts = {"time": _appointed_at(token)}
    if abs(token.ranked_from - token.arrived_at) < A_MOMENT:
        came_late = token.arrived_at > appointment.starts_at and not _walked_in(token)
        return (
            _("Came too late for %(time)s, so waits like the others.") % facts if came_late else ""
        )
    if not appointment.starts_at <= token.ranked_from <= appointment.ends_at:
        return ""  # back from somewhere else, or late after a call
    if ahead := (microseconds(token.ranked_from) - token.rank) // 60_000_000:
        return ngettext(
            "Placed by the appointment at %(time)s, and %(count)d minute earlier.",
            "Placed by the appointment at %(time)s, and %(count)d minutes earlier.",
            ahead,
        ) % {**facts, "count": ahead}
    return _("Placed by the appointment at %(time)s.") % facts


def _appointed_at(token: Token) -> str:
    if token.appointment is None:
        return ""
    return time_format(timezone.localtime(token.appointment.starts_at), "H:i")


def _walked_in(token: Token) -> bool:
    """Booked at the moment they came, into a time that had begun."""
    booked_at = token.appointment.booked_at if token.appointment else token.arrived_at
    return abs(token.arrived_at - booked_at) < A_MOMENT


def _rows(shown: list[Place], department: Department, now: datetime) -> list[Row]:
    if not shown:
        return []
    today = department.clinic.service_day(now)
    keys = frozenset(place.token for place in shown)
    tokens = {token.pk: token for token in statements.every(Token, {"pk": keys}, *_WAITING)}
    elsewhere = _in_other_hands(tokens.values())
    return [
        Row(
            token.public_id,
            place.label,
            token.priority,
            place.position,
            _who(token, department, today, elsewhere.get(token.visit_id, "")),
            whole_minutes(token.waited(now)) or 0,
            to_come(place.estimate, now),
        )
        for place in shown
        if (token := tokens.get(place.token))  # else somebody called them meanwhile
    ]


def _who(token: Token, department: Department, today: date, elsewhere: str) -> Who:
    patient, usual = token.visit.patient, token.priority == Priority.WALK_IN
    return Who(
        patient.public_id,
        patient.name,
        patient.age(today),
        patient.is_identified,
        patient.may_be_duplicate,
        "" if usual else str(words.PRIORITY[Priority(token.priority)]),
        elsewhere,
        _appointed_at(token),
        str(token.doctor) if token.doctor else "",
        token.assigned.code if token.assigned else "",
        why(token, department),
    )


def _why_none_is_mine(mine: Counter, waiting: int) -> str:
    """Where people wait but none of them for this counter, that is said."""
    if not waiting or Token.objects.next_for(mine):
        return ""
    if not Token.objects.next_of_others(mine):
        return _("None of those who wait can be called to this counter just now.")
    if mine.department.assigns_at_issue:
        return _("Nobody waits for this counter: the next call takes somebody of another one.")
    return ""


def _in_other_hands(tokens: Iterable[Token]) -> dict[int, str]:
    """By visit, the department that has them in hand just now."""
    visits = frozenset(token.visit_id for token in tokens)
    held = {"visit": visits, "in_hand": True}
    others = statements.every(Token, held, "department") if visits else ()
    return {token.visit_id: token.department.name for token in others}


# Tokens with the patients who hold them: for staff only. Of each no more is read than is shown.

_WAITING = ("visit__patient", "assigned", "doctor", "appointment")


@cache
def _held() -> Question[Token]:
    here = Token.objects.filter(department=hole("department", Token), status=Status.ON_HOLD)
    return Question(here.order_by("changed_at"), "visit__patient")


@cache
def _no_shows() -> Question[Token]:
    missed = _ended().filter(status=Status.NO_SHOW)
    return Question(missed.order_by("-ended_at")[:NO_SHOWS_SHOWN], "visit__patient")


@cache
def _just_ended() -> Question[Token]:
    ended = _ended().filter(changed_at__gte=hole("just_now", Token, "changed_at"))
    return Question(ended.order_by("-changed_at")[:JUST_ENDED_SHOWN], "visit__patient")


def _ended() -> TokenQuerySet:
    here, since = hole("department", Token), hole("since", Token, "ended_at")
    return Token.objects.filter(department=here, status__in=ENDED, ended_at__gte=since)


def _counters(department: Department) -> list[Counter]:
    found = statements.every(
        Counter, {"department": department}, "current__visit__patient", "doctor", "staffed_by"
    )
    for counter in found:
        counter.department = department  # known, so not looked up again
    return sorted(found, key=lambda counter: counter.code)
