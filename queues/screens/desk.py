"""The desk of a department: who is where, who is next and why, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from queues.models import Counter, Department, Event, Token
from queues.rules.instants import microseconds
from queues.rules.priority import Policy, Priority
from queues.rules.service_day import begins
from queues.rules.status import LIVE, STARTS_FROM, Move, Status
from queues.screens import words
from queues.screens.history import told
from queues.screens.places import Place, places

ROWS_SHOWN = 50
NO_SHOWS_SHOWN = 20
JUST_ENDED_SHOWN = 6
VERBS = {  # of the moves that ask for nothing more
    Move.CALL: gettext_lazy("Call"),
    Move.START: gettext_lazy("Start"),
    Move.COMPLETE: gettext_lazy("Complete"),
    Move.RECALL: gettext_lazy("Recall"),
    Move.NO_SHOW: gettext_lazy("Not come"),
    Move.PUT_BACK: gettext_lazy("Put back"),
    Move.HOLD: gettext_lazy("Hold"),
    Move.RESUME: gettext_lazy("Resume"),
    Move.RETURN: gettext_lazy("Is back"),
}
ENDED = [status for status in Status if status not in LIVE]


@dataclass(frozen=True)
class Row:
    """Somebody who waits, as the desk sees them."""

    token: Token
    place: Place
    age: int | None
    waited: int  # minutes
    why: str
    elsewhere: str | None  # the department that has them in hand just now


def doors(departments: Iterable[Department]) -> list[dict[str, Any]]:
    """The departments somebody works in, each with how many wait there."""
    counted = Token.objects.count_waiting(departments)
    return [
        {"department": department, "waiting": counted.get(department.pk, 0)}
        for department in departments
    ]


def desk(
    department: Department, *, my_counter: str, everybody: bool, just_now: datetime
) -> dict[str, Any]:
    """All that the page shows; `just_now` is since when something can still be taken back."""
    now = timezone.now()
    counters = _counters(department)
    in_order = places(department, now)
    shown = in_order if everybody else in_order[:ROWS_SHOWN]
    ended = _ended_today(department, now)
    return {
        "department": department,
        "clinic": department.clinic,
        "now": now,
        "state": words.department_state(department),
        "counters": counters,
        "mine": next((counter for counter in counters if counter.code == my_counter), None),
        "rows": _rows(shown, department, now),
        "everybody": everybody,
        "not_shown": len(in_order) - len(shown),
        "waiting": len(in_order),
        "serving": sum(counter.current is not None for counter in counters),
        "held": _people(department).filter(status=Status.ON_HOLD).order_by("changed_at"),
        "no_shows": ended.filter(status=Status.NO_SHOW).order_by("-ended_at")[:NO_SHOWS_SHOWN],
        "just_ended": ended.filter(changed_at__gte=just_now).order_by("-changed_at")[
            :JUST_ENDED_SHOWN
        ],
        "today": _counts(department, now),
        "elsewhere": department.clinic.departments.exclude(pk=department.pk),
        "priorities": words.PRIORITY.items(),
    }


def one(token: Token) -> dict[str, Any]:
    """One number: where it stands, which buttons make sense for it, and its history."""
    events = list(Event.objects.of(token).select_related("daybook"))
    department, status = token.department, Status(token.status)
    return {
        "token": token,
        "department": department,
        "clinic": department.clinic,
        "standing": words.standing(token, next((e for e in events if "status" in e.after), None)),
        "moves": [(move, verb) for move, verb in VERBS.items() if status in STARTS_FROM[move]],
        "may_cancel": status in STARTS_FROM[Move.CANCEL],
        "may_transfer": status in STARTS_FROM[Move.TRANSFER],
        "may_prioritise": status in STARTS_FROM[Move.PRIORITY],
        "elsewhere": department.clinic.departments.exclude(pk=department.pk),
        "priorities": words.PRIORITY.items(),
        "events": told(events),
    }


def why(token: Token, department: Department, now: datetime) -> str:
    """The reason of somebody's place, in one short sentence."""
    priority = Priority(token.priority)
    facts = {
        "priority": words.PRIORITY[priority],
        "here": _minutes(_whole_minutes(now - token.arrived_at)),
        "ahead": _minutes(_head_start_of(token)),
    }
    if priority is Priority.EMERGENCY:
        return _("%(priority)s: before everybody else, here for %(here)s") % facts
    if department.policy == Policy.STRICT:
        return _("%(priority)s: by urgency first, here for %(here)s") % facts
    if token.ranked_from < token.arrived_at:
        return _("%(priority)s: keeps the place of the first arrival, here for %(here)s") % facts
    if token.ranked_from > token.arrived_at:
        return _("%(priority)s: came late, so behind others, here for %(here)s") % facts
    if _head_start_of(token):
        return _("%(priority)s: %(ahead)s of head start, here for %(here)s") % facts
    return _("%(priority)s: in order of arrival, here for %(here)s") % facts


def _rows(shown: list[Place], department: Department, now: datetime) -> list[Row]:
    today = department.clinic.service_day(now)
    found = _people(department).filter(pk__in=[place.token for place in shown])
    tokens = found.annotate(elsewhere=Subquery(_in_other_hands())).in_bulk()
    rows = []
    for place in shown:
        if token := tokens.get(place.token):
            rows.append(
                Row(
                    token,
                    place,
                    token.visit.patient.age(today),
                    _whole_minutes(token.waited(now)),
                    why(token, department, now),
                    token.elsewhere,
                )
            )
    return rows


def _in_other_hands() -> Any:
    held = Token.objects.filter(visit=OuterRef("visit"), in_hand=True)
    return held.values("department__name")[:1]


def _people(department: Department) -> Any:
    """Tokens with the patients who hold them: for staff only."""
    return Token.objects.filter(department=department).select_related(
        "visit__patient", "counter", "assigned", "doctor"
    )


def _counters(department: Department) -> list[Counter]:
    found = department.counters.select_related("current__visit__patient", "doctor", "staffed_by")
    return list(found.order_by("code"))


def _ended_today(department: Department, now: datetime) -> Any:
    clinic = department.clinic
    since = begins(clinic.service_day(now), clinic.zone, clinic.turns_at)
    return _people(department).filter(status__in=ENDED, ended_at__gte=since)


def _counts(department: Department, now: datetime) -> dict[str, int]:
    return {
        name: count or 0
        for name, count in _ended_today(department, now)
        .order_by()
        .aggregate(
            completed=Count("pk", filter=Q(status=Status.COMPLETED)),
            no_show=Count("pk", filter=Q(status=Status.NO_SHOW)),
        )
        .items()
    }


def _head_start_of(token: Token) -> int:
    return (microseconds(token.ranked_from) - token.rank) // 60_000_000


def _whole_minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))


def _minutes(count: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
