"""A doctor at work in the tests: who is booked with them today, and who of these is here."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from queues.actions.checking_in import check_in
from queues.models import Appointment, Counter, Department, Doctor, Patient, Slot, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.rules.service_day import begins
from queues.tests import agenda


def room(doctor: Doctor, department: Department) -> Counter:
    """Open, and nobody in it."""
    return Counter.objects.create(department=department, code="R1", doctor=doctor, is_open=True)


def slots_of_today(doctor: Doctor, department: Department, count: int = 3) -> list[Slot]:
    """The first goes on now; they are shorter where the day is nearly over."""
    now = timezone.now()
    zone = department.clinic.zone
    starts = max(now - timedelta(minutes=1), begins(now.astimezone(zone).date(), zone, 0))
    left = begins(now.astimezone(zone).date() + timedelta(days=1), zone, 0) - starts
    minutes = max(2, min(30, int(left.total_seconds() // 60 // count)))
    made = agenda.slots(doctor, department, starts, count, minutes=minutes)
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    return list(known.filter(session=made[0].session).order_by("starts_at"))


def booked(slot: Slot, patient: Patient, source: Priority = Priority.ONLINE) -> Appointment:
    return agenda.booked(slot, patient, source).appointment


def arrived(appointment: Appointment) -> Token:
    return check_in(appointment, by=SYSTEM)
