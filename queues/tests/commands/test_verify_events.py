"""./dev manage verify_events: proves the chain, or names the first broken link."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from queues.models import Clinic, Department, Event
from queues.tests.story import people, waiting


def verify() -> str:
    said = StringIO()
    call_command("verify_events", stdout=said)
    return said.getvalue()


@pytest.fixture
def history(clinic: Clinic, opd: Department, lab: Department) -> None:
    for patient in people(clinic, "Asha", "Ben", "Chen"):
        waiting(patient, opd)
        waiting(patient, lab)


def test_a_whole_history_is_said_to_be_whole(history: None) -> None:
    # one founding and three registrations; three numbers in each of two departments
    assert verify() == "Whole: 3 ledgers, 10 events.\n"


def test_an_empty_house_is_whole(db: None) -> None:
    assert verify() == "Whole: 0 ledgers, 0 events.\n"


def test_the_broken_link_is_named_with_clinic_department_and_day(
    history: None, clinic: Clinic, lab: Department
) -> None:
    Event.objects.filter(daybook__department=lab, seq=2).update(origin="kiosk")
    with pytest.raises(CommandError) as failure:
        verify()
    assert str(failure.value) == f"main, LAB, {clinic.service_day()}: event 2 was changed"


def test_the_clinics_own_ledger_is_watched_too(history: None, clinic: Clinic) -> None:
    Event.objects.filter(daybook__department=None, seq=3).delete()
    with pytest.raises(CommandError) as failure:
        verify()
    assert str(failure.value) == (
        f"main, the clinic's own ledger, {clinic.service_day()}: event 3 is missing"
    )
