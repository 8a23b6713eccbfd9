"""People enter the hospital's memory, are found again, corrected, and become one record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from queues.actions import patients, tokens
from queues.actions.refusals import BothHere, Invalid, NotThere, SeveralMatches
from queues.forms import PatientForm
from queues.models import Clinic, Department, Event, FormerRecord, Patient, User, Visit
from queues.rules.rights import SYSTEM, Actor
from queues.tests.story import kinds, refused, waiting, written

PHONE = "98450 12345"


def person(clinic: Clinic, **given: Any) -> dict[str, Any]:
    form = PatientForm(clinic, {"name": "Asha Rao", "phone": PHONE, **given}, by_staff=True)
    assert form.is_valid(), form.errors
    return form.person()


def register(clinic: Clinic, **given: Any) -> patients.Registration:
    return patients.register(clinic, person(clinic, **given), by=SYSTEM)


def found(phone: str, birth_year: int) -> Patient:
    return patients.find_returning({"phone": phone, "birth_year": birth_year, "number": ""})


# Registering


def test_a_new_patient_gets_a_record_a_number_and_one_event(clinic: Clinic, nurse: Actor) -> None:
    with written() as events:
        registration = patients.register(clinic, person(clinic, age=34), by=nurse)
    patient = Patient.objects.get(pk=registration.patient.pk)
    assert (patient.name, patient.phone, patient.is_active) == ("Asha Rao", "+919845012345", True)
    assert patient.age(clinic.service_day()) == 34
    assert patient.number.startswith("P")
    assert not patient.may_be_duplicate
    assert registration.matches == []
    assert kinds(events) == ["patient_registered"]
    assert events[0].subject == patient.public_id


def test_the_same_phone_and_year_again_is_flagged_and_offered(clinic: Clinic) -> None:
    first = register(clinic, birth_date="1990-03-04").patient
    with written() as events:
        again = register(clinic, birth_date="1990-08-09", name="A. Rao")
    assert again.matches == [first]
    assert again.patient.may_be_duplicate
    assert events[0].after == {"matches": [str(first.public_id)]}


@pytest.mark.parametrize("years", [-1, 0, 1])
def test_by_age_a_year_more_or_less_is_the_same_person(years: int, clinic: Clinic) -> None:
    first = register(clinic, age=34).patient
    assert register(clinic, age=34 + years).matches == [first]


@pytest.mark.parametrize("years", [-2, 2])
def test_by_age_two_years_are_somebody_else(years: int, clinic: Clinic) -> None:
    register(clinic, age=34)
    assert register(clinic, age=34 + years).matches == []


def test_a_family_shares_a_phone_without_being_flagged(clinic: Clinic) -> None:
    register(clinic, birth_date="1960-01-01", name="Grandmother")
    child = register(clinic, birth_date="2018-01-01", name="Child")
    assert (child.matches, child.patient.may_be_duplicate) == ([], False)


def test_somebody_without_a_phone_matches_nobody(clinic: Clinic) -> None:
    register(clinic, age=34, phone="")
    assert register(clinic, age=34, phone="").matches == []


def test_an_unidentified_patient_is_registered_by_staff(clinic: Clinic) -> None:
    patient = register(clinic, name="Unknown, about 40", phone="", unidentified=True).patient
    assert (patient.is_identified, patient.birth_year, patient.phone) == (False, None, "")
    assert patient.age(clinic.service_day()) is None


def test_two_numbers_are_never_the_same(clinic: Clinic) -> None:
    numbers = {register(clinic, age=age).patient.number for age in range(20, 40)}
    assert len(numbers) == 20


# Finding


def test_who_gave_a_birth_date_is_found_by_the_exact_year(clinic: Clinic) -> None:
    patient = register(clinic, birth_date="1990-12-31").patient
    assert found("+919845012345", 1990) == patient
    for year in (1989, 1991):
        with pytest.raises(NotThere):
            found("+919845012345", year)


def test_who_gave_an_age_is_found_a_year_around(clinic: Clinic) -> None:
    patient = register(clinic, age=34).patient
    assert patient.birth_year is not None
    for year in (-1, 0, 1):
        assert found("+919845012345", patient.birth_year + year) == patient
    for year in (-2, 2):
        with pytest.raises(NotThere):
            found("+919845012345", patient.birth_year + year)


def test_several_who_fit_are_for_the_reception(clinic: Clinic) -> None:
    register(clinic, birth_date="1990-03-04", name="Asha")
    register(clinic, birth_date="1990-03-04", name="Usha, her twin")
    with pytest.raises(SeveralMatches) as refusal:
        found("+919845012345", 1990)
    assert refusal.value.code == "several_matches"
    assert "Asha" not in refusal.value.sentence


def test_the_number_on_the_card_finds_without_a_phone(clinic: Clinic) -> None:
    patient = register(clinic, age=34).patient
    given = {"phone": "", "birth_year": None, "number": patient.number.lower()}
    assert patients.find_returning(given) == patient


def test_a_code_ends_with_its_day(clinic: Clinic, opd: Department) -> None:
    visit = waiting(register(clinic, age=34).patient, opd).visit
    Visit.objects.update(day=visit.day - timedelta(days=1))
    with pytest.raises(NotThere):
        patients.find_by_card(visit.url)


def test_a_card_or_todays_code_finds_whoever_the_record_is_of_now(
    clinic: Clinic, opd: Department
) -> None:
    duplicate = register(clinic, age=34).patient
    visit = waiting(duplicate, opd).visit
    stays = register(clinic, age=35, phone="98450 55555").patient
    patients.merge(duplicate, stays, clinic, by=SYSTEM)
    for typed in (duplicate.number, stays.number.lower(), visit.url, visit.secret):
        assert patients.find_by_card(typed) == stays


@pytest.mark.parametrize("typed", ["PXXXX-XXXX", "x" * 43, "Asha Rao", "98450 12345", "%"])
def test_nothing_else_on_a_card_finds_anybody(clinic: Clinic, typed: str) -> None:
    register(clinic, age=34)
    with pytest.raises(NotThere):
        patients.find_by_card(typed)


def test_an_unknown_phone_and_a_wrong_year_are_told_alike(clinic: Clinic) -> None:
    """A kiosk does not say whether a phone is known."""
    register(clinic, birth_date="1990-03-04")
    sentences = set()
    for phone, year in (("+919845012345", 1950), ("+919999999999", 1990)):
        with pytest.raises(NotThere) as refusal:
            found(phone, year)
        sentences.add(refusal.value.sentence)
    assert len(sentences) == 1


def test_a_merged_record_is_not_found_any_more(clinic: Clinic) -> None:
    stays = register(clinic, birth_date="1990-03-04").patient
    goes = register(clinic, birth_date="1990-03-04").patient
    patients.merge(goes, stays, clinic, by=SYSTEM)
    assert found("+919845012345", 1990) == stays
    assert register(clinic, birth_date="1990-03-04").matches == [stays]


# Correcting


def test_a_correction_keeps_what_was_said_before(clinic: Clinic, nurse: Actor) -> None:
    patient = register(clinic, birth_date="1990-03-04", address="Old Street 1").patient
    changed = person(clinic, birth_date="1991-03-04", address="New Street 2")
    with written() as events:
        patients.correct(patient, clinic, changed, by=nurse)
    patient.refresh_from_db()
    assert (patient.address, patient.birth_year) == ("New Street 2", 1991)
    former = FormerRecord.objects.get(patient=patient)
    assert former.values == {
        "address": "Old Street 1",
        "birth_date": "1990-03-04",
        "birth_year": 1990,
    }
    assert kinds(events) == ["patient_corrected"]
    assert events[0].after == {"fields": ["address", "birth_date", "birth_year"]}


def test_the_former_record_names_who_replaced_it(clinic: Clinic) -> None:
    patient = register(clinic, age=34).patient
    clerk = User.objects.create_user("carlos", "carlos@example.org")
    patients.correct(patient, clinic, {"name": "Asha K. Rao"}, by=clerk.as_actor())
    assert FormerRecord.objects.get(patient=patient).replaced_by == clerk


def test_nothing_new_is_no_correction(clinic: Clinic, nurse: Actor) -> None:
    patient = register(clinic, birth_date="1990-03-04").patient
    with written() as events:
        patients.correct(patient, clinic, person(clinic, birth_date="1990-03-04"), by=nurse)
    assert (events, FormerRecord.objects.count()) == ([], 0)


def test_somebody_unidentified_gets_their_name(clinic: Clinic, nurse: Actor) -> None:
    patient = register(clinic, name="Unknown, about 40", phone="", unidentified=True).patient
    patients.correct(patient, clinic, person(clinic, age=41), by=nurse)
    patient.refresh_from_db()
    assert (patient.name, patient.is_identified, patient.age(clinic.service_day())) == (
        "Asha Rao",
        True,
        41,
    )


def test_a_patient_becomes_inactive_and_active_again(clinic: Clinic, nurse: Actor) -> None:
    patient = register(clinic, age=34).patient
    with written() as events:
        patients.set_active(patient, clinic, False, by=nurse)
        assert not Patient.objects.get(pk=patient.pk).is_active
        patients.set_active(patient, clinic, True, by=nurse)
    assert Patient.objects.get(pk=patient.pk).is_active
    assert kinds(events) == ["patient_corrected", "patient_corrected"]
    assert events[0].after == {"fields": ["is_active"]}


# Merging


def test_the_duplicate_points_to_the_one_that_stays(clinic: Clinic, nurse: Actor) -> None:
    stays = register(clinic, age=34).patient
    goes = register(clinic, age=34).patient
    with written() as events:
        patients.merge(goes, stays, clinic, by=nurse)
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert goes.merged_into == stays
    assert (goes.may_be_duplicate, stays.may_be_duplicate) == (False, False)
    assert kinds(events) == ["patients_merged"]
    assert (events[0].subject, events[0].after["into"]) == (goes.public_id, str(stays.public_id))


def test_the_one_that_stays_gets_the_visits_of_the_other(
    clinic: Clinic, opd: Department, nurse: Actor
) -> None:
    stays = register(clinic, age=34).patient
    goes = register(clinic, age=34).patient
    visit = waiting(goes, opd).visit
    with written() as events:
        patients.merge(goes, stays, clinic, by=nurse)
    assert [found.pk for found in stays.visits.all()] == [visit.pk]
    assert events[0].after["visits"] == [str(visit.public_id)]


def test_where_both_had_a_number_today_each_keeps_its_own(
    clinic: Clinic, opd: Department, lab: Department, nurse: Actor
) -> None:
    stays = register(clinic, age=34).patient
    goes = register(clinic, age=34).patient
    first, ended = waiting(stays, opd).visit, waiting(goes, lab)
    second = tokens.cancel(ended, by=nurse).visit
    patients.merge(goes, stays, clinic, by=nurse)
    assert {visit.label for visit in stays.visits.all()} == {first.label}
    assert {visit.label for visit in goes.visits.all()} == {second.label}


def test_two_who_both_wait_are_not_merged(
    clinic: Clinic, opd: Department, lab: Department, nurse: Actor
) -> None:
    """One person would stand in two places under two numbers."""
    stays, goes = register(clinic, age=34).patient, register(clinic, age=34).patient
    waiting(stays, opd)
    waiting(goes, lab)
    refused(lambda: patients.merge(goes, stays, clinic, by=nurse), BothHere)


def test_who_was_merged_into_a_duplicate_follows_it(clinic: Clinic, nurse: Actor) -> None:
    a, b, c = (register(clinic, age=34).patient for _ in range(3))
    patients.merge(a, b, clinic, by=nurse)
    patients.merge(b, c, clinic, by=nurse)
    a.refresh_from_db()
    assert a.merged_into == c


def test_a_record_is_not_merged_with_itself_or_twice(clinic: Clinic, nurse: Actor) -> None:
    a, b, c = (register(clinic, age=34).patient for _ in range(3))
    refused(lambda: patients.merge(a, a, clinic, by=nurse), Invalid)
    patients.merge(a, b, clinic, by=nurse)
    refused(lambda: patients.merge(a, c, clinic, by=nurse), Invalid)
    refused(lambda: patients.merge(c, a, clinic, by=nurse), Invalid)


# History never holds a person


def test_no_event_holds_a_personal_value(clinic: Clinic, nurse: Actor) -> None:
    """From the first registration to the merge: ids and names of fields, nothing else."""
    details = {"address": "Lindenstrasse 5", "gender": "female", "language": "hi"}
    patient = register(clinic, name="Xanthippe", birth_date="1987-06-05", **details).patient
    patients.correct(
        patient,
        clinic,
        person(clinic, name="Ysolde", phone="97000 54321", birth_date="1986-04-03"),
        by=nurse,
    )
    patients.merge(patient, register(clinic, age=70, name="Zenobia").patient, clinic, by=nurse)
    history = repr(list(Event.objects.values()))
    personal = (
        "Xanthippe",
        "Ysolde",
        "Zenobia",
        "12345",
        "54321",
        "1987-06-05",
        "1986-04-03",
        "Linden",
    )
    assert [value for value in personal if value in history] == []
    assert patient.number not in history
