"""A group of clinics on an ordinary day: people wait, doctors have time, machines and staff are in."""

from __future__ import annotations

from dataclasses import dataclass

from bench._asking import logged_in
from bench._clinics import fill_clinics
from bench._hospital import Hospital, fill, register
from queues.actions import keys
from queues.models import Clinic, Counter, Department, Membership, Patient, Slot, Token, User
from queues.rules.rights import SYSTEM, Role
from queues.rules.status import Status

DOCTORS, DAYS = 4, 3  # of each clinic
COUNTERS = 2
WAITING, DONE = 30, 30


@dataclass(frozen=True)
class Place:
    """One clinic's department, and by what it is asked."""

    clinic: str
    key: str
    cookie: str
    labels: list[str]  # of those who wait the longest yet
    slots: list[tuple[str, str]]  # a doctor and a time that is free


def found_group(hospital: Hospital, clinics: int) -> list[Place]:
    hospital.enter()
    fill_clinics(hospital, clinics=clinics, doctors=DOCTORS, days=DAYS)
    Clinic.objects.update(open_walls=True)
    here = Department.objects.select_related("clinic").exclude(clinic=hospital.clinic)
    return [_opened(department, number) for number, department in enumerate(here.order_by("pk"))]


def strangers(hospital: Hospital, count: int) -> list[Patient]:
    """Who will come for a number in the course of the day."""
    return register(hospital.clinic, count)


def _opened(department: Department, number: int) -> Place:
    clinic = department.clinic
    for code in range(1, COUNTERS + 1):
        Counter.objects.create(department=department, code=str(code), is_open=True)
    fill(department, register(clinic, WAITING + DONE), waiting=WAITING)
    _key, secret = keys.make("day", Role.STAFF, clinic, None, by=SYSTEM)
    nurse = User.objects.create_user(f"nurse-{number}", f"nurse-{number}@example.org")
    Membership.objects.create(user=nurse, clinic=clinic, role=Role.NURSE)
    waiting = Token.objects.filter(department=department, status=Status.WAITING)
    labels = list(waiting.in_call_order().values_list("visit__label", flat=True))
    free = Slot.objects.filter(clinic=clinic, is_free=True, day__gt=clinic.service_day())
    slots = list(free.values_list("doctor__public_id", "public_id")[:30])
    return Place(
        clinic.code,
        secret,
        logged_in(nurse, department, "1"),
        labels[-WAITING // 2 :],
        [(str(doctor), str(slot)) for doctor, slot in slots],
    )
