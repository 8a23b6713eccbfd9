"""A doctor with free times tomorrow, for the tests of the portal.

Run as a program, on the database of a hospital whose server may be running: how many times there
are, and how many minutes somebody on the waitlist has to answer an offer. Says the public ids of
the doctor and of the first time.
"""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextpatient.settings")
django.setup()

from queues.actions import clinics  # noqa: E402 - Django has to be set up first
from queues.models import Clinic  # noqa: E402
from queues.rules.rights import SYSTEM  # noqa: E402
from queues.tests import agenda, cast  # noqa: E402

DOCTOR = "Dr Zubeida Rahman"
SPECIALTY = "Rheumatology"


def main(count: str, offer_minutes: str = "0") -> None:
    clinic = Clinic.objects.get(code="main")
    clinics.change(clinic, {"offer_minutes": int(offer_minutes)}, by=SYSTEM)
    opd = cast.department(clinic, "OPD")
    doctor = agenda.doctor(opd, DOCTOR, SPECIALTY)
    slots = agenda.slots(doctor, opd, agenda.tomorrow(clinic), int(count))
    sys.stdout.write(f"{doctor.public_id} {slots[0].public_id}")


if __name__ == "__main__":
    main(*sys.argv[1:])
