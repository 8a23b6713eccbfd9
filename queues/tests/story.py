"""What happens in the tests: time passes, people come, and what was written down is read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F, Model
from django.utils import timezone

from queues.actions import calling, issuing, tokens
from queues.actions.refusals import Refused
from queues.journal import open_book
from queues.models import (
    Appointment,
    Clinic,
    Counter,
    DayBook,
    Department,
    Event,
    Membership,
    Notice,
    Patient,
    Session,
    Slot,
    Token,
    User,
    Visit,
    WaitlistEntry,
)
from queues.rules.labels import label
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor, Role
from queues.rules.status import IN_HAND, LIVE, Status
from queues.screens import boards, queue
from queues.tests import cast

MOMENTS = ("arrived_at", "ranked_from", "called_at", "announced_at", "started_at", "ended_at")


def waiting(
    patient: Patient, department: Department, priority: Priority = Priority.WALK_IN
) -> Token:
    return issuing.issue(patient, department, by=SYSTEM, priority=priority)


def called(patient: Patient, counter: Counter) -> Token:
    return calling.call(waiting(patient, counter.department), fresh(counter), by=SYSTEM)


def serving(patient: Patient, counter: Counter) -> Token:
    return tokens.start(called(patient, counter), by=SYSTEM)


def people(clinic: Clinic, *names: str) -> list[Patient]:
    return [cast.patient(clinic, name) for name in names]


def fresh(counter: Counter) -> Counter:
    """The counter as the next request would load it."""
    return cast.counter(counter.department, counter.code)


def at(counter: Counter) -> Token | None:
    """Who is at the counter, as the database has it."""
    return fresh(counter).current


def standing(token: Token) -> str:
    """The token's status, as the database has it."""
    return Token.objects.values_list("status", flat=True).get(pk=token.pk)


def labels(department: Department) -> list[str]:
    """Who waits, in the order of their call."""
    in_order = Token.objects.waiting_at(department).in_call_order()
    return list(in_order.values_list("visit__label", flat=True))


def public_queue(department: Department) -> dict[str, Any]:
    """`/api/queue`, as the database has it now."""
    told: dict[str, Any] = json.loads(queue.public_queue(boards.read(department)).body)
    return told


def now_serving(department: Department) -> dict[str, Any]:
    """`/api/now_serving`, as the database has it now."""
    told: dict[str, Any] = json.loads(queue.now_serving(boards.read(department)).body)
    return told


@contextmanager
def written() -> Iterator[list[Event]]:
    """Collects the events that are written meanwhile, in their order."""
    last = Event.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    events: list[Event] = []
    yield events
    events += Event.objects.filter(pk__gt=last).select_related("daybook").order_by("pk")


def kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


def refused(act: Callable[[], object], kind: type[Refused] = Refused) -> Refused:
    """The refusal of an act, which must leave everything as it was."""
    before = everything()
    with pytest.raises(kind) as caught:
        act()
    assert everything() == before, "a refusal changes nothing"
    return caught.value


def everything() -> dict[str, list[dict[str, object]]]:
    """All rows that an action on a queue or on a doctor's time could change."""
    tables: tuple[type[Model], ...] = (
        *(Token, Counter, Department, Visit, Patient, DayBook, Event),
        *(Session, Slot, Appointment, WaitlistEntry, Notice),
    )
    return {
        table.__name__: list(table._default_manager.order_by("pk").values()) for table in tables
    }


def some_time_ago(token: Token, **ago: float) -> None:
    """Time passes: all that happened to the token so far happened that much earlier."""
    earlier = timedelta(**ago)
    Token.objects.filter(pk=token.pk).update(
        changed_at=F("changed_at") - earlier, **{name: F(name) - earlier for name in MOMENTS}
    )
    Event.objects.filter(subject=token.public_id).update(at=F("at") - earlier)
    token.refresh_from_db()


def arrived_earlier(token: Token, **ago: float) -> None:
    """The token has waited that much longer than the clock says, and is ranked by it."""
    arrived_at = token.arrived_at - timedelta(**ago)
    place = token.department.place(token.priority, arrived_at)
    Token.objects.filter(pk=token.pk).update(arrived_at=arrived_at, **place)
    token.refresh_from_db()


def yesterday(clinic: Clinic) -> None:
    """The service day turns: all that is written in the clinic's books happened the day before."""
    day = timedelta(days=1)
    for book in DayBook.objects.filter(clinic=clinic).order_by("day"):
        DayBook.objects.filter(pk=book.pk).update(day=book.day - day)
    for visit in Visit.objects.filter(clinic=clinic).order_by("day"):
        Visit.objects.filter(pk=visit.pk).update(day=visit.day - day)
    for token in Token.objects.filter(department__clinic=clinic):
        some_time_ago(token, days=1)


def crowd(department: Department, size: int, status: Status = Status.WAITING) -> list[Token]:
    """Many at once, without their patients' stories: for screens, which only read."""
    clinic, now = department.clinic, timezone.now()
    today = clinic.service_day(now)
    book = open_book(department, now)
    patients = Patient.objects.bulk_create(
        [
            Patient(
                number=f"C{uuid4().hex[:10]}",
                name=f"Somebody {number}",
                registered_on=today,
                registered_at=clinic,
            )
            for number in range(size)
        ],
        batch_size=500,
    )
    visits = Visit.objects.bulk_create(
        [
            Visit(
                clinic=clinic,
                patient=patient,
                day=today,
                label=label(department.prefix, number),
                link_hash=uuid4().hex,
            )
            for number, patient in enumerate(patients, start=book.last_number + 1)
        ],
        batch_size=500,
    )
    ended = status not in LIVE
    rows = [
        Token(
            visit=visit,
            department=department,
            daybook=book,
            issued_seq=book.seq + place,
            status=status,
            live=None if ended else True,
            in_hand=True if status in IN_HAND else None,
            priority=Priority.WALK_IN,
            arrived_at=now + timedelta(microseconds=place),
            changed_at=now,
            called_at=now - timedelta(minutes=5) if ended else None,
            ended_at=now if ended else None,
            **department.place(Priority.WALK_IN, now + timedelta(microseconds=place)),
        )
        for place, visit in enumerate(visits, start=1)
    ]
    DayBook.objects.filter(pk=book.pk).update(
        last_number=book.last_number + size, seq=book.seq + size
    )
    return Token.objects.bulk_create(rows, batch_size=500)


def nurse_of(department: Department, name: str = "nadia") -> Actor:
    """Somebody with an account, whom a refusal can name; nobody logs in with it."""
    user = User.objects.create_user(name, f"{name}@example.org", first_name=name.title())
    where = {"clinic": department.clinic, "department": department}
    Membership.objects.create(user=user, role=Role.NURSE, **where)
    return user.as_actor()
