"""Doctors with slots of tomorrow, to be booked in a benchmark."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from queues.models import Department, Doctor, Session, Slot

A_DAY = 20  # slots of a doctor


def slots(
    department: Department, count: int, *, capacity: int, hard_limit: int | None = None
) -> list[Slot]:
    """So many, of as many doctors as it takes, one after the other from midnight on."""
    clinic = department.clinic
    midnight = timezone.now().astimezone(clinic.zone).replace(hour=0, minute=0, second=0)
    starts_at = midnight.replace(microsecond=0) + timedelta(days=1)
    length, made = timedelta(minutes=30), []
    for first in range(0, count, A_DAY):
        doctor = Doctor.objects.create(name=f"Dr {first}", specialty="Benchmarks")
        doctor.departments.add(department)
        its = min(A_DAY, count - first)
        session = Session.objects.create(
            clinic=clinic,
            department=department,
            doctor=doctor,
            day=starts_at.date(),
            starts_at=starts_at,
            ends_at=starts_at + length * its,
        )
        made += [
            Slot.objects.create(
                session=session,
                doctor=doctor,
                clinic=clinic,
                specialty="benchmarks",
                day=session.day,
                starts_at=starts_at + length * n,
                ends_at=starts_at + length * (n + 1),
                capacity=capacity,
                hard_limit=hard_limit or capacity,
            )
            for n in range(its)
        ]
    return made
