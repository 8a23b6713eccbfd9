"""What the clock does with appointments."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from queues.actions import calling, issuing, tokens
from queues.actions.checking_in import check_in
from queues.actions.past_appointments import close_past_appointments, fill_free_places
from queues.models import Appointment, Clinic, Counter, Department, Doctor, Kind, Patient, Slot
from queues.rules.appointments import Stage
from queues.rules.rights import SYSTEM
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked, waits
from queues.tests.story import fresh, kinds, written
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(clinic: Clinic) -> Iterator[None]:
    """It is noon where the clinic is, whenever the test runs."""
    zone = f"Etc/GMT{timezone.now().hour - 12:+d}"
    Clinic.objects.filter(pk=clinic.pk).update(time_zone=zone)
    yield
    assert_slots_agree()


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def hers(rao: Doctor, opd: Department, asha: Patient) -> Appointment:
    starts_at = timezone.now() + timedelta(minutes=5)
    return booked(agenda.slots(rao, opd, starts_at)[0], asha).appointment


def a_day_later(appointment: Appointment) -> None:
    """All that has to do with it was yesterday; its numbers are not touched."""
    day = timedelta(days=1)
    for table in (Slot, Appointment):
        for row in table._default_manager.all():
            times = {name: getattr(row, name) - day for name in ("starts_at", "ends_at", "day")}
            table._default_manager.filter(pk=row.pk).update(**times)
    Appointment.objects.update(changed_at=timezone.now() - day)
    appointment.refresh_from_db()


def test_who_never_came_is_absent(hers: Appointment) -> None:
    a_day_later(hers)
    with written() as events:
        assert close_past_appointments() == 1
    hers.refresh_from_db()
    assert (hers.status, hers.holds) == (Stage.NO_SHOW, None)
    assert kinds(events) == [Kind.CLOSED_BY_CLOCK]
    assert close_past_appointments() == 0


def test_today_is_not_over(hers: Appointment) -> None:
    assert close_past_appointments() == 0
    assert_one_story()


@pytest.mark.parametrize(
    ("is_served", "becomes"), [(True, Stage.COMPLETED), (False, Stage.NO_SHOW)]
)
def test_who_was_sent_on_and_did_not_come_back(
    hers: Appointment, lab: Department, desk_a: Counter, is_served: bool, becomes: Stage
) -> None:
    Counter.objects.filter(pk=desk_a.pk).update(doctor=hers.doctor)
    token = check_in(hers, by=SYSTEM)
    if is_served:
        calling.call(token, fresh(desk_a), by=SYSTEM)
        tokens.start(token, by=SYSTEM)
    in_lab = issuing.transfer(token, lab, by=SYSTEM)
    a_day_later(hers)
    assert close_past_appointments() == 0, "they are still in the Lab"
    tokens.cancel(in_lab, by=SYSTEM)
    with written() as events:
        assert close_past_appointments() == 1
    hers.refresh_from_db()
    assert hers.status == becomes
    assert kinds(events) == [Kind.CLOSED_BY_CLOCK]


def test_nothing_is_left_to_fill_and_if_it_is_the_log_says_so(
    hers: Appointment, rao: Doctor, opd: Department, caplog: pytest.LogCaptureFixture
) -> None:
    entry = waits(cast.patient(opd.clinic, "Ben"), doctor=rao)
    assert fill_free_places() == 0
    made_behind_our_back = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0]
    with caplog.at_level(logging.WARNING):
        assert fill_free_places() == 1
    assert str(entry.public_id) in caplog.text
    entry.refresh_from_db()
    assert entry.appointment
    assert entry.appointment.slot == made_behind_our_back
    assert_one_story()
