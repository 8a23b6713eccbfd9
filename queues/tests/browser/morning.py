"""A morning in time lapse, for the pictures: who came when, who was called, who had to wait.

Run as a program, on the empty database of a hospital that is to be looked at. Everything is done
by the actions themselves; only their clock runs ahead, from an hour ago until now.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime, timedelta
from unittest.mock import patch

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - Django has to be set up first

from queues.actions import calling, demo, issuing, patients, tokens  # noqa: E402
from queues.actions.refusals import NobodyWaiting  # noqa: E402
from queues.forms import PatientForm  # noqa: E402
from queues.models import Clinic, Counter, Token  # noqa: E402
from queues.rules.priority import Priority  # noqa: E402
from queues.rules.rights import SYSTEM  # noqa: E402
from queues.rules.status import Status  # noqa: E402

MINUTES = 61
LATER = (  # minute, name, age, gender, department, priority
    (6, "Ana Lucía Vega", 41, "female", "OPD", Priority.WALK_IN),
    (9, "Thomas Weber", 58, "male", "LAB", Priority.WALK_IN),
    (13, "राजेश शर्मा", 36, "male", "OPD", Priority.ONLINE),
    (17, "Aïcha Diallo", 29, "female", "OPD", Priority.ELDERLY),
    (21, "Kofi Annor", 44, "male", "PHARMACY", Priority.WALK_IN),
    (26, "செல்வி ராமன்", 62, "female", "OPD", Priority.ELDERLY),
    (31, "Marie Dubois", 33, "female", "LAB", Priority.WALK_IN),
    (36, "يوسف حداد", 50, "male", "OPD", Priority.WALK_IN),
    (41, "Hannah Cohen", 27, "female", "OPD", Priority.WALK_IN),
    (46, "Chidi Eze", 38, "male", "LAB", Priority.WALK_IN),
    (51, "Rosa Jiménez", 55, "female", "OPD", Priority.FOLLOW_UP),
    (57, "Tom Becker", 8, "male", "OPD", Priority.WALK_IN),
)
ROUNDS = (("OPD", "1", 13), ("OPD", "2", 20), ("LAB", "1", 14), ("PHARMACY", "1", 19))
COMES_IN = 2  # minutes, after the call
GOES_FOR_A_WALK = 38  # the minute in which somebody is put on hold


class Clock:
    """Stands where it is put."""

    def __init__(self, begin: datetime) -> None:
        self.begin = self.now = begin

    def __call__(self) -> datetime:
        return self.now

    def strike(self, minute: int) -> None:
        self.now = self.begin + timedelta(minutes=minute, seconds=minute * 7 % 60)


def play() -> None:
    clock = Clock(timezone.now() - timedelta(minutes=MINUTES + 1))
    with patch.object(timezone, "now", clock):
        clinic = demo.stage()
        for minute in range(1, MINUTES + 1):
            clock.strike(minute)
            _one_minute(clinic, minute)
        tokens.recall(_at(clinic, "OPD", "2"), by=SYSTEM)


def _one_minute(clinic: Clinic, minute: int) -> None:
    for come, name, age, gender, department, priority in LATER:
        if come == minute:
            _come(clinic, name, age, gender, department, priority)
    for department, counter, length in ROUNDS:
        if minute % length == 0:
            _next(_counter(clinic, department, counter))
        elif minute % length == COMES_IN:
            _start(_counter(clinic, department, counter))
    if minute == GOES_FOR_A_WALK:
        opd = clinic.departments.get(code="OPD")
        *_others, last = Token.objects.waiting_at(opd).in_call_order()
        tokens.hold(last, by=SYSTEM)


def _come(
    clinic: Clinic, name: str, age: int, gender: str, department: str, priority: Priority
) -> None:
    form = PatientForm(clinic, {"name": name, "age": age, "gender": gender}, by_staff=True)
    form.full_clean()
    patient = patients.register(clinic, form.person(), by=SYSTEM).patient
    where = clinic.departments.get(code=department)
    issuing.issue(patient, where, by=SYSTEM, priority=priority)


def _next(counter: Counter) -> None:
    with suppress(NobodyWaiting):
        if counter.current:
            calling.complete_and_call_next(counter, by=SYSTEM)
        else:
            calling.call_next(counter, by=SYSTEM)


def _start(counter: Counter) -> None:
    if (called := counter.current) and called.status == Status.CALLED:
        tokens.start(called, by=SYSTEM)


def _counter(clinic: Clinic, department: str, code: str) -> Counter:
    return Counter.objects.select_related("department__clinic", "doctor", "current").get(
        department__clinic=clinic, department__code=department, code=code
    )


def _at(clinic: Clinic, department: str, code: str) -> Token:
    current = _counter(clinic, department, code).current
    assert current
    return current


if __name__ == "__main__":
    play()
