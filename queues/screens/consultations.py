"""Consultations for whoever may read them: one of them, a list, and as other systems take them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from queues.models import Appointment, Consultation, Doctor, Patient, Slot
from queues.rules.appointments import ACTIVE
from queues.rules.priority import Priority

EARLIER_SHOWN = 10
FREE_SHOWN = 6


def consultation_answer(consultation: Consultation) -> dict[str, Any]:
    appointment, token = consultation.appointment, consultation.token
    return {
        "id": str(consultation.public_id),
        "status": consultation.status,
        "doctor_id": str(consultation.doctor.public_id),
        "patient_id": str(consultation.patient.public_id),
        "department": consultation.department.code,
        "appointment_id": str(appointment.public_id) if appointment else None,
        "token_id": str(token.public_id) if token else None,
        **{name: getattr(consultation, name) for name in Consultation.WRITTEN},
        "started_at": consultation.started_at.isoformat(),
        "changed_at": consultation.changed_at.isoformat(),
        "completed_at": _iso(consultation.completed_at),
        "addenda": [
            {
                "text": one.text,
                "by": one.written_by_name,
                "written_at": one.written_at.isoformat(),
            }
            for one in consultation.addenda.all()
        ],
    }


def whole(consultations: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """With all that an answer tells, in a fixed number of queries."""
    return consultations.select_related("appointment", "token").prefetch_related("addenda")


def sought(
    consultations: QuerySet[Consultation],
    *,
    patient: Patient | None = None,
    number: str = "",
    doctor: str = "",
    status: str = "",
    between: tuple[datetime, datetime] | None = None,
) -> QuerySet[Consultation]:
    """The newest first; what is not given leaves nothing out."""
    if patient:
        consultations = consultations.filter(_of(patient))
    if number:
        theirs = Q(patient__number__iexact=number) | Q(patient__merged_into__number__iexact=number)
        consultations = consultations.filter(theirs)
    if doctor:
        consultations = consultations.filter(doctor__public_id=doctor)
    if status:
        consultations = consultations.filter(status=status)
    if between:
        first, last = between
        consultations = consultations.filter(started_at__gte=first, started_at__lt=last)
    return consultations.order_by("-started_at", "-pk")


def earlier(consultation: Consultation, visible: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """The same patient's others, as far as the reader may see them."""
    others = visible.filter(_of(consultation.patient)).exclude(pk=consultation.pk)
    return others.prefetch_related("addenda").order_by("-started_at", "-pk")[:EARLIER_SHOWN]


def follow_up(consultation: Consultation, now: datetime) -> dict[str, Any]:
    """When they are to come again: what is booked for it already, else what is free then."""
    if consultation.follow_up_days is None or consultation.completed_at is None:
        return {}
    seen_on = consultation.department.clinic.calendar_day(consultation.completed_at)
    due = seen_on + timedelta(days=consultation.follow_up_days)
    booked = Appointment.objects.filter(
        _of(consultation.patient),
        doctor=consultation.doctor,
        source=Priority.FOLLOW_UP,
        status__in=ACTIVE,
        booked_at__gte=consultation.completed_at,
    )
    theirs = booked.order_by("starts_at").first()
    return {
        "due": due,
        "booked": theirs,
        "free": [] if theirs else _free_about(due, consultation.doctor, consultation, now),
    }


def _free_about(due: date, doctor: Doctor, consultation: Consultation, now: datetime) -> list[Slot]:
    """On that day or after it; where nothing is free any more, the last ones before."""
    free = Slot.objects.free(now).filter(doctor=doctor, clinic=consultation.clinic)
    after = list(free.filter(day__gte=due).order_by("starts_at", "pk")[:FREE_SHOWN])
    if after:
        return after
    return list(free.filter(day__lt=due).order_by("-starts_at", "-pk")[:FREE_SHOWN])[::-1]


def _of(patient: Patient) -> Q:
    """Also what was written under a record that is part of this one now."""
    return Q(patient=patient) | Q(patient__merged_into=patient)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
