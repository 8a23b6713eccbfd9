"""The day of the desk and the times to book: the same few questions however many come; and why
somebody with an appointment stands where they stand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from queues.actions import checking_in
from queues.models import Appointment, Clinic, Department, Patient, Session, Slot, Token, visible
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM
from queues.screens.agenda import COMING_SHOWN, Look, agenda, coming
from queues.screens.desk_rows import rows_of
from queues.screens.places import places
from queues.screens.times import Wanted, next_free, times
from queues.tests import agenda as doctors
from queues.tests import cast
from queues.tests.hours import at_ten, today


@pytest.fixture
def clinic(db: None) -> Clinic:
    return at_ten(cast.clinic())


def day_of(opd: Department) -> dict[str, object]:
    look = Look(opd.clinic, [opd], today(opd.clinic).date())
    everybody = Appointment.objects.select_related(
        "slot__session", "doctor", "patient", "department__clinic", "visit"
    )
    waits = visible.line(cast.staff(opd.clinic))
    return agenda(everybody, waits, look, timezone.now())


@pytest.mark.parametrize("begins", [-13, -1, 1, 11, 23])  # hours after the day does
def test_who_is_expected_is_whom_the_day_has(opd: Department, begins: int) -> None:
    """A night's list goes with the day on which its work begins, and as long as it goes on."""
    now = timezone.now()
    day = opd.clinic.service_day(now)
    midnight, _ends = opd.clinic.span_of(day)
    rao = doctors.doctor(opd)
    slots = doctors.slots(rao, opd, midnight + timedelta(hours=begins), 7, minutes=240)
    for number, slot in enumerate(slots):
        if slot.ends_at > now:
            doctors.booked(slot, cast.patient(opd.clinic, f"Patient {number}"))
    at_work = Session.objects.today(opd.clinic, now)
    of_day = Appointment.objects.of_day(opd.clinic, day, at_work)
    found = coming(opd, now)
    assert found["expected"] == of_day.count()
    assert found["coming"] == list(of_day.order_by("starts_at")[:COMING_SHOWN])


@pytest.mark.parametrize("size", [1, 12])
def test_the_number_of_queries_does_not_grow_with_the_day(
    size: int, opd: Department, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(size):
        who = doctors.doctor(opd, f"Dr {number}")
        slots = doctors.slots(who, opd, today(opd.clinic), 2, capacity=2)
        here, *_others = doctors.full(slots[0])
        checking_in.check_in(here, by=SYSTEM)
        somebody = cast.patient(opd.clinic, f"Waits {number}")
        doctors.waits(somebody, slot=slots[0])
    with django_assert_num_queries(5):  # appointments, numbers, sessions, versions, waitlist
        shown = day_of(opd)
    assert len(shown["doctors"]) == size  # type: ignore[arg-type]
    assert len(shown["waits"]) == size  # type: ignore[arg-type]
    some_are_not_shown = size > COMING_SHOWN
    with django_assert_num_queries(2 + some_are_not_shown):  # who is at work, the next; how many
        assert coming(opd, timezone.now())["expected"] == size
    wanted = Wanted(opd.clinic, (opd,), today(opd.clinic).date(), priority=Priority.PAID)
    with django_assert_num_queries(2):  # the times, and who would have to go
        assert len(times(wanted, timezone.now())) == size
    with django_assert_num_queries(1):
        assert len(next_free(wanted, timezone.now())) == min(size, 5)


def test_a_time_says_what_it_has_and_who_would_have_to_go(opd: Department) -> None:
    slots = doctors.slots(doctors.doctor(opd), opd, today(opd.clinic), 2, capacity=1, hard_limit=2)
    doctors.full(slots[0])

    def seen_as(priority: Priority) -> tuple[bool, int, int, str]:
        wanted = Wanted(opd.clinic, (opd,), today(opd.clinic).date(), priority=priority)
        first = times(wanted, timezone.now())[0].times[0]
        return first.has_room, first.free, first.buffer, first.gives_way

    assert seen_as(Priority.WALK_IN) == (False, 0, 1, "")
    assert seen_as(Priority.PAID) == (False, 0, 1, "walk-in")
    assert seen_as(Priority.EMERGENCY) == (True, 0, 1, "")


# Why this place.


@pytest.fixture
def slot(opd: Department) -> Slot:
    return doctors.slots(doctors.doctor(opd), opd, today(opd.clinic))[0]


def reason(token: Token, opd: Department) -> str:
    with timezone.override(opd.clinic.zone):
        now = timezone.now()
        rows = rows_of(places(opd, now), opd, now)
    return next(row.who.why for row in rows if row.public_id == token.public_id)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_who_is_early_stands_by_the_time(opd: Department, slot: Slot, asha: Patient) -> None:
    booked = doctors.booked(slot, asha, Priority.WALK_IN).appointment
    token = checking_in.check_in(booked, by=SYSTEM)
    assert reason(token, opd) == "Placed by the appointment at 11:00."


def test_and_with_a_head_start(opd: Department, slot: Slot, asha: Patient) -> None:
    token = checking_in.check_in(doctors.booked(slot, asha).appointment, by=SYSTEM)
    assert reason(token, opd) == "Placed by the appointment at 11:00, and 10 minutes earlier."


def test_who_is_a_little_late_too(
    opd: Department, slot: Slot, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = doctors.booked(slot, asha, Priority.WALK_IN).appointment
    at(monkeypatch, slot.starts_at + timedelta(minutes=10))
    assert reason(checking_in.check_in(booked, by=SYSTEM), opd) == (
        "Placed by the appointment at 11:00."
    )


def test_who_is_much_too_late_waits_like_the_others(
    opd: Department, slot: Slot, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = doctors.booked(slot, asha).appointment
    at(monkeypatch, slot.starts_at + timedelta(minutes=25))
    assert reason(checking_in.check_in(booked, by=SYSTEM), opd) == (
        "Came too late for 11:00, so waits like the others."
    )


def test_who_walks_in_to_a_time_that_has_begun_came_in_order(
    opd: Department, slot: Slot, asha: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, slot.starts_at + timedelta(minutes=5))
    token = checking_in.walk_in(asha, slot.doctor, opd, by=SYSTEM)
    assert reason(token, opd) == "In order of arrival."


def test_an_emergency_goes_before_everybody(opd: Department, slot: Slot, asha: Patient) -> None:
    booked = doctors.booked(slot, asha, Priority.EMERGENCY).appointment
    assert reason(checking_in.check_in(booked, by=SYSTEM), opd) == "Goes before everybody else."
