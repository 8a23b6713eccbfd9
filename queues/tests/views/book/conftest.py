"""A doctor with free times tomorrow, and somebody's phone."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from queues.models import Department, Doctor, Slot
from queues.tests import agenda
from queues.tests.views.book.at_portal import AtPortal


@pytest.fixture
def portal(db: None) -> AtPortal:
    cache.clear()  # it counts who guesses
    return AtPortal()


@pytest.fixture
def rao(opd: Department) -> Doctor:
    doctor = agenda.doctor(opd)
    doctor.languages = ["en", "hi"]
    doctor.save()
    return doctor


@pytest.fixture
def slots(rao: Doctor, opd: Department) -> list[Slot]:
    return agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 3)


@pytest.fixture
def nine(slots: list[Slot]) -> Slot:
    return slots[0]


@pytest.fixture
def half_past(slots: list[Slot]) -> Slot:
    return slots[1]
