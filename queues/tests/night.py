"""A night at the doctor's: their work begins on one day and ends on the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from queues.actions import schedule
from queues.actions.rearranging import rearrange
from queues.journal import Entry
from queues.models import (
    Appointment,
    Clinic,
    Counter,
    Department,
    Doctor,
    ExtraSession,
    Patient,
    Slot,
)
from queues.rules.rights import SYSTEM
from queues.rules.weeks import DAY
from queues.tests import agenda, cast

NOON = 12
Strike = Callable[[datetime], None]  # from here on it is that late


@dataclass(frozen=True)
class Night:
    """Hours past midnight, at a clinic somewhere whose service day turns at some hour."""

    zone: str
    turns_at: int
    opens: time
    closes: time
    day: date = date(2026, 6, 4)  # on which it begins

    def __str__(self) -> str:
        return f"{self.zone} turns at {self.turns_at} on {self.day}"

    def at(self, hour: int, minute: int = 0) -> datetime:
        """What the clocks there show in this night: before noon it is the next day's."""
        day = self.day if hour >= NOON else self.day + DAY
        return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(self.zone))

    @property
    def is_still_today(self) -> bool:
        """Whether the service day lasts until the doctor is done."""
        return self.turns_at > 0

    @property
    def service_day(self) -> date:
        """What it is at half past midnight."""
        return self.day if self.is_still_today else self.day + DAY


EVENING, WHOLE_NIGHT = (time(20), time(2)), (time(22), time(6))
NIGHTS = [
    Night("Asia/Kolkata", 4, *EVENING),
    Night("Asia/Kolkata", 0, *WHOLE_NIGHT),
    Night("America/New_York", 4, *EVENING),
    Night("America/New_York", 0, *WHOLE_NIGHT),
    Night("America/New_York", 0, *WHOLE_NIGHT, date(2026, 10, 31)),  # the clocks go back in it
]


def clinic(night: Night) -> Clinic:
    found = cast.clinic(time_zone=night.zone)
    Clinic.objects.filter(pk=found.pk).update(turns_at=night.turns_at)
    return Clinic.objects.get(pk=found.pk)


def doctor(night: Night, department: Department) -> Doctor:
    """At work this night, the one before and the one after, in half hours for one patient each:
    written down at once, since many tests begin with it."""
    rao = agenda.doctor(department)

    def three_nights() -> list[Entry]:
        for days in (-1, 0, 1):
            hours(rao, department, night.day + days * DAY, night.opens, night.closes).save()
        return []

    rearrange(rao, three_nights, None, by=SYSTEM)
    return rao


def works(who: Doctor, department: Department, day: date, opens: time, closes: time) -> None:
    """Hours of one day; what was over when they were written down has no slots."""
    schedule.add(hours(who, department, day, opens, closes), by=SYSTEM, at=department.clinic)


def hours(
    who: Doctor, department: Department, day: date, opens: time, closes: time
) -> ExtraSession:
    return ExtraSession(
        doctor=who,
        department=department,
        day=day,
        opens=opens,
        closes=closes,
        slot_minutes=30,
        capacity=1,
        hard_limit=1,
    )


def slot(who: Doctor, starts_at: datetime) -> Slot:
    known = Slot.objects.select_related("session__department__clinic", "doctor")
    return known.get(doctor=who, starts_at=starts_at)


def room(who: Doctor) -> Counter:
    """The one that they got with their hours."""
    return Counter.objects.select_related("department__clinic").get(doctor=who)


def booked(who: Doctor, starts_at: datetime, patient: Patient | None) -> Appointment:
    return agenda.booked(slot(who, starts_at), patient).appointment


def fill(who: Doctor, day: date, until: datetime | None = None) -> None:
    """Nobody else fits into what is left of the list of that day; or not until then."""
    taken = Slot.objects.not_over(timezone.now()).filter(doctor=who, day=day)
    if until:
        taken = taken.filter(starts_at__lte=until)
    for one in taken.select_related("session__department__clinic", "doctor"):
        agenda.full(one)
