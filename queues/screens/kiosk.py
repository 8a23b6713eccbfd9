"""What a patient chooses from at the kiosk: where to go, and to whom, and how long each takes.

The number of queries grows with the departments of the clinic, never with who waits there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from queues.models import Clinic, Counter, DayBook, Department, Doctor, Token
from queues.rules.priority import Priority
from queues.rules.status import Status
from queues.rules.waiting_time import Desk, Estimate, Pace, Waiting, schedule
from queues.screens import estimates, words
from queues.screens.pace import pace_of
from queues.screens.waits import expected


@dataclass(frozen=True)
class Choice:
    """A department on its button."""

    code: str
    name: str
    closed: str  # why it gives out no number; empty: it does
    waiting: int
    estimate: Estimate | None


@dataclass(frozen=True)
class Room:
    """A doctor who sees patients now."""

    doctor: Doctor
    counter: Counter
    estimate: Estimate | None
    expected: datetime | None  # where they would be given a time of the doctor's


@dataclass(frozen=True)
class Rooms:
    doctors: list[Room]
    anybody: Estimate | None


def departments(clinic: Clinic, places: Iterable[Department], now: datetime) -> list[Choice]:
    """Those that this kiosk stands in."""
    found = list(places)
    waiting, desks, issued = _waiting(found), _desks(found), _issued(clinic, found, now)
    choices = []
    for one in found:
        closed, estimate = _closed(one, issued.get(one.pk, 0), now), None
        if not closed:
            estimate = _for_the_last(
                Waiting(Priority.WALK_IN), waiting[one.pk], desks[one.pk], pace_of(one), now
            )
        choices.append(Choice(one.code, one.name, closed, len(waiting[one.pk]), estimate))
    return choices


def rooms(department: Department, now: datetime) -> Rooms:
    """The doctors who have a room open, and how long anybody's takes."""
    waiting, desks = _waiting([department])[department.pk], _desks([department])[department.pk]
    pace, due = pace_of(department), estimates.of_newcomer(department, now)

    def lasts(doctor: int | None) -> Estimate | None:
        newcomer = Waiting(Priority.WALK_IN, doctor)
        return _for_the_last(newcomer, waiting, desks, pace, now, due.get(doctor or 0))

    found = [
        Room(doctor, counter, estimate := lasts(doctor.pk), expected(estimate, now))
        for doctor, counter in doctors_of(department)
    ]
    return Rooms(found, lasts(None))


def doctors_of(department: Department) -> list[tuple[Doctor, Counter]]:
    """Each doctor once, with the first of their open rooms."""
    opened = department.counters.filter(
        is_open=True, doctor__is_active=True, doctor__departments=department
    ).select_related("doctor")
    by_doctor: dict[Doctor, Counter] = {}
    for counter in opened.order_by("doctor__name", "code"):
        if counter.doctor:
            by_doctor.setdefault(counter.doctor, counter)
    return list(by_doctor.items())


def _for_the_last(
    newcomer: Waiting,
    queue: list[Waiting],
    desks: list[Desk],
    pace: Pace,
    now: datetime,
    due: datetime | None = None,
) -> Estimate | None:
    """How long somebody will wait who comes now, behind all others."""
    times = {len(queue): due} if due else None
    return schedule([*queue, newcomer], desks, pace, now, times)[-1]


def _waiting(found: Iterable[Department]) -> dict[int, list[Waiting]]:
    rows = Token.objects.filter(department__in=found, status=Status.WAITING).in_call_order()
    queues: dict[int, list[Waiting]] = defaultdict(list)
    for department, priority, doctor, assigned in rows.values_list(
        "department_id", "priority", "doctor_id", "assigned_id"
    ):
        queues[department].append(Waiting(Priority(priority), doctor, assigned))
    return queues


def _desks(found: Iterable[Department]) -> dict[int, list[Desk]]:
    desks: dict[int, list[Desk]] = defaultdict(list)
    opened = Counter.objects.filter(department__in=found, is_open=True).select_related("current")
    for counter in opened:
        desks[counter.department_id].append(counter.as_desk())
    return desks


def _issued(clinic: Clinic, found: Iterable[Department], now: datetime) -> dict[int, int]:
    """How many numbers each has given out today."""
    today = DayBook.objects.filter(clinic=clinic, department__in=found, day=clinic.service_day(now))
    return {book.department_id: book.issued for book in today if book.department_id}


def _closed(department: Department, issued: int, now: datetime) -> str:
    """Why nobody can get in line, in a sentence; empty if they can."""
    if department.state != Department.State.OPEN:
        return words.department_state(department)
    if not department.within_hours(now):
        return _("This department gives out no numbers at this hour.")
    if department.is_past_last_issue(now):
        return _("The last number of today has been given out.")
    if department.daily_limit is not None and issued >= department.daily_limit:
        return _("All numbers of today have been given out.")
    return ""
