"""A patient's record, for whoever may see it."""

from __future__ import annotations

from typing import Any

from queues.models import Clinic, Patient


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
    }
