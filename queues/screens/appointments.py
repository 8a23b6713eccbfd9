"""An appointment as other systems read it, and a doctor's list in its order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from queues.models import Appointment, Doctor, Session, Slot
from queues.rules.appointments import ACTIVE, Stage
from queues.screens import estimates


def booking_answer(
    appointment: Appointment, displaced: Appointment | None = None
) -> dict[str, Any]:
    """What whoever booked is told; of whom they displaced, where those are now."""
    return {
        **appointment_answer(appointment, estimates.expected(appointment)),
        "displaced": _displaced(displaced),
    }


def appointment_answer(appointment: Appointment, due: datetime | None) -> dict[str, Any]:
    slot, patient = appointment.slot, appointment.patient
    zone = appointment.department.clinic.zone
    return {
        "id": str(appointment.public_id),
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
        "estimated_time": due.astimezone(zone).isoformat() if slot and due else None,
        "delay": estimates.delay_of(appointment),
    }


def doctors_list(doctor: Doctor, day: date) -> dict[str, Any]:
    """Emergencies first, then by priority and sequence."""
    known = Appointment.objects.select_related(
        "slot__session", "patient", "doctor", "department__clinic"
    )
    booked = list(known.of_list(doctor, day))
    due = estimates.of_list(booked)
    sessions = Session.objects.filter(doctor=doctor, day=day)
    return {
        "id": str(doctor.public_id),
        "name": doctor.name,
        "specialty": doctor.specialty,
        "date": day.isoformat(),
        "delay": max((session.delay_minutes for session in sessions), default=0),
        "items": [appointment_answer(one, due[one.pk]) for one in booked if one.status in ACTIVE],
    }


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
    if appointment is None:
        return None
    zone, slot = appointment.department.clinic.zone, appointment.slot
    return {
        "id": str(appointment.public_id),
        "number": appointment.number,
        "status": appointment.status,
        "slot_id": str(slot.public_id) if slot else None,
        "starts_at": slot.starts_at.astimezone(zone).isoformat() if slot else None,
        "waitlisted": appointment.status == Stage.DISPLACED,
    }
