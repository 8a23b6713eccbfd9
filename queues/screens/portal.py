"""Doctors and their next free times, as a patient looks for them; and what a patient has booked.

Always the same few questions to the database, however many doctors and slots there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField, Window
from django.db.models.functions import Cast, DenseRank, RowNumber

from queues.models import Appointment, Clinic, Doctor, Patient, Slot, WaitlistEntry
from queues.models.slot import SlotQuerySet
from queues.rules.appointments import ACTIVE, Stage
from queues.rules.slots import FIVE, NOON, TimeOfDay, span
from queues.screens import days

DOCTORS_SHOWN = 8  # a page
DAYS_SHOWN, TIMES_SHOWN = 2, 6  # of each doctor, and of each of these days
ON_A_PAGE = 60  # times of one doctor
PAST_SHOWN = 5
TOO_LATE = timedelta(hours=12)  # until then somebody may still come, or still be here
MIDNIGHT = time(0)
HOURS = {
    TimeOfDay.MORNING: (MIDNIGHT, NOON),
    TimeOfDay.AFTERNOON: (NOON, FIVE),
    TimeOfDay.EVENING: (FIVE, MIDNIGHT),
}


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is empty is left to us."""

    clinic: Clinic | None = None
    specialty: str = ""
    doctor: str = ""  # words of the name
    speaks: str = ""
    day: date | None = None
    time_of_day: str = ""


@dataclass(frozen=True)
class Time:
    slot: Slot
    clock: str


@dataclass(frozen=True)
class Day:
    """The free times of a day at one clinic."""

    date: date
    near: str  # today, tomorrow
    text: str
    clinic: Clinic
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


def specialties() -> list[str]:
    known = Doctor.objects.filter(is_active=True).exclude(specialty="")
    return sorted(known.order_by().values_list("specialty", flat=True).distinct())


def offers(
    wanted: Wanted, clinics: Sequence[Clinic], now: datetime, page: int = 1
) -> tuple[list[Offer], bool]:
    """A page of doctors, whoever is free first first, and whether there are more."""
    free = _free(wanted, clinics, now)
    first = free.filter(doctor=OuterRef("pk")).order_by("starts_at").values("starts_at")[:1]
    begin = (page - 1) * DOCTORS_SHOWN
    found = list(
        _doctors(wanted)
        .annotate(free_first=Subquery(first))
        .filter(free_first__isnull=False)
        .order_by("free_first", "name", "pk")[begin : begin + DOCTORS_SHOWN + 1]
    )
    shown = found[:DOCTORS_SHOWN]
    next_ones = free.filter(doctor__in=[doctor.pk for doctor in shown]).annotate(
        nth_day=Window(DenseRank(), partition_by=[F("doctor")], order_by=[F("day")]),
        nth=Window(RowNumber(), partition_by=[F("doctor"), F("day")], order_by=[F("starts_at")]),
    )
    theirs: dict[int, list[Slot]] = defaultdict(list)
    nearest = next_ones.filter(nth_day__lte=DAYS_SHOWN + 1, nth__lte=TIMES_SHOWN + 1)
    for slot in nearest.order_by("starts_at"):
        theirs[slot.doctor_id].append(slot)
    return [
        _offer(doctor, theirs[doctor.pk], clinics, now) for doctor in shown if theirs[doctor.pk]
    ], len(found) > DOCTORS_SHOWN


def times_of(
    doctor: Doctor,
    clinics: Sequence[Clinic],
    now: datetime,
    *,
    from_day: date | None = None,
    but: Slot | None = None,
) -> Page:
    """One doctor's free times from that day on, whole days at a time."""
    free = Slot.objects.free(now).filter(doctor=doctor)
    if from_day:
        free = free.filter(day__gte=from_day)
    if but:
        free = free.exclude(pk=but.pk)
    found = list(free.soonest_first()[: ON_A_PAGE + 1])
    later = None
    if len(found) > ON_A_PAGE:
        cut = found[-1].day
        whole = [slot for slot in found if slot.day < cut]
        found, later = (whole, cut) if whole else (found, cut + timedelta(days=1))
    return Page(_days(found, clinics, now), later)


def of_patient(patient: Patient, clinics: Sequence[Clinic], now: datetime) -> dict[str, Any]:
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


def _doctors(wanted: Wanted) -> QuerySet[Doctor]:
    found = Doctor.objects.filter(is_active=True)
    if wanted.specialty:
        found = found.filter(specialty=wanted.specialty)
    for word in wanted.doctor.split():
        found = found.filter(name__icontains=word)
    if wanted.speaks:  # a list in a JSON column, which not every engine can look into
        spoken = found.annotate(spoken=Cast("languages", TextField()))
        found = spoken.filter(spoken__contains=f'"{wanted.speaks}"')
    return found


def _free(wanted: Wanted, clinics: Sequence[Clinic], now: datetime) -> SlotQuerySet:
    """The free slots that they ask for."""
    free = Slot.objects.free(now)
    if wanted.clinic:
        free = free.filter(clinic=wanted.clinic)
    if wanted.day:
        free = free.filter(day=wanted.day)
    if wanted.time_of_day:
        here = [wanted.clinic] if wanted.clinic else clinics
        free = free.filter(_at_that_time(TimeOfDay(wanted.time_of_day), wanted.day, here, now))
    return free


def _at_that_time(
    time_of_day: TimeOfDay, day: date | None, clinics: Iterable[Clinic], now: datetime
) -> Q:
    """Mornings, say, as stretches of time: each zone has its own, and no engine has to know it."""
    by_zone: Mapping[ZoneInfo, list[Clinic]] = defaultdict(list)
    for clinic in clinics:
        by_zone[clinic.zone].append(clinic)
    asked = Q(pk__in=[])
    for zone, there in by_zone.items():
        today = now.astimezone(zone).date()
        ahead = max(clinic.books_days_ahead for clinic in there) + 1
        dates = [day] if day else [today + timedelta(days=i) for i in range(ahead)]
        hours = Q()
        for one in dates:
            starts, ends = span(one, *HOURS[time_of_day], zone)
            hours |= Q(starts_at__gte=starts, starts_at__lt=ends)
        asked |= Q(clinic__in=[clinic.pk for clinic in there]) & hours
    return asked


def _offer(doctor: Doctor, slots: list[Slot], clinics: Sequence[Clinic], now: datetime) -> Offer:
    names = dict(settings.LANGUAGES)
    speaks = [names[code] for code in doctor.languages if code in names]
    found = _days(slots, clinics, now)
    shown = [replace(day, times=day.times[:TIMES_SHOWN]) for day in found[:DAYS_SHOWN]]
    return Offer(doctor, speaks, shown, shown != found)


def _days(slots: Iterable[Slot], clinics: Sequence[Clinic], now: datetime) -> list[Day]:
    known = {clinic.pk: clinic for clinic in clinics}
    slots = list(slots)
    for slot in slots:
        slot.clinic = known[slot.clinic_id]
    shown = []
    for (day, clinic_id), theirs in groupby(slots, key=lambda slot: (slot.date, slot.clinic_id)):
        clinic = known[clinic_id]
        today = clinic.calendar_day(now)
        times = [Time(slot, days.clock_at(slot.starts_at, clinic.zone)) for slot in theirs]
        shown.append(Day(day, days.near(day, today), days.in_short(day), clinic, times))
    return shown
