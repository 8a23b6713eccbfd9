"""The appointments of a day for those who receive patients: doctor by doctor, in a fixed number of
queries however many come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise

from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Session,
    Slot,
    Token,
    WaitlistEntry,
)
from queues.models.appointment import AppointmentQuerySet
from queues.models.public_id import NOBODY
from queues.models.statements import Columns, Question, hole
from queues.models.waitlist import WaitlistEntryQuerySet
from queues.rules.appointments import AHEAD, HERE, STARTS_FROM, Stage, Step
from queues.rules.priority import Priority
from queues.rules.weeks import DAY
from queues.screens import boards, estimates, words

ROWS_SHOWN = 200
COMING_SHOWN = 5
WAITS_SHOWN = 50
A_MOMENT = timedelta(microseconds=1)
SHOWS: dict[str, frozenset[Stage]] = {  # what the page can be narrowed to
    "open": AHEAD | HERE | {Stage.WAITLISTED, Stage.DISPLACED},
    "expected": AHEAD | {Stage.WAITLISTED, Stage.DISPLACED},
    "here": HERE,
    "seen": frozenset({Stage.COMPLETED}),
    "missed": frozenset({Stage.NO_SHOW}),
    "cancelled": frozenset({Stage.CANCELLED}),
}


@dataclass(frozen=True)
class Look:
    """Which part of which day is looked at."""

    clinic: Clinic
    departments: Sequence[Department]  # in which whoever looks may book
    day: date
    department: Department | None = None
    doctor: UUID | None = None
    show: str = "open"

    @property
    def places(self) -> list[Department]:
        return [self.department] if self.department else list(self.departments)


@dataclass(frozen=True, slots=True)
class Row:
    """An appointment as the desk sees it. Plain values: a template reads them quickly."""

    appointment: Appointment
    other_date: date | None  # where it is not that of the day: past midnight
    stage: Promise | str
    priority: Promise | str
    due: datetime | None  # when they will be seen, with the doctor's delay; or were to come
    late: int  # minutes since then, while nobody has come
    token: Token | None  # their number, once they are here
    steps: frozenset[Step]

    @property
    def has_more(self) -> bool:
        """Than to check them in, which has a button of its own."""
        return bool(self.steps - {Step.CHECK_IN, Step.CONSULT})


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a place of that day. Of a stranger, who waits for any clinic, the desk
    sees where they stand in the line, how urgent they are and since when: no `entry`."""

    key: UUID
    number: int
    priority: Promise | str
    urgency: str
    whom: str  # the doctor, or the specialty
    places: int
    since: datetime
    entry: WaitlistEntry | None


@dataclass(slots=True)
class DoctorsDay:
    doctor: Doctor
    rows: list[Row] = field(default_factory=list)
    delay: int = 0
    rooms: list[str] = field(default_factory=list)
    free: int = 0  # times that still have room
    is_at_work: bool = False  # has times that are not over


def agenda(
    seen: AppointmentQuerySet, waits: WaitlistEntryQuerySet, look: Look, now: datetime
) -> dict[str, Any]:
    """`seen` and `waits` are all that whoever looks may see; of strangers who wait, no name."""
    at_work = _at_work(look, now)
    of_day = seen.filter(department__in=look.places).of_day(look.clinic, look.day, at_work)
    everybody = list(of_day.order_by("doctor__name", "doctor", "sequence", "number"))
    theirs = [one for one in everybody if look.doctor in (None, one.doctor.public_id)]
    stages = Counter(Stage(one.status) for one in theirs)
    wanted = SHOWS.get(look.show, frozenset(Stage))
    shown = [one for one in theirs if one.status in wanted]
    rows = _rows(shown[:ROWS_SHOWN], everybody, look, now)
    is_today = look.day == look.clinic.service_day(now)
    versions = boards.versions([one.public_id for one in look.departments])
    return {
        "look": look,
        "clinic": look.clinic,
        "now": now,
        "is_today": is_today,
        "books_on": look.clinic.calendar_day(now) if is_today else look.day,
        "doctors": _by_doctor(rows, at_work, look),
        "counts": {"all": len(theirs)} | {name: _sum(stages, name) for name in SHOWS},
        "not_shown": max(len(shown) - ROWS_SHOWN, 0),
        "waits": _waits(waits, at_work, look),
        "versions": [f"{one.code} {day} {seq}" for one, (day, seq) in _known(look, versions)],
        "nobody": NOBODY,
    }


def coming(department: Department, now: datetime) -> dict[str, Any]:
    """Who is expected in a department today and has not come: the next, and how many in all."""
    day = department.clinic.service_day(now)
    begins, ends = department.clinic.span_of(day)
    span = {"department": department, "begins": begins, "ends": ends}
    near = {**span, "first": day - 2 * DAY, "last": day + DAY}
    if any(one.closes_at > now for one in _begun_before().all(**near)):  # a night's work
        at_work = Session.objects.filter(department=department).today(department.clinic, now)
        ahead = _ahead(department).of_day(department.clinic, day, at_work)
        first = list(_in_time(ahead.select_related("patient", "doctor"))[:COMING_SHOWN])
        return {"coming": first, "expected": ahead.count()}
    first = _coming().all(**near)
    more = len(first) == COMING_SHOWN
    return {"coming": first, "expected": _expected().all(**near)[0][0] if more else len(first)}


def _ahead(department: Department | RawSQL) -> AppointmentQuerySet:
    return Appointment.objects.filter(department=department, status__in=AHEAD)


def _in_time(ahead: AppointmentQuerySet) -> AppointmentQuerySet:
    return ahead.order_by("starts_at", "sequence", "number")


@cache
def _begun_before() -> Question[Session]:
    days = (hole("first", Session, "day"), hole("last", Session, "day"))
    here = Session.objects.filter(department=hole("department", Session), day__range=days)
    return Question(here.filter(starts_at__lt=hole("begins", Session, "starts_at")))


@cache
def _coming() -> Question[Appointment]:
    return Question(_in_time(_of_day())[:COMING_SHOWN], "patient", "doctor")


@cache
def _expected() -> Columns:
    counted = _of_day().order_by().values("department").annotate(count=Count("pk"))
    return Columns(counted.values_list("count"))


def _of_day() -> AppointmentQuerySet:
    """As `AppointmentQuerySet.of_day`, where all who are at work have begun on it."""
    days = (hole("first", Appointment, "day"), hole("last", Appointment, "day"))
    span = (hole("begins", Appointment, "starts_at"), hole("ends", Appointment, "starts_at"))
    lies_on_it = Q(starts_at__gte=span[0], starts_at__lt=span[1])
    theirs = Q(slot__session__starts_at__gte=span[0], slot__session__starts_at__lt=span[1])
    here = hole("department", Appointment)
    ahead = _ahead(here).filter(lies_on_it | (theirs & Q(slot__session__department=here)))
    return ahead.filter(day__range=days)


def _rows(
    shown: list[Appointment], everybody: list[Appointment], look: Look, now: datetime
) -> list[Row]:
    due = estimates.of_list([one for one in everybody if one.holds])
    held = Token.objects.filter(appointment__in=[one for one in shown if one.checked_in_at])
    tokens = {
        token.appointment_id: token
        for token in held.select_related("visit", "department__clinic").order_by("pk")
    }
    return [_row(one, due.get(one.pk), tokens.get(one.pk), look, now) for one in shown]


def _row(
    one: Appointment, due: datetime | None, token: Token | None, look: Look, now: datetime
) -> Row:
    awaited = estimates.awaited(due, one, now) if due else None
    return Row(
        one,
        on if (on := look.clinic.calendar_day(one.starts_at)) != look.day else None,
        words.STAGE[Stage(one.status)],
        words.PRIORITY[Priority(one.priority)],
        awaited.at if awaited else None,
        awaited.late if awaited else 0,
        token,
        _steps(one, due, now),
    )


def _steps(one: Appointment, due: datetime | None, now: datetime) -> frozenset[Step]:
    """What can be done; nobody is missed before their time."""
    steps = {step for step in Step if one.status in STARTS_FROM[step]}
    if not one.may_come:
        steps.discard(Step.CHECK_IN)
    if due is None or now < due:
        steps.discard(Step.NO_SHOW)
    return frozenset(steps)


def _at_work(look: Look, now: datetime) -> list[Any]:
    """The sessions of the day, with how many of their times are left."""
    not_over = Q(slots__is_open=True, slots__ends_at__gt=now)
    counted = Session.objects.filter(department__in=look.places).annotate(
        free=Count("slots", filter=not_over & Q(slots__is_free=True)),
        left=Count("slots", filter=not_over),
    )
    return counted.select_related("doctor").of_day(look.clinic, look.day, now)


def _by_doctor(rows: Iterable[Row], at_work: Iterable[Any], look: Look) -> list[DoctorsDay]:
    """Everybody who works that day or is expected to: also a doctor whom nobody has booked."""
    days: dict[int, DoctorsDay] = {}
    for session in at_work:
        if look.doctor not in (None, session.doctor.public_id):
            continue
        day = days.setdefault(session.doctor_id, DoctorsDay(session.doctor))
        day.delay = max(day.delay, session.delay_minutes)
        day.free += session.free
        day.is_at_work |= session.left > 0
        if session.room and (name := session.room.name or session.room.code) not in day.rooms:
            day.rooms.append(name)
    for row in sorted(rows, key=lambda row: row.appointment.starts_at):
        theirs = row.appointment.doctor
        days.setdefault(theirs.pk, DoctorsDay(theirs)).rows.append(row)
    return sorted(days.values(), key=lambda day: (day.doctor.name, day.doctor.pk))


def _waits(waits: WaitlistEntryQuerySet, at_work: Sequence[Session], look: Look) -> list[Waiting]:
    """Who would take a place of that day, whoever comes first first; and who was offered one."""
    states = WaitlistEntry.Status
    sessions = [session.pk for session in at_work]
    begun = Q(earliest=None) | Q(earliest__lte=_last_date(at_work, look))
    begun &= Q(at_head=False) | Q(appointment__day__lte=look.day)  # of who lost their time
    not_over = Q(latest=None) | Q(latest__gte=look.day)
    that_slot = Q(slot=None) | Q(slot__session__in=sessions)
    slots = Slot.objects.filter(session__in=sessions, is_open=True)
    whom = Q(doctor__in=slots.values("doctor")) | Q(specialty__in=slots.values("specialty"))
    here = Q(clinic=None) | Q(clinic=look.clinic)
    fitting = waits.filter(begun, not_over, that_slot, whom | Q(slot__in=slots), here)
    if look.doctor:
        fitting = fitting.filter(Q(doctor__public_id=look.doctor) | Q(doctor=None))
    fitting = fitting.filter(status__in=(states.WAITING, states.OFFERED)).in_order()
    fitting = fitting.select_related("doctor", "patient", "appointment", "slot__doctor")
    return [_waiting(entry, number) for number, entry in enumerate(fitting[:WAITS_SHOWN], 1)]


def _waiting(entry: WaitlistEntry, number: int) -> Waiting:
    doctor = entry.doctor or (entry.slot.doctor if entry.slot else None)
    return Waiting(
        entry.public_id,
        number,
        words.PRIORITY[Priority(entry.priority)],
        entry.priority,
        doctor.name if doctor else entry.specialty.capitalize(),
        entry.places,
        entry.joined_at,
        entry if entry.is_known else None,
    )


def _last_date(at_work: Iterable[Session], look: Look) -> date:
    """On the calendar: the next, where the work of this service day goes on past midnight."""
    _begins, ends = look.clinic.span_of(look.day)
    last = [min(session.ends_at, ends) - A_MOMENT for session in at_work]
    return max([look.day, *(look.clinic.calendar_day(moment) for moment in last)])


def _sum(stages: Counter[Stage], name: str) -> int:
    return sum(stages[stage] for stage in SHOWS[name])


def _known(
    look: Look, versions: dict[UUID, boards.Version]
) -> Iterable[tuple[Department, boards.Version]]:
    return ((one, versions[one.public_id]) for one in look.departments if one.public_id in versions)
