"""A patient's record, for whoever may see it."""

from __future__ import annotations

from datetime import timedelta

from queues.actions import patients
from queues.models import Clinic, Patient
from queues.rules.rights import Actor
from queues.screens.records import patient_answer
from queues.tests import cast


def test_an_age_comes_back_as_it_was_registered(clinic: Clinic) -> None:
    shown = patient_answer(cast.patient(clinic, "Asha", age=34), clinic)
    assert (shown["age"], shown["birth_date"]) == (34, None)


def test_a_year_later_they_are_a_year_older(clinic: Clinic) -> None:
    patient = cast.patient(clinic, "Asha", age=34)
    patient.registered_on -= timedelta(days=366)
    assert patient_answer(patient, clinic)["age"] == 35


def test_a_birth_date_gives_the_age(clinic: Clinic) -> None:
    today = clinic.service_day()
    born = today.replace(year=today.year - 40, day=1)
    patient = cast.patient(clinic, "Asha", age="", birth_date=born.isoformat())
    shown = patient_answer(patient, clinic)
    assert (shown["age"], shown["birth_date"]) == (40, born.isoformat())


def test_a_merged_record_says_into_which(clinic: Clinic, nurse: Actor) -> None:
    asha, same = cast.patient(clinic, "Asha"), cast.patient(clinic, "Asha R.")
    patients.merge(same, asha, clinic, by=nurse)
    merged = Patient.objects.get(pk=same.pk)
    assert patient_answer(merged, clinic)["merged_into"] == str(asha.public_id)
