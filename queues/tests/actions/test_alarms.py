"""Help is called at a kiosk, and somebody goes."""

from __future__ import annotations

import pytest
from django.utils import timezone

from queues.actions import alarms
from queues.actions.refusals import AlreadyAnswered, NotAllowed
from queues.models import Alarm, Clinic, Department
from queues.rules.rights import Actor, Role
from queues.screens.alarms import latest
from queues.tests import cast
from queues.tests.story import kinds, nurse_of, refused, written

EVERY_DEPARTMENT = 3


@pytest.fixture
def alarm(clinic: Clinic) -> Alarm:
    return alarms.raise_alarm(clinic, by=cast.kiosk(clinic))


def test_it_rings(clinic: Clinic) -> None:
    assert latest(clinic, timezone.now()) is None
    alarm = alarms.raise_alarm(clinic, by=cast.kiosk(clinic))
    assert latest(clinic, timezone.now()) == alarm
    assert alarm.answered_at is None


def test_it_rings_at_its_own_clinic_alone(alarm: Alarm) -> None:
    assert latest(cast.clinic("other"), timezone.now()) is None


def test_it_is_written_where_every_desk_hears_it(clinic: Clinic) -> None:
    with written() as events:
        alarm = alarms.raise_alarm(clinic, by=cast.kiosk(clinic))
    assert kinds(events) == ["help_called"] * EVERY_DEPARTMENT
    told = {event.daybook.department_id for event in events}
    assert told == set(clinic.departments.values_list("pk", flat=True))
    assert {event.subject for event in events} == {alarm.public_id}
    assert {event.origin for event in events} == {"kiosk"}


def test_pressed_again_it_is_the_same_alarm(clinic: Clinic, alarm: Alarm) -> None:
    with written() as events:
        assert alarms.raise_alarm(clinic, by=cast.kiosk(clinic)) == alarm
    assert events == []
    assert Alarm.objects.count() == 1


def test_a_kiosk_calls_for_no_other_clinic(clinic: Clinic) -> None:
    other = cast.clinic("other")
    refused(lambda: alarms.raise_alarm(other, by=cast.kiosk(clinic)), NotAllowed)
    assert latest(other, timezone.now()) is None


def test_somebody_goes(opd: Department, alarm: Alarm) -> None:
    nadia = nurse_of(opd)
    answered = alarms.answer(alarm, by=nadia)
    assert not answered.rings
    assert answered.answered_at is not None
    assert answered.answered_by is not None
    assert answered.answered_by.public_id == nadia.public_id


def test_that_somebody_goes_is_written_where_every_desk_hears_it(
    alarm: Alarm, nurse: Actor
) -> None:
    with written() as events:
        alarms.answer(alarm, by=nurse)
    assert kinds(events) == ["help_answered"] * EVERY_DEPARTMENT


def test_who_is_second_is_told(alarm: Alarm, nurse: Actor) -> None:
    second = Alarm.objects.get()
    alarms.answer(alarm, by=nurse)
    refused(lambda: alarms.answer(second, by=nurse), AlreadyAnswered)


def test_a_kiosk_answers_nobody(clinic: Clinic, alarm: Alarm) -> None:
    refused(lambda: alarms.answer(alarm, by=cast.kiosk(clinic)), NotAllowed)
    assert latest(clinic, timezone.now()) == alarm


def test_staff_elsewhere_do_not_answer(alarm: Alarm) -> None:
    elsewhere = cast.staff(cast.clinic("other"), Role.ADMIN)
    refused(lambda: alarms.answer(alarm, by=elsewhere), NotAllowed)


def test_the_next_one_rings_anew(clinic: Clinic, alarm: Alarm, nurse: Actor) -> None:
    alarms.answer(alarm, by=nurse)
    anew = alarms.raise_alarm(clinic, by=cast.kiosk(clinic))
    assert anew != alarm
    assert latest(clinic, timezone.now()) == anew
