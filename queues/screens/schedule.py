"""Doctors and what is written down of their weeks, as other systems read it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.dates import WEEKDAYS

from queues.models import Clinic, Doctor, ExtraSession, Leave, ScheduleRule
from queues.models.schedule import WorkingTime


def doctors(clinic: Clinic) -> list[Doctor]:
    """All who work here, or did; those who are out of use last."""
    known = Doctor.objects.filter(departments__clinic=clinic).distinct()
    known = known.select_related("user").prefetch_related("departments")
    return list(known.order_by("-is_active", "name", "pk"))


def doctor_answer(doctor: Doctor, clinic: Clinic) -> dict[str, Any]:
    here = [one for one in doctor.departments.all() if one.clinic_id == clinic.pk]
    return {
        "id": str(doctor.public_id),
        "code": doctor.code,
        "name": doctor.name,
        "specialty": doctor.specialty,
        "languages": doctor.languages,
        "departments": sorted(department.code for department in here),
        "active": doctor.is_active,
        "user_id": str(doctor.user.public_id) if doctor.user else None,
    }


def week_of(doctor: Doctor, clinic: Clinic, today: date) -> dict[str, Any]:
    """What holds now or later: hours of every week, sessions besides, and leaves."""
    here: Any = {"doctor": doctor, "department__clinic": clinic}
    rules = ScheduleRule.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), **here)
    extras = ExtraSession.objects.filter(day__gte=today, **here)
    known = ("department", "room")
    return {
        "rules": [
            (WEEKDAYS[rule.weekday], rule)
            for rule in rules.select_related(*known).order_by("weekday", "opens")
        ],
        "extras": list(extras.select_related(*known).order_by("day", "opens")),
        "leaves": list(Leave.objects.at(clinic).filter(doctor=doctor, ends_on__gte=today)),
        "works_elsewhere": works_elsewhere(doctor, clinic),
    }


def works_elsewhere(doctor: Doctor, clinic: Clinic) -> bool:
    return doctor.departments.exclude(clinic=clinic).exists()


def rule_answer(rule: ScheduleRule) -> dict[str, Any]:
    return {
        **_times(rule),
        "weekday": rule.weekday,
        "starts_on": rule.starts_on.isoformat(),
        "ends_on": rule.ends_on.isoformat() if rule.ends_on else None,
    }


def extra_answer(extra: ExtraSession) -> dict[str, Any]:
    return {**_times(extra), "day": extra.day.isoformat()}


def leave_answer(leave: Leave) -> dict[str, Any]:
    return {
        "id": str(leave.public_id),
        "doctor_id": str(leave.doctor.public_id),
        "starts_on": leave.starts_on.isoformat(),
        "ends_on": leave.ends_on.isoformat(),
        "opens": leave.opens.isoformat("minutes") if leave.opens else None,
        "closes": leave.closes.isoformat("minutes") if leave.closes else None,
        "reason": leave.reason,
        "everywhere": leave.clinic_id is None,
    }


def _times(row: WorkingTime) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "doctor_id": str(row.doctor.public_id),
        "department": row.department.code,
        "room": row.room.code if row.room else None,
        "opens": row.opens.isoformat("minutes"),
        "closes": row.closes.isoformat("minutes"),
        "slot_minutes": row.slot_minutes,
        "capacity": row.capacity,
        "hard_limit": row.hard_limit,
    }
