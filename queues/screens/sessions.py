"""The hours of a doctor's day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from queues.models import Appointment, Clinic, Department, Doctor, Session
from queues.models.session import now_or_next


def of_list(doctor: Doctor, clinic: Clinic, day: date) -> list[Session]:
    """Those that begin on this day of the calendar, whose patients are on one list."""
    hours = Session.objects.filter(doctor=doctor, clinic=clinic, day=day)
    return list(hours.select_related("department__clinic", "room").order_by("starts_at"))


def department_of(
    hours: list[Session], departments: list[Department], now: datetime
) -> Department | None:
    """Where the doctor works now, or next, or worked last."""
    mine = {one.pk: one for one in departments}
    here = [session for session in hours if session.department_id in mine]
    session = now_or_next(here, now) or (here[-1] if here else None)
    if session:
        return mine[session.department_id]
    return departments[0] if departments else None


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
