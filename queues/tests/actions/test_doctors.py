"""Doctors come, change, and stop seeing patients here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from queues.actions import doctors
from queues.actions.refusals import HasBookings, Invalid
from queues.models import Clinic, Department, Doctor, Event, Kind, Patient, Slot
from queues.rules.appointments import Stage
from queues.rules.bookings import Fate
from queues.rules.rights import SYSTEM, Role
from queues.tests import agenda, cast
from queues.tests.actions.test_weeks import rule
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db


def test_a_doctor_is_added(clinic: Clinic, opd: Department) -> None:
    user = cast.user(clinic, "rao", Role.DOCTOR)
    made = doctors.add(
        "Dr Rao",
        [opd],
        specialty="Cardiology",
        languages=["en", "ta"],
        code="RAO-1",
        user=user,
        by=SYSTEM,
        at=clinic,
    )
    row = Doctor.objects.get()
    assert (row, row.specialty, row.languages, row.user) == (
        made,
        "Cardiology",
        ["en", "ta"],
        user,
    )
    assert list(row.departments.all()) == [opd]
    event = Event.objects.get(kind=Kind.DOCTOR_ADDED)
    assert (event.subject, event.daybook.department) == (row.public_id, None)
    assert (event.after["code"], event.after["departments"]) == ("RAO-1", ["OPD"])
    assert event.after["user"] == str(user.public_id)


def test_a_code_and_an_account_are_one_doctors(clinic: Clinic, opd: Department) -> None:
    user = cast.user(clinic, "rao", Role.DOCTOR)
    doctors.add("Dr Rao", [opd], code="RAO-1", user=user, by=SYSTEM, at=clinic)
    with pytest.raises(Invalid) as refused:
        doctors.add("Dr Sen", [opd], code="rao-1", by=SYSTEM, at=clinic)
    assert set(refused.value.fields) == {"code"}
    with pytest.raises(Invalid) as refused:
        doctors.add("Dr Sen", [opd], user=user, by=SYSTEM, at=clinic)
    assert set(refused.value.fields) == {"user"}
    assert Doctor.objects.count() == 1


def test_another_specialty_is_found_in_the_slots_ahead(clinic: Clinic, opd: Department) -> None:
    rao = agenda.doctor(opd)
    rule(rao, opd, clinic.service_day() + timedelta(days=2))
    past = agenda.slots(rao, opd, timezone.now() - timedelta(days=1))[0]
    doctors.change(rao, {"specialty": "Lungs"}, by=SYSTEM, at=clinic)
    ahead = Slot.objects.exclude(pk=past.pk)
    assert set(ahead.values_list("specialty", flat=True)) == {"lungs"}
    assert Slot.objects.get(pk=past.pk).specialty == "cardiology"
    event = Event.objects.get(kind=Kind.DOCTOR_CHANGED)
    assert (event.before, event.after) == ({"specialty": "Cardiology"}, {"specialty": "Lungs"})


def test_a_specialty_that_somebody_waits_for(
    clinic: Clinic, opd: Department, asha: Patient
) -> None:
    rao = agenda.doctor(opd)
    (slot,) = agenda.slots(rao, opd, agenda.tomorrow(clinic))
    lungs = agenda.doctor(opd, "Dr Sen", "Lungs")
    agenda.full(agenda.slots(lungs, opd, agenda.tomorrow(clinic))[0])
    entry = waits(asha, specialty="lungs")
    doctors.change(rao, {"specialty": "Lungs"}, by=SYSTEM, at=clinic)
    entry.refresh_from_db()
    assert entry.appointment
    assert entry.appointment.slot == slot
    assert_slots_agree()
    assert_one_story()


def test_out_of_use_asks_and_back_in_use_brings_the_week_back(
    clinic: Clinic, opd: Department, asha: Patient
) -> None:
    rao = agenda.doctor(opd)
    rule(rao, opd, clinic.service_day() + timedelta(days=2))
    count = Slot.objects.count()
    first = Slot.objects.order_by("starts_at")[0]
    theirs = booked(first, asha).appointment
    gone = {"is_active": False}
    with pytest.raises(HasBookings):
        doctors.change(rao, gone, by=SYSTEM, at=clinic)
    assert Doctor.objects.get().is_active
    doctors.change(rao, gone, by=SYSTEM, at=clinic, fate=Fate.CANCEL)
    theirs.refresh_from_db()
    assert theirs.status == Stage.CANCELLED
    assert not Slot.objects.filter(is_open=True).exists()
    doctors.change(rao, {"is_active": True}, by=SYSTEM, at=clinic)
    assert Slot.objects.filter(is_open=True).count() == count
    assert_slots_agree()


def test_a_department_of_the_week_is_not_taken_away(
    clinic: Clinic, opd: Department, lab: Department
) -> None:
    rao = agenda.doctor(opd)
    rule(rao, opd, clinic.service_day())
    with pytest.raises(Invalid) as refused:
        doctors.change(rao, {}, departments=[lab], by=SYSTEM, at=clinic)
    assert set(refused.value.fields) == {"departments"}
    doctors.change(rao, {}, departments=[opd, lab], by=SYSTEM, at=clinic)
    assert Event.objects.get(kind=Kind.DOCTOR_CHANGED).after == {"departments": ["LAB", "OPD"]}


def test_each_clinic_where_they_see_patients_is_told(clinic: Clinic, opd: Department) -> None:
    """Where they work, and where they still have times though they no longer do."""
    north, east = (cast.department(cast.clinic(code), "OPD") for code in ("north", "east"))
    cast.clinic("elsewhere")
    rao = agenda.doctor(opd)
    rao.departments.add(north)
    agenda.slots(rao, east, agenda.tomorrow(east.clinic))
    doctors.change(rao, {"name": "Dr Roy"}, by=SYSTEM, at=clinic)
    told = Event.objects.filter(kind=Kind.DOCTOR_CHANGED, subject=rao.public_id)
    assert {event.daybook.clinic for event in told} == {clinic, north.clinic, east.clinic}
    assert {event.after["name"] for event in told} == {"Dr Roy"}
    assert len(told) == 3
