"""A doctor works on past midnight, and all that is done for a patient by day is done for them then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from queues.actions import booking, calling, consultations, delays, rebooking, tokens
from queues.actions.checking_in import check_in, come_in, walk_in
from queues.actions.clock import close_past_days
from queues.actions.past_appointments import close_past_appointments
from queues.actions.refusals import AlreadyBooked, SlotFull, TooEarly
from queues.models import (
    Appointment,
    Clinic,
    Department,
    Doctor,
    Patient,
    Session,
    Slot,
    WaitlistEntry,
)
from queues.rules.appointments import Stage
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor, ActorKind
from queues.rules.weeks import DAY
from queues.tests import cast
from queues.tests import night as nights
from queues.tests.agenda import assert_slots_agree, waits
from queues.tests.night import Night, Strike, booked, slot
from queues.tests.story import fresh, refused
from queues.tests.witness import assert_one_story

PHONE = Actor(ActorKind.PATIENT, origin="phone")


@pytest.fixture
def clinic(db: None, night: Night, strike: Strike) -> Iterator[Clinic]:
    yield nights.clinic(night)
    assert_slots_agree()
    assert_one_story()


@pytest.fixture
def rao(night: Night, opd: Department) -> Doctor:
    return nights.doctor(night, opd)


def stage(appointment: Appointment) -> str:
    return Appointment.objects.get(pk=appointment.pk).status


# Here


@pytest.mark.parametrize("by", [SYSTEM, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("due", "comes"),
    [
        ((23, 0), (0, 30)),  # late
        ((0, 30), (0, 30)),
        ((1, 0), (0, 30)),
        ((0, 30), (23, 45)),  # early, and the other day is near
    ],
    ids=["late", "in time", "early", "before midnight"],
)
def test_they_check_in(
    night: Night,
    strike: Strike,
    rao: Doctor,
    asha: Patient,
    by: Actor,
    due: tuple[int, int],
    comes: tuple[int, int],
) -> None:
    hers = booked(rao, night.at(*due), asha)
    strike(night.at(*comes))
    token = check_in(hers, by=by)
    assert (stage(hers), token.doctor) == (Stage.CHECKED_IN, rao)


def test_the_next_night_is_another_day(
    night: Night, strike: Strike, rao: Doctor, asha: Patient, nurse: Actor
) -> None:
    """Where the service day has turned, it is today's already: one may come in the morning."""
    hers = booked(rao, night.at(23) + DAY, asha)
    strike(night.at(0, 30))
    if night.is_still_today:
        refused(lambda: check_in(hers, by=nurse), TooEarly)
    else:
        assert check_in(hers, by=nurse).appointment_id == hers.pk


def test_the_night_before_is_over(
    night: Night, strike: Strike, rao: Doctor, asha: Patient, nurse: Actor
) -> None:
    hers = booked(rao, night.at(23) - DAY, asha)
    strike(night.at(0, 30))
    refused(lambda: check_in(hers, by=nurse), TooEarly)


def test_who_is_late_comes_as_long_as_the_doctor_works(
    night: Night, strike: Strike, rao: Doctor, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    """Also past the end of the hours, if that is how late they run."""
    hers, his = booked(rao, night.at(23), asha), booked(rao, night.at(22, 30), ben)
    session = slot(rao, night.at(23)).session
    delays.run_late(session, 90, by=nurse)
    strike(session.ends_at + timedelta(minutes=89))
    assert check_in(hers, by=nurse).doctor == rao
    strike(session.ends_at + timedelta(minutes=90))
    if not night.is_still_today:
        refused(lambda: check_in(his, by=nurse), TooEarly)


# From the door


def test_who_walks_in_gets_a_time(
    night: Night, strike: Strike, rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    strike(night.at(0, 10))
    theirs = walk_in(asha, rao, opd, by=nurse).appointment
    assert theirs
    assert (theirs.starts_at, theirs.day) == (night.at(0), night.day)


def test_before_midnight_also_one_after_it(
    night: Night, strike: Strike, rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    nights.fill(rao, night.day, until=night.at(0))
    strike(night.at(23, 40))
    theirs = come_in(asha, opd, by=nurse, doctor=rao).appointment
    assert theirs
    assert (theirs.starts_at, theirs.date) == (night.at(0, 30), night.day + DAY)


def test_the_next_nights_times_are_for_the_next_day(
    night: Night, strike: Strike, rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    """Where the service day has turned, they are today's."""
    nights.fill(rao, night.day)
    strike(night.at(0, 30))
    if night.is_still_today:
        refused(lambda: walk_in(asha, rao, opd, by=nurse), SlotFull)
        return
    theirs = walk_in(asha, rao, opd, by=nurse).appointment
    assert theirs
    assert theirs.day == night.day + DAY


# With the doctor


def test_a_consultation_in_the_night(
    night: Night, strike: Strike, rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    room = nights.room(rao)
    hers, his = booked(rao, night.at(23, 30), asha), booked(rao, night.at(1), ben)
    doctor = cast.staff(opd.clinic)
    strike(night.at(0, 20))
    check_in(hers, by=SYSTEM)
    calling.call_next(fresh(room), by=doctor)
    draft = consultations.start(hers, by=SYSTEM)
    strike(night.at(0, 40))
    consultations.complete(draft, {"diagnosis": "Migraine"}, by=SYSTEM)
    straight_in = consultations.start(his, by=SYSTEM)
    consultations.complete(straight_in, by=SYSTEM)
    assert [stage(hers), stage(his)] == [Stage.COMPLETED, Stage.COMPLETED]


def test_running_late_is_told_to_all_of_the_night(
    night: Night, strike: Strike, rao: Doctor, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    booked(rao, night.at(0, 30), asha)
    booked(rao, night.at(1), ben)
    booked(rao, night.at(1) + DAY, cast.patient(slot(rao, night.at(1)).clinic, "Chen"))
    strike(night.at(0, 10))
    session = Session.objects.select_related("department__clinic").get(day=night.day)
    delays.run_late(session, 30, by=nurse)
    told = Appointment.objects.told_of_delay(session, night.at(0, 10))
    assert {one.patient for one in told} == {asha, ben}


# What the clock closes


def test_the_clock_leaves_a_list_alone_while_its_doctor_works(
    night: Night, strike: Strike, rao: Doctor, asha: Patient, ben: Patient, nurse: Actor
) -> None:
    hers, his = booked(rao, night.at(22), asha), booked(rao, night.at(23, 30), ben)
    session = slot(rao, night.at(22)).session
    delays.run_late(session, 240, by=nurse)
    check_in_at = night.at(22)
    strike(check_in_at)
    token = check_in(hers, by=nurse)
    strike(session.ends_at + timedelta(minutes=239))
    assert (close_past_appointments(), stage(his)) == (0, Stage.SCHEDULED)
    strike(session.ends_at + timedelta(hours=4))
    assert close_past_appointments() == 1
    assert (stage(his), token.status) == (Stage.NO_SHOW, "waiting")


def test_and_so_it_does_with_the_numbers_on_it(
    night: Night, strike: Strike, rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    """Though the department gives out numbers by day alone."""
    opens, closes = "08:00", "23:50"
    opd.hours = [[weekday, opens, closes] for weekday in range(7)]
    opd.save()
    hers = booked(rao, night.at(23), asha)
    session = slot(rao, night.at(23)).session
    delays.run_late(session, 240, by=nurse)
    strike(night.at(22, 30))
    check_in(hers, by=nurse)
    strike(session.ends_at + timedelta(minutes=239))
    assert (close_past_days(), stage(hers)) == (0, Stage.CHECKED_IN)
    strike(session.ends_at + timedelta(hours=6))
    assert (close_past_days(), stage(hers)) == (1, Stage.CANCELLED)


# One list a night


def test_a_night_is_one_list_with_one_row_of_numbers(
    night: Night, rao: Doctor, asha: Patient, ben: Patient
) -> None:
    times = (night.at(23), night.at(0, 30), night.at(23) + DAY)
    people = (asha, ben, asha)
    theirs = [booked(rao, at, who) for at, who in zip(times, people, strict=True)]
    assert [(one.day, one.number) for one in theirs] == [
        (night.day, 1),
        (night.day, 2),
        (night.day + DAY, 1),
    ]
    again = slot(rao, night.at(1))
    refused(lambda: booking.book(asha, again, Priority.ONLINE, by=SYSTEM), AlreadyBooked)


def test_who_is_called_after_midnight_is_on_the_list_of_the_night(
    night: Night, strike: Strike, rao: Doctor, opd: Department, asha: Patient, nurse: Actor
) -> None:
    room = nights.room(rao)
    hers = booked(rao, night.at(23, 30), asha)
    strike(night.at(23, 45))
    check_in(hers, by=nurse)
    strike(night.at(0, 15))
    token = calling.call_next(fresh(room), by=nurse)
    tokens.start(token, by=nurse)
    on_list = Appointment.objects.of_list(rao, night.day)
    assert [(one.pk, one.status) for one in on_list] == [(hers.pk, Stage.IN_CONSULTATION)]


# Dates are those of the calendar


def test_a_day_that_is_asked_for_is_the_calendars(
    night: Night, strike: Strike, rao: Doctor, opd: Department, asha: Patient, ben: Patient
) -> None:
    strike(night.at(18))

    def first(patient: Patient, day: date) -> Slot | None:
        made = booking.book_first(patient, rao, opd.clinic, Priority.ONLINE, by=SYSTEM, day=day)
        return made.appointment.slot

    assert first(asha, night.day) == slot(rao, night.at(night.opens.hour))
    assert first(ben, night.day + DAY) == slot(rao, night.at(0))


def test_who_waits_for_a_day_gets_a_time_of_that_day(
    night: Night, strike: Strike, rao: Doctor, asha: Patient, ben: Patient
) -> None:
    """Half past midnight is free, and no longer of the day on which the night began."""
    strike(night.at(18))
    kept = booked(rao, night.at(0, 30), None)
    nights.fill(rao, night.day)
    nights.fill(rao, night.day + DAY)
    tonight = waits(asha, doctor=rao, earliest=night.day, latest=night.day)
    tomorrow = waits(ben, doctor=rao, earliest=night.day + DAY, latest=night.day + DAY)
    rebooking.cancel(kept, by=SYSTEM)
    tonight.refresh_from_db()
    tomorrow.refresh_from_db()
    assert tonight.status == WaitlistEntry.Status.WAITING
    assert tomorrow.appointment
    assert tomorrow.appointment.starts_at == night.at(0, 30)


def test_and_is_asked_at_once(night: Night, strike: Strike, rao: Doctor, asha: Patient) -> None:
    strike(night.at(18))
    nights.fill(rao, night.day, until=night.at(0))
    assert waits(asha, doctor=rao, latest=night.day).appointment is None
