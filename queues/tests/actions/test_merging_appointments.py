"""What was booked for a record that was known twice."""

from __future__ import annotations

import pytest

from queues.actions import patients, rebooking
from queues.actions.refusals import BothBooked
from queues.models import Appointment, Department, Event, Kind, Patient
from queues.rules.rights import SYSTEM, Actor
from queues.tests import agenda
from queues.tests.agenda import assert_slots_agree

pytestmark = pytest.mark.django_db


def test_the_one_that_stays_gets_the_appointments(
    opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    slot = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic))[0]
    theirs = agenda.booked(slot, ben).appointment
    patients.merge(ben, asha, opd.clinic, by=nurse)
    theirs.refresh_from_db()
    assert theirs.patient == asha
    told = Event.objects.get(kind=Kind.PATIENTS_MERGED)
    assert told.after["appointments"] == [str(theirs.public_id)]


def test_two_with_one_doctor_on_one_day_stand_in_the_way(
    opd: Department, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    first, second = agenda.slots(agenda.doctor(opd), opd, agenda.tomorrow(opd.clinic), 2)
    agenda.booked(first, asha)
    other = agenda.booked(second, ben).appointment
    with pytest.raises(BothBooked):
        patients.merge(ben, asha, opd.clinic, by=nurse)
    rebooking.cancel(other, by=SYSTEM)
    patients.merge(ben, asha, opd.clinic, by=nurse)
    assert Appointment.objects.filter(patient=asha).count() == 2
    assert_slots_agree()
