"""Somebody on a doctor's list is put where they now are, with whatever follows from it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from queues.actions import checking_in, counters, doctors_list, issuing, tokens
from queues.actions.refusals import (
    CounterBusy,
    CounterClosed,
    Invalid,
    Moved,
    PatientInactive,
    TooEarly,
    WasFirst,
)
from queues.models import Appointment, Clinic, Counter, Department, Doctor, Event, Kind, Patient
from queues.rules.appointments import ASKED_OF_A_LIST, Stage
from queues.rules.rights import Actor
from queues.rules.status import Status
from queues.tests import agenda, cast
from queues.tests.agenda import assert_slots_agree, booked
from queues.tests.story import refused
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


@pytest.fixture
def theirs(rao: Doctor, opd: Department, clinic: Clinic, asha: Patient) -> Appointment:
    """Asha's, with a slot that has begun."""
    clinic.turns_at = (timezone.now().hour + 12) % 24  # the day does not turn meanwhile
    clinic.save()
    began = timezone.now() - timedelta(minutes=5)
    return booked(agenda.slots(rao, opd, began, minutes=60)[0], asha).appointment


@pytest.fixture
def room(desk_b: Counter, rao: Doctor) -> Counter:
    Counter.objects.filter(pk=desk_b.pk).update(doctor=rao)
    return desk_b


def test_every_wish_has_its_right() -> None:
    assert set(doctors_list.ASKS_FOR) == set(ASKED_OF_A_LIST)


def test_whoever_is_here_is_called_to_the_doctors_room(
    theirs: Appointment, room: Counter, nurse: Actor
) -> None:
    token = checking_in.check_in(theirs, by=nurse)
    seen = doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse)
    token.refresh_from_db()
    assert (seen.status, token.status) == (Stage.IN_CONSULTATION, Status.SERVING)
    assert token.counter == room
    kinds = [event.kind for event in Event.objects.of(token)]
    assert kinds == [Kind.STARTED, Kind.CALLED, Kind.ISSUED]
    assert_one_story()


def test_where_a_call_starts_the_service_it_is_one_step(
    theirs: Appointment, room: Counter, opd: Department, nurse: Actor
) -> None:
    opd.call_starts_service = True
    opd.save()
    token = checking_in.check_in(theirs, by=nurse)
    doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse)
    token.refresh_from_db()
    assert token.status == Status.SERVING
    assert [event.kind for event in Event.objects.of(token)] == [Kind.CALLED, Kind.ISSUED]


def test_nobody_is_moved_on_a_day_before_theirs(
    rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    ahead = booked(agenda.slots(rao, opd, agenda.tomorrow(opd.clinic))[0], asha).appointment
    for to in (Stage.CHECKED_IN, Stage.IN_CONSULTATION, Stage.NO_SHOW):
        refused(partial(doctors_list.put, ahead, to, by=nurse), TooEarly)


def test_nobody_is_seen_without_a_name_or_under_a_record_that_is_out_of_use(
    theirs: Appointment, rao: Doctor, opd: Department, nurse: Actor
) -> None:
    slot = agenda.slots(rao, opd, theirs.ends_at)[0]
    nobodys = booked(slot, None).appointment
    refused(lambda: doctors_list.put(nobodys, Stage.IN_CONSULTATION, by=nurse), Invalid)
    Patient.objects.update(is_active=False)
    refused(lambda: doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse), PatientInactive)


def test_without_an_open_room_nobody_is_called(
    theirs: Appointment, room: Counter, nurse: Actor
) -> None:
    token = checking_in.check_in(theirs, by=nurse)
    counters.change(cast.counter(token.department, room.code), {"is_open": False}, by=nurse)
    with pytest.raises(CounterClosed):
        doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse)
    theirs.refresh_from_db()
    assert theirs.status == Stage.CHECKED_IN


def test_one_patient_at_a_time(
    theirs: Appointment, room: Counter, rao: Doctor, opd: Department, ben: Patient, nurse: Actor
) -> None:
    first = issuing.issue(ben, opd, by=nurse, doctor=rao)
    doctors_list.put_number(first, Stage.IN_CONSULTATION, by=nurse)
    checking_in.check_in(theirs, by=nurse)
    with pytest.raises(CounterBusy):
        doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse)


def test_who_never_checked_in_moves_alone_with_one_event_a_step(
    theirs: Appointment, nurse: Actor
) -> None:
    doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse)
    doctors_list.put(theirs, Stage.COMPLETED, by=nurse)
    theirs.refresh_from_db()
    assert (theirs.status, theirs.holds) == (Stage.COMPLETED, True)
    last, before, _booked = Event.objects.of(theirs)
    assert (before.kind, before.after) == (
        Kind.CONSULTATION_STARTED,
        {"status": Stage.IN_CONSULTATION},
    )
    assert (last.kind, last.after) == (Kind.CONSULTATION_COMPLETED, {"status": Stage.COMPLETED})
    assert_slots_agree()
    assert_one_story()


@pytest.mark.parametrize("to", [Stage.COMPLETED, Stage.NO_SHOW])
def test_whoever_waits_is_neither_done_nor_absent(
    theirs: Appointment, room: Counter, nurse: Actor, to: Stage
) -> None:
    checking_in.check_in(theirs, by=nurse)
    events = Event.objects.count()
    with pytest.raises(WasFirst):
        doctors_list.put(theirs, to, by=nurse)
    assert Event.objects.count() == events


def test_nobody_is_seen_twice(theirs: Appointment, room: Counter, nurse: Actor) -> None:
    checking_in.check_in(theirs, by=nurse)
    doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse)
    with pytest.raises(WasFirst):
        doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse)
    doctors_list.put(theirs, Stage.COMPLETED, by=nurse)
    with pytest.raises(Moved):
        doctors_list.put(theirs, Stage.IN_CONSULTATION, by=nurse)


def test_a_number_waits_again(
    opd: Department, rao: Doctor, ben: Patient, room: Counter, nurse: Actor
) -> None:
    token = issuing.issue(ben, opd, by=nurse, doctor=rao)
    with pytest.raises(WasFirst):
        doctors_list.put_number(token, Stage.CHECKED_IN, by=nurse)
    tokens.hold(token, by=nurse)
    assert doctors_list.put_number(token, Stage.CHECKED_IN, by=nurse).status == Status.WAITING
    assert Event.objects.of(token)[0].kind == Kind.RESUMED
