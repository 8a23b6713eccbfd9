"""The search finds what a child would find who looks at every slot; in pages of any size. And so
does the portal's page, which asks it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from queues.models import Clinic, Department, Doctor, Slot
from queues.rules.slots import TimeOfDay, time_of_day
from queues.screens import portal, search
from queues.screens.providers import Wanted
from queues.screens.search import Sought, entries
from queues.tests import agenda, cast

ZONES = {"main": "UTC", "east": "Asia/Kolkata", "apia": "Pacific/Apia", "west": "Pacific/Honolulu"}
SPECIALTIES = ["Eyes", "Skin"]
DAYS = 40  # more than the database is told of


@pytest.fixture
def house(db: None) -> list[Slot]:
    """Four clinics around the world, and slots at any hour of the next weeks, a third of them full."""
    chance = Random(7)
    for code, zone in ZONES.items():
        opd = cast.department(cast.clinic(code, zone), "OPD")
        for number in range(3):
            doctor = agenda.doctor(opd, f"Dr {code} {number}", SPECIALTIES[number % 2])
            _some_slots(doctor, opd, chance)
    return list(Slot.objects.select_related("clinic", "doctor").order_by("starts_at", "pk"))


def _some_slots(doctor: Doctor, opd: Department, chance: Random) -> None:
    """Now and then two doctors begin at the same moment."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for hours in chance.sample(range(-24, DAYS * 24), 40):
        (slot,) = agenda.slots(doctor, opd, hour + timedelta(hours=hours))
        if chance.random() < 1 / 3:
            Slot.objects.filter(pk=slot.pk).update(booked=1, is_free=False)


def by_looking(slots: Iterable[Slot], sought: Sought, now: datetime) -> list[int]:
    return [
        slot.pk for slot in slots if slot.is_free and slot.starts_at > now and _is(slot, sought)
    ]


def _is(slot: Slot, sought: Sought) -> bool:
    part = time_of_day(slot.starts_at, slot.clinic.zone)
    return all(
        [
            sought.clinic in (None, slot.clinic),
            sought.specialty.casefold() in ("", slot.specialty),
            sought.doctors is None or slot.doctor_id in sought.doctors,
            sought.first is None or sought.first <= slot.date,
            sought.last is None or slot.date <= sought.last,
            not sought.times_of_day or part in sought.times_of_day,
        ]
    )


def any_question(chance: Random, now: datetime) -> Sought:
    days = sorted(now.date() + timedelta(days=chance.randrange(-2, DAYS)) for _one in "ab")
    doctors = list(Doctor.objects.values_list("pk", flat=True))
    return Sought(
        clinic=chance.choice([None, None, *Clinic.objects.all()]),
        specialty=chance.choice(["", "", "EYES"]),
        doctors=chance.choice([None, None, frozenset(chance.sample(doctors, 5))]),
        first=chance.choice([None, days[0]]),
        last=chance.choice([None, days[1]]),
        times_of_day=tuple(chance.sample(list(TimeOfDay), chance.choice([0, 1, 1, 2]))),
    )


@pytest.mark.parametrize("size", [1, 3, 100])
@pytest.mark.parametrize("few", [0, 50])  # so that doctors are looked at here, or named
def test_any_question(
    house: list[Slot], monkeypatch: pytest.MonkeyPatch, size: int, few: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "MOST_AT_ONCE", 4 * size)
    chance, now = Random(few + size), timezone.now()
    found = 0
    for _question in range(40):
        sought = any_question(chance, now)
        expected = by_looking(house, sought, now)
        assert [entry.key for entry in entries(sought, now, size)] == expected, sought
        found += len(expected)
    assert found > 100, "most questions must find something"


def test_it_goes_on_behind_an_entry(house: list[Slot]) -> None:
    now = timezone.now()
    every = list(entries(Sought(), now, 10))
    assert list(entries(Sought(), now, 10, behind=every[20])) == every[21:]


def test_a_house_without_clinics(db: None) -> None:
    sought = Sought(first=timezone.now().date(), times_of_day=("morning",))
    assert list(entries(sought, timezone.now(), 10)) == []


@pytest.mark.parametrize("size", [1, 3, 40])
def test_the_portals_page(house: list[Slot], monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Whoever is free first first, each with the first times of the next two days."""
    monkeypatch.setattr(portal, "AT_ONCE", size)
    chance, now, known = Random(size), timezone.now(), list(Clinic.objects.all())
    for _question in range(20):
        sought = replace(any_question(chance, now), doctors=None)
        shown, has_more = portal.offers(Wanted(specialty=sought.specialty), sought, known, now)
        suiting = by_looking(house, sought, now)
        in_order = list(dict.fromkeys(slot.doctor for slot in house if slot.pk in suiting))
        assert {offer.doctor for offer in shown} == {*in_order[: portal.DOCTORS_SHOWN]}
        assert has_more == (len(in_order) > portal.DOCTORS_SHOWN)
        for offer in shown:
            theirs = [slot for slot in house if slot.doctor == offer.doctor and slot.pk in suiting]
            times = [time.public_id for day in offer.days for time in day.times]
            assert times == [slot.public_id for slot in _next_two_days(theirs)]
            assert offer.has_more == (len(times) < len(theirs))


def _next_two_days(slots: list[Slot]) -> list[Slot]:
    days = list(dict.fromkeys(slot.date for slot in slots))[: portal.DAYS_SHOWN]
    return [
        slot
        for day in days
        for slot in [one for one in slots if one.date == day][: portal.TIMES_SHOWN]
    ]


def test_pages_of_doctors_leave_nobody_out(house: list[Slot]) -> None:
    now, known = timezone.now(), list(Clinic.objects.all())
    pages = [portal.offers(Wanted(), Sought(), known, now, page) for page in (1, 2, 3)]
    assert [len(shown) for shown, _more in pages] == [8, 4, 0]
    assert [more for _shown, more in pages] == [True, False, False]
    assert len({offer.doctor for shown, _more in pages for offer in shown}) == 12
    assert portal.offers(Wanted(), Sought(), known, now, portal.PAGES + 1) == ([], False)


@pytest.mark.parametrize(("sought", "queries"), [(Sought(), 1), (Sought(specialty="eyes"), 1)])
def test_what_is_enough_is_one_query(house: list[Slot], sought: Sought, queries: int) -> None:
    with CaptureQueriesContext(connection) as seen:
        suiting = entries(sought, timezone.now(), 5)
        assert len([next(suiting) for _one in range(5)]) == 5
    assert len(seen) == queries


def test_times_of_day_that_nobody_has_are_few_queries(db: None) -> None:
    """However many slots there are at other times."""
    opd = cast.department(cast.clinic(), "OPD")
    doctor = agenda.doctor(opd)
    for day in range(30):
        agenda.slots(doctor, opd, agenda.tomorrow(opd.clinic, 8) + timedelta(days=day), 6)
    with CaptureQueriesContext(connection) as seen:
        assert list(entries(Sought(times_of_day=("evening",)), timezone.now(), 5)) == []
    assert len(seen) <= 6  # the clocks, three looks at the near days, and one beyond
