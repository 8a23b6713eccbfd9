"""An appointment as other systems read it, and a doctor's list in its order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from queues.models import Appointment, Clinic, Doctor, Session, Slot, Token
from queues.rules.appointments import ACTIVE, TAKES_A_PLACE
from queues.rules.priority import URGENCY, Priority
from queues.rules.status import LIVE
from queues.screens import estimates


def booking_answer(
    appointment: Appointment, displaced: Appointment | None = None
) -> dict[str, Any]:
    """What whoever booked is told; of whom they displaced, where those are now. `status_url` is left
    empty: it is a secret, filled in on leaving."""
    return {
        **appointment_answer(appointment, estimates.expected(appointment)),
        "status_url": None,
        "displaced": _displaced(displaced),
    }


def appointment_answer(appointment: Appointment, due: datetime | None) -> dict[str, Any]:
    slot, patient = appointment.slot, appointment.patient
    zone = appointment.department.clinic.zone
    return {
        "id": str(appointment.public_id),
        "token_id": str(appointment.public_id),  # the same, by the name that cancelling takes
        "status": appointment.status,
        "source": appointment.source,
        "priority": appointment.priority,
        "number": appointment.number,
        "sequence": float(appointment.sequence),
        "doctor_id": str(appointment.doctor.public_id),
        "doctor": appointment.doctor.name,
        "department": appointment.department.code,
        "clinic": appointment.department.clinic.code,
        "slot_id": str(slot.public_id) if slot else None,
        "patient_id": str(patient.public_id) if patient else None,
        "starts_at": appointment.starts_at.astimezone(zone).isoformat(),
        "ends_at": appointment.ends_at.astimezone(zone).isoformat(),
        "estimated_time": _told(due, appointment) if slot and due else None,
        "delay": estimates.delay_of(appointment),
    }


def answers(appointments: Sequence[Appointment]) -> list[dict[str, Any]]:
    """Of several doctors and days at once."""
    due = estimates.of_some(appointments)
    return [appointment_answer(one, due.get(one.pk)) for one in appointments]


def doctors_list(doctor: Doctor, day: date, clinic: Clinic | None = None) -> dict[str, Any]:
    """Emergencies first, then by priority and sequence; of one clinic, or wherever they work. Whoever
    waits here already stands in the class in which they wait."""
    known = Appointment.objects.select_related(
        "slot__session", "patient", "doctor", "department__clinic"
    )
    listed = known.of_list(doctor, day)
    sessions = Session.objects.filter(doctor=doctor, day=day).select_related("department__clinic")
    if clinic:
        listed, sessions = listed.filter(clinic=clinic), sessions.filter(clinic=clinic)
    booked = _as_they_wait(listed)
    due = estimates.of_list(booked)
    return {
        "id": str(doctor.public_id),
        "name": doctor.name,
        "specialty": doctor.specialty,
        "date": day.isoformat(),
        "delay": max((session.delay_minutes for session in sessions), default=0),
        "sessions": [_session_answer(session) for session in sessions],
        "items": [appointment_answer(one, due[one.pk]) for one in booked if one.status in ACTIVE],
    }


def _session_answer(session: Session) -> dict[str, Any]:
    zone = session.department.clinic.zone
    return {
        "id": str(session.public_id),
        "department": session.department.code,
        "starts_at": session.starts_at.astimezone(zone).isoformat(),
        "ends_at": session.ends_at.astimezone(zone).isoformat(),
        "delay": session.delay_minutes,
    }


def _as_they_wait(listed: Iterable[Appointment]) -> list[Appointment]:
    """Somebody may have become an emergency at the desk, or have come too late for their class."""
    booked = list(listed)
    waits = Token.objects.filter(appointment__in=booked, status__in=LIVE)
    now_is = dict(waits.values_list("appointment", "priority"))
    for one in booked:
        one.priority = now_is.get(one.pk, one.priority)
        one.urgency = URGENCY[Priority(one.priority)]
    return sorted(booked, key=lambda one: (one.urgency, one.sequence, one.number))


def of_slot(slot: Slot) -> list[dict[str, Any]]:
    """Who is booked in it and still to be seen, the most urgent first."""
    known = Appointment.objects.select_related(
        "slot__session", "patient", "doctor", "department__clinic"
    )
    booked = list(known.filter(slot=slot, holds=True).by_priority())
    due = estimates.of_list(booked)
    return [appointment_answer(one, due[one.pk]) for one in booked if one.status in ACTIVE]


def slot_answer(slot: Slot) -> dict[str, Any]:
    zone = slot.session.department.clinic.zone
    return {
        "id": str(slot.public_id),
        "starts_at": slot.starts_at.astimezone(zone).isoformat(),
        "ends_at": slot.ends_at.astimezone(zone).isoformat(),
        "capacity": slot.capacity,
        "hard_limit": slot.hard_limit,
        "booked": slot.booked,
    }


def _displaced(appointment: Appointment | None) -> dict[str, Any] | None:
    """Without a place they stand on the waitlist: before all others; or, where the place was only
    offered to them, where they stood before."""
    if appointment is None:
        return None
    sits = appointment.status in TAKES_A_PLACE
    zone, slot = appointment.department.clinic.zone, appointment.slot if sits else None
    return {
        "id": str(appointment.public_id),
        "number": appointment.number,
        "status": appointment.status,
        "slot_id": str(slot.public_id) if slot else None,
        "starts_at": slot.starts_at.astimezone(zone).isoformat() if slot else None,
        "waitlisted": not sits,
    }


def _told(due: datetime, appointment: Appointment) -> str:
    told = estimates.told(due, appointment, timezone.now())
    return appointment.department.clinic.on_its_clock(told)
