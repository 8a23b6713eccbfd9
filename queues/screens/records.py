"""A patient's record, for whoever may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from queues.models import Appointment, Clinic, Event, Kind, Patient, Token, Visit
from queues.models.appointment import AppointmentQuerySet
from queues.rules.appointments import AHEAD, Stage
from queues.rules.status import Status
from queues.screens import words
from queues.screens.history import told

SHOWN = 20
LOOKS = (Kind.RECORD_OPENED, Kind.RECORD_EXPORTED)


def patient_answer(patient: Patient, clinic: Clinic) -> dict[str, Any]:
    return {
        "id": str(patient.public_id),
        "number": patient.number,
        "name": patient.name,
        "phone": patient.phone,
        "age": patient.age(clinic.service_day()),
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "gender": patient.gender,
        "address": patient.address,
        "language": patient.language,
        "active": patient.is_active,
        "identified": patient.is_identified,
        "may_be_duplicate": patient.may_be_duplicate,
        "merged_into": str(patient.merged_into.public_id) if patient.merged_into else None,
        "anonymised": patient.anonymised_at is not None,
    }


def life(
    patient: Patient, seen: AppointmentQuerySet, clinics: QuerySet[Clinic], now: datetime
) -> dict[str, Any]:
    """Their appointments and their visits, the latest first; what is still to come by itself."""
    theirs = seen.filter(patient=patient)
    ahead = theirs.filter(status__in=AHEAD, ends_at__gt=now).order_by("starts_at")
    past = theirs.exclude(status__in=AHEAD, ends_at__gt=now).order_by("-starts_at")
    stops = Token.objects.select_related("department", "doctor").order_by("arrived_at")
    visits = Visit.objects.filter(patient=patient, clinic__in=clinics).select_related("clinic")
    with_stops = visits.prefetch_related(Prefetch("tokens", queryset=stops)).order_by("-day")
    return {
        "ahead": [_stands(one) for one in ahead],
        "past": [_stands(one) for one in past[:SHOWN]],
        "visits": [
            (visit, [(stop, words.STATUS[Status(stop.status)]) for stop in visit.tokens.all()])
            for visit in with_stops[:SHOWN]
        ],
    }


def who_looked(patient: Patient) -> list[dict[str, Any]]:
    """Who opened the record or took all of it along, the latest first."""
    looks = Event.objects.of(patient).filter(kind__in=LOOKS).select_related("daybook")
    return told(list(looks[:SHOWN]))


def _stands(one: Appointment) -> tuple[Appointment, Any]:
    return one, words.STAGE[Stage(one.status)]
