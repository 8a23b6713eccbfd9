"""Somebody who waits for a doctor's time, as other systems read it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from queues.models import Appointment, WaitlistEntry
from queues.rules.appointments import ACTIVE
from queues.screens.appointments import answers


def wait_answer(entry: WaitlistEntry) -> dict[str, Any]:
    """`status_url` is left empty: it is a secret, filled in on leaving."""
    return {
        "id": str(entry.public_id),
        "status": entry.status,
        "patient_id": str(entry.patient.public_id) if entry.patient else None,
        "doctor_id": str(entry.doctor.public_id) if entry.doctor else None,
        "specialty": entry.specialty,
        "slot_id": str(entry.slot.public_id) if entry.slot else None,
        "clinic": entry.clinic.code if entry.clinic else None,
        "source": entry.source,
        "priority": entry.priority,
        "places": entry.places,
        "earliest": entry.earliest.isoformat() if entry.earliest else None,
        "latest": entry.latest.isoformat() if entry.latest else None,
        "times_of_day": entry.times_of_day,
        "joined_at": entry.joined_at.isoformat(),
        "offer_ends_at": entry.offer_ends_at.isoformat() if entry.offer_ends_at else None,
        "appointments": answers(given_to(entry)),
        "status_url": None,
    }


def strangers_answer(entry: WaitlistEntry) -> dict[str, Any]:
    """Of somebody who waits for any clinic, to those who do not know them: for whom they wait, how
    urgent they are and since when; and no link to where they answer."""
    told = ("id", "status", "doctor_id", "specialty", "priority", "places", "joined_at")
    answer = wait_answer(entry)
    nothing: dict[str, Any] = {"times_of_day": [], "appointments": []}
    return {name: answer[name] if name in told else nothing.get(name) for name in answer}


def given_to(entry: WaitlistEntry) -> list[Appointment]:
    """What is booked for them, or held until they answer; of a family, all of them."""
    theirs = Q(pk=entry.appointment_id) | Q(party=entry.public_id)
    known = Appointment.objects.select_related(
        "slot__session", "patient", "doctor", "department__clinic"
    )
    return list(known.filter(theirs, status__in=ACTIVE).order_by("number"))
