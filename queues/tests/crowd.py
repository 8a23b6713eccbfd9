"""Many at once: a full waiting room for tests in which one patient is not enough."""

from __future__ import annotations

from django.db import transaction

from queues.actions import issuing
from queues.models import Clinic, Department, Patient, Token
from queues.rules.people import new_number
from queues.rules.rights import SYSTEM


def crowd(clinic: Clinic, size: int) -> list[Patient]:
    """People who were registered some other day, so that no event of today is theirs."""
    return Patient.objects.bulk_create(
        Patient(
            number=new_number(),
            name=f"Visitor {number}",
            registered_on=clinic.service_day(),
            registered_at=clinic,
        )
        for number in range(size)
    )


def waiting_room(department: Department, size: int) -> list[Token]:
    """So many who took a number, in the order in which they did."""
    with transaction.atomic():
        return [
            issuing.issue(patient, department, by=SYSTEM)
            for patient in crowd(department.clinic, size)
        ]
