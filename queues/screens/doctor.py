"""A doctor's day: who is in the room, who waits in the order of their call, who is still to come,
in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, OuterRef, Q, Subquery

from queues.models import (
    Appointment,
    Clinic,
    Consultation,
    Counter,
    Department,
    Doctor,
    Patient,
    Session,
    Slot,
    Token,
)
from queues.models.public_id import NOBODY
from queues.models.session import now_or_next
from queues.models.token import TokenQuerySet
from queues.rules.appointments import AHEAD, Stage
from queues.rules.priority import Priority
from queues.rules.status import Status
from queues.screens import boards, estimates, keys, sessions, words
from queues.screens.places import places
from queues.screens.today import began_at, begun_until_ended, ended_since, whole_minutes
from queues.screens.waits import to_come

ROWS_SHOWN = 50
SIDE_SHOWN = 8
FREE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody on the list: who waits has a token, who is still to come only an appointment."""

    patient: Patient | None
    label: str  # of who waits; the time of who is still to come
    priority: str  # the word, where it is not the usual one
    urgency: str  # the priority by its code
    number: int | None  # on the doctor's list
    sequence: str
    due: datetime | None
    age: int | None
    waited: int  # minutes
    to_come: str
    for_anybody: bool = False  # waits for whoever is free
    elsewhere: str | None = None  # the department that has them in hand just now
    is_late: bool = False
    may_miss: bool = False  # their time has begun, and nobody has come
    token: Token | None = None
    appointment: Appointment | None = None


def choice(doctors: Iterable[Doctor], clinic: Clinic, now: datetime) -> list[dict[str, Any]]:
    """The doctors whose day can be looked at, with their hours and how many wait for each."""
    found = list(doctors)
    waiting = Token.objects.filter(
        department__clinic=clinic, status=Status.WAITING, doctor__in=found
    ).order_by()
    counted = dict(waiting.values_list("doctor").annotate(Count("pk")))
    hours: dict[int, list[Session]] = {}
    for session in Session.objects.filter(doctor__in=found).today(clinic, now):
        hours.setdefault(session.doctor_id, []).append(session)
    return [
        {
            "doctor": one,
            "hours": hours.get(one.pk, []),
            "waiting": counted.get(one.pk, 0),
        }
        for one in found
    ]


def doctors_day(
    doctor: Doctor,
    department: Department,
    day: date,
    *,
    is_today: bool,
    now: datetime,
    just_now: datetime,
) -> dict[str, Any]:
    """All that moves on the page, of the list of a day; `is_today` says that they work on it now,
    and `just_now` is since when something can still be taken back."""
    clinic = department.clinic
    version = boards.version_of(department)
    hours = sessions.of_list(doctor, clinic, day)
    session = now_or_next(hours, now) if is_today else next(iter(hours), None)
    counters = _counters(department)
    room = _room(counters, doctor)
    booked = _booked(doctor, day)
    due = estimates.of_list(booked)
    waiting = _waiting(doctor, department, room, due, now) if is_today else []
    expected = sorted(_expected(booked, due, clinic, now), key=_by_time)
    theirs = _theirs(doctor, department)
    since = min([began_at(clinic, now), *(one.starts_at for one in hours if one.goes_on(now))])
    done = ended_since(department, since).filter(_done_by(doctor))
    ended = done.select_related(*_PEOPLE)
    return {
        "doctor": doctor,
        "department": department,
        "clinic": clinic,
        "now": now,
        "day": day,
        "is_today": is_today,
        "version": version,
        "state": words.department_state(department),
        "is_open": department.state == Department.State.OPEN,
        "hours": hours,
        "session": session,
        "told": Appointment.objects.told_of_delay(session, now).count() if session else 0,
        "room": room,
        "rooms": [one for one in counters if _may_be_room(one, doctor)],
        "draft": _draft_of(room.current) if room and room.current else None,
        "rows": waiting[:ROWS_SHOWN],
        "not_shown": max(0, len(waiting) - ROWS_SHOWN),
        "expected": expected,
        "held": theirs.filter(status=Status.ON_HOLD).order_by("changed_at") if is_today else [],
        "no_shows": ended.filter(status=Status.NO_SHOW).order_by("-ended_at")[:SIDE_SHOWN],
        "just_ended": ended.filter(changed_at__gte=just_now).order_by("-changed_at")[:SIDE_SHOWN],
        "figures": _figures(done, booked, waiting, expected, _missed(doctor, day)),
        "free": _free(doctor, clinic, now),
        "key": keys.letters(),
        "nobody": NOBODY,
    }


def open_drafts(doctor: Doctor) -> list[Consultation]:
    """What the doctor has begun to write and not completed; where its patient is now."""
    drafts = Consultation.objects.filter(doctor=doctor, status=Consultation.Status.DRAFT)
    return list(
        drafts.select_related("patient").annotate(
            label=_their_number("visit__label"),
            where=_their_number("department__name"),
        )[:SIDE_SHOWN]
    )


def _their_number(name: str) -> Subquery:
    live = Token.objects.live().filter(visit__patient=OuterRef("patient")).order_by("-in_hand")
    return Subquery(live.values(name)[:1])


def _waiting(
    doctor: Doctor,
    department: Department,
    room: Counter | None,
    due: dict[int, datetime],
    now: datetime,
) -> list[Row]:
    """Whoever the room would call, in that order: the same order as at the desk."""
    elsewhere = Token.objects.filter(visit=OuterRef("visit"), in_hand=True)
    mine = _theirs(doctor, department, or_anybodys=True).filter(status=Status.WAITING)
    with_place = mine.select_related(*_PEOPLE, "appointment")
    tokens: Any = with_place.annotate(
        elsewhere=Subquery(elsewhere.values("department__name")[:1])
    ).in_bulk()
    today = department.clinic.service_day(now)
    rows = []
    for place in places(department, now):
        token = tokens.get(place.token)
        if token is None or (room and not room.serves_priority(token.priority)):
            continue
        patient, booked = token.visit.patient, token.appointment
        rows.append(
            Row(
                patient,
                place.label,
                _word(token.priority),
                token.priority,
                booked.number if booked else None,
                _plain(booked.sequence) if booked else "",
                _told(booked, due, now) if booked else None,
                patient.age(today),
                whole_minutes(token.waited(now)) or 0,
                to_come(place.estimate, now),
                for_anybody=token.doctor_id is None,
                elsewhere=token.elsewhere,
                token=token,
                appointment=booked,
            )
        )
    return rows


def _told(booked: Appointment, due: dict[int, datetime], now: datetime) -> datetime:
    return estimates.told(due.get(booked.pk, booked.starts_at), booked, now)


def _expected(
    booked: list[Appointment], due: dict[int, datetime], clinic: Clinic, now: datetime
) -> Iterable[Row]:
    today = clinic.service_day(now)
    for one in booked:
        if one.status not in AHEAD:
            continue
        at = due.get(one.pk, one.starts_at)
        awaited = estimates.awaited(at, one, now)
        yield Row(
            one.patient,
            "",
            _word(one.priority),
            one.priority,
            one.number,
            _plain(one.sequence),
            awaited.at,
            one.patient.age(today) if one.patient else None,
            0,
            "",
            is_late=awaited.late > clinic.late_minutes,
            may_miss=at <= now,
            appointment=one,
        )


def _figures(
    done: TokenQuerySet,
    booked: list[Appointment],
    waiting: list[Row],
    expected: list[Row],
    missed: int,
) -> dict[str, Any]:
    served = Q(status=Status.COMPLETED)
    told = done.aggregate(
        seen=Count("pk", filter=served),
        took=Avg(begun_until_ended(), filter=served & Q(closed_by_clock=False)),
    )
    alone = [one for one in booked if one.status == Stage.COMPLETED and one.checked_in_at is None]
    return {
        "waiting": len(waiting),
        "expected": len(expected),
        "seen": told["seen"] + len(alone),
        "took": whole_minutes(told["took"]),
        "missed": missed,
    }


def _missed(doctor: Doctor, day: date) -> int:
    return Appointment.objects.filter(doctor=doctor, day=day, status=Stage.NO_SHOW).count()


def _booked(doctor: Doctor, day: date) -> list[Appointment]:
    known = Appointment.objects.select_related("slot__session", "patient", "department__clinic")
    return list(known.of_list(doctor, day))


def _free(doctor: Doctor, clinic: Clinic, now: datetime) -> list[Slot]:
    return list(Slot.objects.free(now).filter(doctor=doctor, clinic=clinic)[:FREE_SHOWN])


def _counters(department: Department) -> list[Counter]:
    counters = department.counters.select_related("current__visit__patient", "doctor", "staffed_by")
    found = list(counters.order_by("code"))
    for counter in found:
        counter.department = department  # known, so not looked up again
    return found


def _room(counters: list[Counter], doctor: Doctor) -> Counter | None:
    """The doctor's own: with somebody in it, else an open one, else the first."""
    mine = [one for one in counters if one.doctor_id == doctor.pk]
    return min(mine, key=lambda one: (one.current_id is None, not one.is_open), default=None)


def _may_be_room(counter: Counter, doctor: Doctor) -> bool:
    """Nobody's, and nobody sits or is served there."""
    taken = counter.staffed_by_id or counter.current_id
    return counter.doctor_id is None and not taken


def _draft_of(token: Token) -> Consultation | None:
    written = Q(appointment=token.appointment_id) if token.appointment_id else Q(token=token)
    return Consultation.objects.filter(written).first()


def _theirs(doctor: Doctor, department: Department, *, or_anybodys: bool = False) -> TokenQuerySet:
    mine = Q(doctor=doctor) | Q(doctor=None) if or_anybodys else Q(doctor=doctor)
    return Token.objects.filter(mine, department=department).select_related(*_PEOPLE)


def _done_by(doctor: Doctor) -> Q:
    return Q(doctor=doctor) | Q(counter__doctor=doctor)


def _by_time(row: Row) -> tuple[datetime, int]:
    assert row.due
    return row.due, row.number or 0


def _word(priority: str) -> str:
    usual = priority == Priority.WALK_IN
    return "" if usual else str(words.PRIORITY[Priority(priority)])


def _plain(sequence: Decimal) -> str:
    return f"{sequence.normalize():f}"


_PEOPLE = ("visit__patient", "counter", "doctor")
