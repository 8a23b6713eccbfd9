"""The desk of a department: who is where, who is next and why, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from queues.models import Counter, Department, Token, statements
from queues.models.statements import Question, hole
from queues.models.token import TokenQuerySet
from queues.rules.status import Status
from queues.screens import agenda, alarms, boards, keys, words
from queues.screens.desk_rows import rows_of
from queues.screens.places import FIRST, crowd_at, line_of
from queues.screens.today import ENDED, began_at, figures, whole_minutes

NO_SHOWS_SHOWN = 20
JUST_ENDED_SHOWN = 6


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
        "rows": rows_of(shown, department, now),
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


def _why_none_is_mine(mine: Counter, waiting: int) -> str:
    """Where people wait but none of them for this counter, that is said."""
    if not waiting or Token.objects.next_for(mine):
        return ""
    if not Token.objects.next_of_others(mine):
        return _("None of those who wait can be called to this counter just now.")
    if mine.department.assigns_at_issue:
        return _("Nobody waits for this counter: the next call takes somebody of another one.")
    return ""


# Tokens with the patients who hold them: for staff only. Of each no more is read than is shown.


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
