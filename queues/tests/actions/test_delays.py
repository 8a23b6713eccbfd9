"""A doctor runs late: one entry moves every estimate, and tells those who wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queues.actions import rebooking
from queues.actions.delays import run_late
from queues.actions.refusals import Invalid, NotAllowed
from queues.models import Appointment, Department, Doctor, Event, Kind, Notice, Patient, Session
from queues.rules.rights import SYSTEM, Actor
from queues.screens import estimates
from queues.tests import agenda, cast
from queues.tests.agenda import booked
from queues.tests.story import kinds, refused, written
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def session(rao: Doctor, opd: Department, asha: Patient, ben: Patient) -> Session:
    nine, half_past = agenda.slots(rao, opd, agenda.tomorrow(opd.clinic), 2, capacity=2)
    booked(nine, asha)
    booked(half_past, ben)
    booked(half_past, None)
    return Session.objects.select_related("department__clinic").get()


def test_one_entry_moves_every_estimate(session: Session, nurse: Actor) -> None:
    before = [estimates.expected(one) for one in Appointment.objects.order_by("pk")]
    with written() as events:
        run_late(session, 20, by=nurse)
    after = [estimates.expected(one) for one in Appointment.objects.order_by("pk")]
    assert after == [due + timedelta(minutes=20) for due in before]
    assert kinds(events) == [Kind.RUNNING_LATE]
    assert (events[0].before, events[0].after) == ({"minutes": 0}, {"minutes": 20})
    assert_one_story()


def test_the_list_and_each_of_its_people_are_told_the_same(session: Session, nurse: Actor) -> None:
    run_late(session, 10, by=nurse)
    known = Appointment.objects.select_related("slot__session").order_by("sequence", "number")
    due = estimates.of_list(list(known))
    assert due == {one.pk: estimates.expected(one) for one in known}
    assert len(set(due.values())) == 3


def test_those_who_still_come_are_told(
    session: Session, nurse: Actor, asha: Patient, ben: Patient
) -> None:
    rebooking.cancel(Appointment.objects.get(patient=asha), by=SYSTEM)
    run_late(session, 20, by=nurse)
    notice = Notice.objects.get(about=Notice.About.DOCTOR_LATE)
    assert (notice.patient, notice.facts) == (ben, {"minutes": 20})
    run_late(session, 20, by=nurse)
    assert Notice.objects.filter(about="doctor_late").count() == 1, "the same is not told twice"
    assert Event.objects.filter(kind=Kind.RUNNING_LATE).count() == 1


def test_it_is_staffs_to_say_and_within_reason(session: Session, nurse: Actor) -> None:
    refused(lambda: run_late(session, 20, by=cast.kiosk(session.clinic)), NotAllowed)
    refused(lambda: run_late(session, -1, by=nurse), Invalid)
    refused(lambda: run_late(session, 481, by=nurse), Invalid)
