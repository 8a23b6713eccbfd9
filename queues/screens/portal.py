"""Doctors and their next free times, as a patient looks for them; and what a patient has booked.

What is free, and of whom, is found as for the API. Always the same few questions to the database,
however many doctors and slots there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from queues.models import Appointment, Clinic, Doctor, Patient, Slot, WaitlistEntry
from queues.rules.appointments import ACTIVE, Stage
from queues.screens import days
from queues.screens.availability import Place, of_these
from queues.screens.providers import Wanted, doctors
from queues.screens.search import Entry, Sought, entries

DOCTORS_SHOWN, PAGES = 8, 50  # on a page; whoever leafs so far had better say what they look for
DAYS_SHOWN, TIMES_SHOWN = 2, 6  # of each doctor, and of each of these days
ON_A_PAGE = 60  # times of one doctor
AT_ONCE = 40  # entries of the index, for each doctor
PAST_SHOWN = 5
TOO_LATE = timedelta(hours=12)  # until then somebody may still come, or still be here
DaysOf = dict[tuple[date, int], list[int]]  # keys of free slots, by day and clinic


@dataclass(frozen=True)
class Time:
    public_id: UUID  # of the slot
    clock: str


@dataclass(frozen=True)
class Day:
    """The free times of a day at one clinic."""

    date: date
    near: str  # today, tomorrow
    text: str
    clinic: str
    times: list[Time]


@dataclass(frozen=True)
class Offer:
    """A doctor and when they are free next."""

    doctor: Doctor
    speaks: list[str]
    days: list[Day]
    has_more: bool


@dataclass(frozen=True)
class Page:
    """A stretch of one doctor's free times; `later` is the day on which the next one begins."""

    days: list[Day]
    later: date | None


def offers(
    wanted: Wanted, sought: Sought, clinics: Iterable[Clinic], now: datetime, page: int = 1
) -> tuple[list[Offer], bool]:
    """A page of doctors, whoever is free first first, and whether there are more."""
    begins, ends = (page - 1) * DOCTORS_SHOWN, page * DOCTORS_SHOWN
    in_order = _free_first(wanted, sought, now, ends + 1) if page <= PAGES else []
    shown = frozenset(in_order[begins:ends])
    found = _next_days(replace(sought, doctors=shown), clinics, now)
    places: dict[int, list[Place]] = defaultdict(list)
    for place in of_these([key for theirs in found.values() for key in _shown(theirs)]):
        places[place.doctor_key].append(place)
    by_time = sorted(
        Doctor.objects.filter(pk__in=places),
        key=lambda doctor: (places[doctor.pk][0].starts_at, doctor.name),
    )
    made = [_offer(doctor, found[doctor.pk], places[doctor.pk], now) for doctor in by_time]
    return made, len(in_order) > ends


def times_of(
    doctor: Doctor, now: datetime, *, from_day: date | None = None, but: Slot | None = None
) -> Page:
    """One doctor's free times from that day on, whole days at a time."""
    sought = Sought(doctors=frozenset({doctor.pk}), first=from_day)
    keys = (entry.key for entry in entries(sought, now, ON_A_PAGE + 2))
    others = (key for key in keys if but is None or key != but.pk)
    found = of_these(list(islice(others, ON_A_PAGE + 1)))
    later = None
    if len(found) > ON_A_PAGE:
        cut = found[-1].date
        whole = [place for place in found if place.date < cut]
        found, later = (whole, cut) if whole else (found, cut + timedelta(days=1))
    return Page(_days(found, now), later)


def of_patient(patient: Patient, now: datetime) -> dict[str, Any]:
    """What is ahead of them, what they wait for, and what was."""
    theirs = Q(patient=patient) | Q(patient__merged_into=patient)
    booked = Appointment.objects.filter(theirs).select_related("doctor", "clinic")
    is_ahead = Q(status=Stage.DISPLACED) | Q(status__in=ACTIVE, ends_at__gt=now - TOO_LATE)
    ahead = booked.filter(is_ahead).order_by("starts_at")
    past = booked.exclude(is_ahead).order_by("-starts_at")
    waits = WaitlistEntry.objects.filter(
        theirs,
        at_head=False,  # who lost their place finds it among their appointments
        status__in=(WaitlistEntry.Status.WAITING, WaitlistEntry.Status.OFFERED),
    ).select_related("doctor", "clinic", "slot__doctor")
    return {
        "ahead": [_booked(one) for one in ahead],
        "past": [_booked(one) for one in past[:PAST_SHOWN]],
        "waits": list(waits.order_by("joined_at")),
    }


def _booked(appointment: Appointment) -> dict[str, Any]:
    zone = appointment.clinic.zone
    return {
        "appointment": appointment,
        "doctor": appointment.doctor,
        "clinic": appointment.clinic,
        "day": days.in_full(appointment.date),
        "clock": days.clock_at(appointment.starts_at, zone),
        "has_place": appointment.status != Stage.DISPLACED,
    }


def _free_first(wanted: Wanted, sought: Sought, now: datetime, most: int) -> list[int]:
    """So many of the doctors who are wanted, by their first free place; or all who have one."""
    at_once, last, found = AT_ONCE + most, None, dict[int, None]()
    to_go = frozenset(doctors(wanted).values_list("pk", flat=True))
    while to_go and len(found) < most:
        some = _some(replace(sought, doctors=to_go), now, at_once, last)
        found |= dict.fromkeys(entry.doctor for entry in some)
        if len(some) < at_once:
            break
        last, to_go = some[-1], to_go - found.keys()
    return list(found)[:most]


def _next_days(sought: Sought, clinics: Iterable[Clinic], now: datetime) -> dict[int, DaysOf]:
    """Of each of these doctors the days that are shown, whole, and the beginning of one more."""
    known = {clinic.pk: clinic for clinic in clinics}
    last, found = None, {key: DaysOf() for key in sought.doctors or ()}
    to_go = frozenset(found)
    while to_go:
        at_once = AT_ONCE * len(to_go)
        some = _some(replace(sought, doctors=to_go), now, at_once, last)
        for entry in some:
            if clinic := known.get(entry.clinic):  # none, if it was founded a moment ago
                day = clinic.calendar_day(entry.starts_at)
                found[entry.doctor].setdefault((day, entry.clinic), []).append(entry.key)
        if len(some) < at_once:
            break
        last, to_go = some[-1], frozenset(key for key in to_go if len(found[key]) <= DAYS_SHOWN)
    return found


def _some(sought: Sought, now: datetime, count: int, behind: Entry | None) -> list[Entry]:
    return list(islice(entries(sought, now, count, behind=behind), count))


def _shown(found: DaysOf) -> list[int]:
    return [key for keys in list(found.values())[:DAYS_SHOWN] for key in keys[:TIMES_SHOWN]]


def _offer(doctor: Doctor, found: DaysOf, places: list[Place], now: datetime) -> Offer:
    names = dict(settings.LANGUAGES)
    speaks = [names[code] for code in doctor.languages if code in names]
    has_more = sum(map(len, found.values())) > len(_shown(found))
    return Offer(doctor, speaks, _days(places, now), has_more)


def _days(places: Iterable[Place], now: datetime) -> list[Day]:
    shown: dict[tuple[date, str], Day] = {}
    for place in places:
        zone, known = place.zone, (place.date, place.clinic)
        if known not in shown:
            near = days.near(place.date, now.astimezone(zone).date())
            text = days.in_short(place.date)
            shown[known] = Day(place.date, near, text, place.clinic_name, [])
        time = Time(place.slot_id, days.clock_at(place.starts_at, zone))
        shown[known].times.append(time)
    return list(shown.values())
