"""The hours of a doctor's day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from queues.models import Appointment, Clinic, Doctor, Session


def of_day(doctor: Doctor, clinic: Clinic, day: date) -> list[Session]:
    hours = Session.objects.filter(doctor=doctor, clinic=clinic, day=day)
    return list(hours.select_related("department__clinic", "room").order_by("starts_at"))


def now_or_next(sessions: list[Session], now: datetime) -> Session | None:
    """The one that goes on, late as it may be; else the next."""
    late = (one for one in sessions if one.ends_at + timedelta(minutes=one.delay_minutes) > now)
    return next(late, None)


def delay_answer(session: Session, now: datetime) -> dict[str, Any]:
    zone = session.department.clinic.zone
    return {
        "session_id": str(session.public_id),
        "doctor_id": str(session.doctor.public_id),
        "department": session.department.code,
        "starts_at": session.starts_at.astimezone(zone).isoformat(),
        "ends_at": session.ends_at.astimezone(zone).isoformat(),
        "delay": session.delay_minutes,
        "told": Appointment.objects.told_of_delay(session, now).count(),
    }
