"""A doctor at work in the tests: who is booked with them today, and who of these is here."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from queues.actions.checking_in import check_in
from queues.models import Appointment, Counter, Department, Doctor, Patient, Session, Slot, Token
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.tests import agenda


def room(doctor: Doctor, department: Department) -> Counter:
    """Open, and nobody in it."""
    return Counter.objects.create(department=department, code="R1", doctor=doctor, is_open=True)


def slots_of_today(doctor: Doctor, department: Department, count: int = 3) -> list[Slot]:
    """Ahead of us and of today, whatever the time of the test."""
    now = timezone.now()
    made = agenda.slots(doctor, department, now + timedelta(minutes=2), count)
    today = now.astimezone(department.clinic.zone).date()
    Slot.objects.filter(pk__in=[one.pk for one in made]).update(day=today)
    Session.objects.filter(pk=made[0].session_id).update(day=today)
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    return list(known.filter(doctor=doctor, day=today).order_by("starts_at"))


def booked(slot: Slot, patient: Patient, source: Priority = Priority.ONLINE) -> Appointment:
    return agenda.booked(slot, patient, source).appointment


def arrived(appointment: Appointment) -> Token:
    """Checked in, even where the test runs shortly before midnight."""
    Appointment.objects.filter(pk=appointment.pk).update(starts_at=timezone.now())
    return check_in(appointment, by=SYSTEM)
