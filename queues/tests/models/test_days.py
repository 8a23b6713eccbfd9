"""Which day it is: for all who work at a clinic, on its calendar, and for a doctor at work."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest

from queues.models import Clinic, Department, Doctor, Session
from queues.models.session import now_or_next
from queues.rules.weeks import DAY
from queues.tests import agenda, cast
from queues.tests.test_floors import modules

THURSDAY = date(2026, 6, 4)
FRIDAY = THURSDAY + DAY


@pytest.fixture(params=["Asia/Kolkata", "America/New_York"])
def clinic(request: pytest.FixtureRequest, db: None) -> Clinic:
    return cast.clinic(time_zone=request.param)


@pytest.fixture
def rao(opd: Department) -> Doctor:
    return agenda.doctor(opd)


def turning(clinic: Clinic, hour: int) -> Clinic:
    Clinic.objects.filter(pk=clinic.pk).update(turns_at=hour)
    return Clinic.objects.get(pk=clinic.pk)


def at(clinic: Clinic, day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clinic.zone)


def work(rao: Doctor, opd: Department, begins: datetime, hours: int) -> Session:
    agenda.slots(rao, opd, begins, hours, minutes=60)
    return Session.objects.get(doctor=rao, starts_at=begins)


@pytest.mark.parametrize("turns_at", [0, 4])
def test_a_service_day_turns_at_its_hour_and_a_calendar_at_midnight(
    clinic: Clinic, turns_at: int
) -> None:
    clinic = turning(clinic, turns_at)
    half_past = at(clinic, FRIDAY, 0, 30)
    assert clinic.service_day(half_past) == (THURSDAY if turns_at else FRIDAY)
    assert clinic.calendar_day(half_past) == FRIDAY
    begins, ends = clinic.span_of(THURSDAY)
    assert (begins, ends) == (at(clinic, THURSDAY, turns_at), at(clinic, FRIDAY, turns_at))
    assert clinic.calendar_span(THURSDAY) == (at(clinic, THURSDAY, 0), at(clinic, FRIDAY, 0))


@pytest.mark.parametrize(
    ("turns_at", "opens", "hours", "moments"),
    [
        # A night, where the day turns in it: its list stays to its end, then tonight's comes.
        (0, 22, 8, {(THURSDAY, 21): THURSDAY, (FRIDAY, 5): THURSDAY, (FRIDAY, 6): FRIDAY}),
        # An evening past midnight, where the day turns after it.
        (4, 20, 6, {(FRIDAY, 0): THURSDAY, (FRIDAY, 3): THURSDAY, (FRIDAY, 4): FRIDAY}),
        # Work that begins before the day turns: next, before it begins, and until it ends.
        (4, 2, 6, {(FRIDAY, 1): FRIDAY, (FRIDAY, 7): FRIDAY}),
        (0, 9, 4, {(FRIDAY, 0): FRIDAY, (FRIDAY, 8): FRIDAY, (FRIDAY, 23): FRIDAY}),
    ],
)
def test_the_list_that_a_doctor_works_on(
    turns_at: int,
    opens: int,
    hours: int,
    moments: dict[tuple[date, int], date],
    clinic: Clinic,
    opd: Department,
    rao: Doctor,
) -> None:
    clinic = turning(clinic, turns_at)
    for day in (THURSDAY, FRIDAY):
        work(rao, opd, at(clinic, day, opens), hours)
    found = {then: rao.sessions.day_of_work(clinic, at(clinic, *then)) for then in moments}
    assert found == moments


def test_without_hours_it_is_the_service_day(clinic: Clinic, rao: Doctor) -> None:
    clinic = turning(clinic, 4)
    assert rao.sessions.day_of_work(clinic, at(clinic, FRIDAY, 1)) == THURSDAY
    assert rao.sessions.day_of_work(clinic, at(clinic, FRIDAY, 5)) == FRIDAY


def test_late_work_goes_on_and_another_clinics_is_no_matter(
    clinic: Clinic, opd: Department, rao: Doctor
) -> None:
    evening = work(rao, opd, at(clinic, THURSDAY, 20), 4)
    half_past = at(clinic, FRIDAY, 0, 30)
    assert rao.sessions.today(clinic, half_past) == []
    Session.objects.update(delay_minutes=31)
    assert rao.sessions.today(clinic, half_past) == [evening]
    assert rao.sessions.today(cast.clinic("north", clinic.time_zone), half_past) == []


def test_what_began_the_day_before_is_of_today_only_while_it_goes_on(
    clinic: Clinic, opd: Department, rao: Doctor
) -> None:
    nights = [work(rao, opd, at(clinic, day, 22), 8) for day in (THURSDAY, FRIDAY)]
    now = at(clinic, FRIDAY, 0, 30)

    def of(day: date, now: datetime) -> list[Session]:
        return rao.sessions.of_day(clinic, day, now)

    assert of(FRIDAY, now) == nights
    assert now_or_next(nights, now) == nights[0]
    assert of(FRIDAY, now + timedelta(hours=6)) == nights[1:]
    assert of(THURSDAY, now) == nights[:1]
    assert of(FRIDAY + DAY, now) == []


# One way to ask

OTHERWISE = re.compile(r"localdate\(|date\.today\(|astimezone\([\w.]*(clinic|at)\.zone\)\.date\(\)")
MAY = "queues.templatetags."  # writes moments as the page's zone has them


def test_whoever_has_a_clinic_asks_it_which_day_it_is() -> None:
    others = [(module, path) for module, path in modules() if not module.startswith(MAY)]
    assert [module for module, path in others if OTHERWISE.search(path.read_text())] == []


@pytest.mark.parametrize(
    "asks",
    [
        "timezone.localdate()",
        "now.astimezone(clinic.zone).date()",
        "timezone.now().astimezone(at.zone).date()",
        "date.today()",
    ],
)
def test_whoever_did_would_be_seen(asks: str) -> None:
    assert OTHERWISE.search(asks)
