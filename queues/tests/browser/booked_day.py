"""A doctor's day with four appointments, for the tests of whoever receives them.

Run as a program, on the database of a hospital. All is done by the actions themselves. The times
are of today whenever that is, also just before midnight; those of tomorrow are free.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - Django has to be set up first

from queues.actions import booking, patients  # noqa: E402
from queues.forms import PatientForm  # noqa: E402
from queues.models import Clinic, Patient  # noqa: E402
from queues.rules.priority import Priority  # noqa: E402
from queues.rules.rights import SYSTEM  # noqa: E402
from queues.tests import agenda  # noqa: E402

LONG_NAME = "Venkatanarasimharajuvaripeta Subrahmanyam"
PEOPLE = (
    ("Uma First", "98450 55501"),
    ("Vik Second", "98450 55502"),
    ("Wes Third", "98450 55503"),
    (LONG_NAME, "98450 55504"),
)
BORN_IN = 40  # years ago


def play() -> None:
    clinic = Clinic.objects.get(code="main")
    opd = clinic.departments.get(code="OPD")
    kaur = agenda.doctor(opd, "Dr Kaur", "Cardiology")
    today = agenda.slots(kaur, opd, _soon(clinic), len(PEOPLE), minutes=10)
    agenda.slots(kaur, opd, agenda.tomorrow(clinic), 2)
    for slot, (name, phone) in zip(today, PEOPLE, strict=True):
        patient = _patient(clinic, name, phone)
        booking.book(patient, slot, Priority.ONLINE, by=SYSTEM, reason="letters of the other house")


def _soon(clinic: Clinic) -> datetime:
    now = timezone.now().astimezone(clinic.zone).replace(second=0, microsecond=0)
    later = now + timedelta(minutes=30)
    return later if later.date() == now.date() else now  # the first then goes on already


def _patient(clinic: Clinic, name: str, phone: str) -> Patient:
    form = PatientForm(clinic, {"name": name, "phone": phone, "age": BORN_IN}, by_staff=True)
    form.full_clean()
    return patients.register(clinic, form.person(), by=SYSTEM).patient


if __name__ == "__main__":
    play()
