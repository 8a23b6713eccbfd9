"""Who opened which record, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from queues.actions.openings import Part, opened
from queues.models import Clinic, Event, Kind, Patient
from queues.rules.rights import Actor
from queues.tests import cast
from queues.tests.story import nurse_of, written


@pytest.fixture
def nadia(clinic: Clinic) -> Actor:
    return nurse_of(cast.department(clinic, "OPD"))


def test_an_opened_record_is_one_event_of_the_clinics_own_ledger(
    asha: Patient, clinic: Clinic, nadia: Actor
) -> None:
    with written() as events:
        assert opened([asha], Part.RECORD, clinic, by=nadia) == 1
    (told,) = events
    assert (told.kind, told.subject, told.actor) == (
        Kind.RECORD_OPENED,
        asha.public_id,
        nadia.public_id,
    )
    assert (told.after, told.daybook.department) == ({"part": "record"}, None)


def test_opened_again_a_moment_later_is_not_told_again(
    asha: Patient, clinic: Clinic, nadia: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    opened([asha], Part.RECORD, clinic, by=nadia)
    with django_assert_num_queries(1):
        assert opened([asha], Part.RECORD, clinic, by=nadia) == 0


def test_a_quarter_of_an_hour_later_it_is(asha: Patient, clinic: Clinic, nadia: Actor) -> None:
    opened([asha], Part.RECORD, clinic, by=nadia)
    looks = Event.objects.filter(kind=Kind.RECORD_OPENED)
    looks.update(at=F("at") - timedelta(minutes=16))
    assert opened([asha], Part.RECORD, clinic, by=nadia) == 1


def test_each_who_looks_and_each_part_is_told(
    asha: Patient, ben: Patient, clinic: Clinic, nadia: Actor
) -> None:
    opened([asha], Part.RECORD, clinic, by=nadia)
    assert opened([asha, ben], Part.RECORD, clinic, by=nadia) == 1, "Ben's"
    assert opened([asha], Part.CONSULTATIONS, clinic, by=nadia) == 1
    assert opened([asha], Part.RECORD, clinic, by=cast.staff(clinic)) == 1


def test_who_opens_nothing_writes_nothing(clinic: Clinic, nadia: Actor) -> None:
    with written() as events:
        assert opened([], Part.RECORD, clinic, by=nadia) == 0
    assert events == []
