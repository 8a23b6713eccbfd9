"""A doctor's time in the demo: four slots of today, three of them booked, and one for a follow-up.
What the demo has them do today is another doctor's.

Run as a program on the database of a hospital; says in JSON what an API would be asked for.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - Django has to be set up first

from queues.models import Appointment, Clinic, Doctor, Session, Slot  # noqa: E402
from queues.rules.priority import Priority  # noqa: E402
from queues.tests import agenda, cast, consulting  # noqa: E402

BOOKED = (
    ("Maria da Conceição", Priority.PAID),
    ("Thomas Weber", Priority.ONLINE),
    ("Hannah Cohen", Priority.WALK_IN),
)


def main() -> None:
    clinic = Clinic.objects.get(code="main")
    opd = cast.department(clinic, "OPD")
    doctor = Doctor.objects.get(user__username="doctor")
    _free_of_the_demo(doctor, agenda.doctor(opd, "Dr Else"))
    slots = consulting.slots_of_today(doctor, opd, 4)
    for slot, (name, source) in zip(slots, BOOKED, strict=False):
        consulting.booked(slot, cast.patient(clinic, name), source)
    agenda.slots(doctor, opd, timezone.now() + timedelta(days=14, minutes=5), 2)
    ids = [str(slot.public_id) for slot in slots]
    sys.stdout.write(json.dumps({"doctor": str(doctor.public_id), "slots": ids}))


def _free_of_the_demo(doctor: Doctor, other: Doctor) -> None:
    """Else it would depend on the hour which of their hours go on now."""
    near = (timezone.now().date() - timedelta(days=1), timezone.now().date() + timedelta(days=1))
    for theirs in (Session, Slot, Appointment):
        theirs.objects.filter(doctor=doctor, day__range=near).update(doctor=other)


if __name__ == "__main__":
    main()
