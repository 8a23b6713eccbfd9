"""Search as a desk types it."""

from __future__ import annotations

import pytest

from queues.models import Clinic, Patient
from queues.tests import cast


@pytest.fixture
def sunita(clinic: Clinic) -> Patient:
    cast.patient(clinic, "Somebody Else", phone="97000 00000")
    return cast.patient(clinic, "सुनीता Rao-देवी", phone="98450 12345")


@pytest.mark.parametrize("typed", ["सुनीता", "rao", "98450 12345", "+91 98450 12345", "12345"])
def test_a_part_of_a_name_or_a_phone_is_enough(typed: str, sunita: Patient) -> None:
    assert list(Patient.objects.matching(typed)) == [sunita]


def test_the_number_on_the_card_is_enough(sunita: Patient) -> None:
    assert list(Patient.objects.matching(sunita.number.lower())) == [sunita]


@pytest.mark.parametrize("typed", ["Xanthippe", "9845099999"])
def test_who_does_not_fit_is_not_found(typed: str, sunita: Patient) -> None:
    assert list(Patient.objects.matching(typed)) == []


@pytest.mark.parametrize("typed", ["Lucia", "LUCÍA", "alvarez", "lucí"])
def test_accents_and_capitals_do_not_matter(typed: str, clinic: Clinic) -> None:
    cast.patient(clinic, "Luca Alves")
    lucia = cast.patient(clinic, "Lucía Álvarez")
    assert list(Patient.objects.matching(typed)) == [lucia]


@pytest.mark.parametrize("typed", ["%", "L_cia", "\\"])
def test_what_is_typed_is_no_pattern(typed: str, clinic: Clinic) -> None:
    cast.patient(clinic, "Lucía Álvarez")
    assert list(Patient.objects.matching(typed)) == []
