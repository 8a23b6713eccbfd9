"""A hospital to measure in, in a database of its own, filled in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import ascii_uppercase
from uuid import uuid4

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from queues.actions.founding import Plan, found
from queues.models import Clinic, Counter, DayBook, Department, Patient, Token, Visit
from queues.rules.labels import label
from queues.rules.links import hashed, nonce
from queues.rules.people import new_number
from queues.rules.priority import Priority
from queues.rules.rights import Actor, ActorKind, Grant, Role
from queues.rules.status import Status

VISIT = timedelta(minutes=6)
HOME = "bench"  # the clinic that is measured; others may be beside it


@dataclass(frozen=True)
class Hospital:
    """A clinic in a database of its own. Databases share a connection, so that they take turns."""

    database: str

    def enter(self) -> None:
        """From here on, whatever is asked is asked of this database."""
        connection.settings_dict["NAME"] = self.database
        connection.ensure_connection()
        connection.connection.select_db(self.database)

    @property
    def clinic(self) -> Clinic:
        return Clinic.objects.get(code=HOME)

    def department(self, code: str) -> Department:
        return Department.objects.select_related("clinic").get(clinic__code=HOME, code=code)

    def counter(self, code: str) -> Counter:
        counters = Counter.objects.select_related("department__clinic", "doctor")
        return counters.get(department__clinic__code=HOME, department__code=code, code="1")

    def nurse(self) -> Actor:
        return Actor(ActorKind.USER, uuid4(), (Grant(self.clinic.pk, None, Role.NURSE),), "desk")


@contextmanager
def hospitals(databases: Sequence[str], departments: Sequence[str]) -> Iterator[list[Hospital]]:
    """New hospitals with these departments, which are gone when all is measured."""
    home = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        for database in databases:
            cursor.execute(f"DROP DATABASE IF EXISTS `{database}`")
            cursor.execute(
                f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
            )
    try:
        yield [_founded(Hospital(database), departments) for database in databases]
    finally:
        connection.settings_dict["NAME"] = home
        with connection.cursor() as cursor:
            for database in databases:
                cursor.execute(f"DROP DATABASE `{database}`")


def _founded(hospital: Hospital, departments: Sequence[str]) -> Hospital:
    hospital.enter()
    call_command("migrate", verbosity=0, interactive=False)
    open_clinic(HOME, departments)
    return hospital


def open_clinic(code: str, departments: Sequence[str]) -> Clinic:
    plans = [Plan(*named) for named in zip(departments, departments, ascii_uppercase, strict=False)]
    clinic = found(code, code.title(), "UTC", tuple(plans))
    clinic.turns_at = (timezone.now().hour + 12) % 24  # the day does not turn while we measure
    clinic.save()
    return clinic


def register(clinic: Clinic, count: int) -> list[Patient]:
    """Patients who were here before, known since years."""
    day = clinic.service_day()
    newest = Patient.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    people = [
        Patient(
            number=new_number(),
            name=f"Patient {n}",
            phone=f"+9198{n:08}",
            birth_year=1990,
            age_when_registered=day.year - 1990,
            registered_on=day,
            registered_at=clinic,
        )
        for n in range(count)
    ]
    Patient.objects.bulk_create(people, batch_size=2000)
    return list(Patient.objects.filter(pk__gt=newest).order_by("pk"))


def fill(department: Department, patients: list[Patient], *, waiting: int) -> None:
    """A day in full swing: of these patients the last ones wait, the others are done."""
    clinic, now = department.clinic, timezone.now()
    book = DayBook.objects.create(
        clinic=clinic,
        department=department,
        ledger=str(department.pk),
        day=clinic.service_day(now),
        last_number=len(patients),
        issued=len(patients),
        last_arrival=now,
        seq=3 * len(patients),
    )
    visits = [
        Visit(
            clinic=clinic,
            patient=patient,
            day=book.day,
            label=label(department.prefix, number),
            link_hash=hashed(nonce()),
        )
        for number, patient in enumerate(patients, start=1)
    ]
    Visit.objects.bulk_create(visits, batch_size=1000)
    stored = Visit.objects.filter(patient__in=patients, day=book.day)  # with keys, on every engine
    done = len(patients) - waiting
    tokens = [
        _token(visit, book, number, now, waits=number >= done)
        for number, visit in enumerate(stored.order_by("pk"))
    ]
    Token.objects.bulk_create(tokens, batch_size=1000)


def _token(visit: Visit, book: DayBook, number: int, now: datetime, *, waits: bool) -> Token:
    assert book.department
    arrived_at = now - timedelta(hours=1) + timedelta(milliseconds=100 * number)
    token = Token(
        visit=visit,
        department=book.department,
        daybook=book,
        issued_seq=number + 1,
        priority=Priority.WALK_IN,
        arrived_at=arrived_at,
        changed_at=arrived_at,
        **book.department.place(Priority.WALK_IN, arrived_at),
    )
    if not waits:
        token.status, token.live = Status.COMPLETED, None
        token.called_at = token.announced_at = arrived_at
        token.ended_at = token.changed_at = arrived_at + VISIT
    return token
