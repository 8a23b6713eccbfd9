from __future__ import annotations

import secrets
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from queues.models.public_id import WithPublicId
from queues.rules.service_day import begins, ends, service_day
from queues.rules.shifts import Terms

MIDNIGHT = 0


def default_languages() -> list[str]:
    return ["en"]


def new_epoch() -> str:
    return secrets.token_hex(8)


class Clinic(WithPublicId):
    """A site: its time zone, its languages, and the hour at which its service day turns."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    turns_at = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(23)])
    country = models.CharField(max_length=2, default="IN")  # how a phone without + is read
    languages = models.JSONField(default=default_languages)  # that its patients choose from
    spoken = models.JSONField(default=list, blank=True)  # on its walls; none: all of them
    elderly_from = models.PositiveSmallIntegerField(default=65)
    idle_hours = models.PositiveSmallIntegerField(default=2)  # before the clock closes what is left
    books_days_ahead = models.PositiveSmallIntegerField(default=28)  # slots are made that far
    check_in_minutes = models.PositiveSmallIntegerField(default=60)  # before, from the phone
    late_minutes = models.PositiveSmallIntegerField(default=15)  # later than this queue as walk-ins
    offer_minutes = models.PositiveSmallIntegerField(default=0)  # to answer; 0: booked at once
    # Of those who work here, once they are logged in (rules/shifts.py).
    log_in_idle_minutes = models.PositiveSmallIntegerField(default=60)
    log_in_hours = models.PositiveSmallIntegerField(default=12)
    second_factor_for_all = models.BooleanField(default=False)  # not of administrators alone
    # Machines that nobody let in: whether walls show what is public, and kiosks may be used.
    open_walls = models.BooleanField(default=False)
    open_kiosks = models.BooleanField(default=False)
    # Another one after each restore: whatever a screen was told before it may never have happened.
    epoch = models.CharField(max_length=16, default=new_epoch, editable=False)

    SETTINGS = (
        "name",
        "time_zone",
        "turns_at",
        "country",
        "languages",
        "spoken",
        "elderly_from",
        "idle_hours",
        "books_days_ahead",
        "check_in_minutes",
        "late_minutes",
        "offer_minutes",
        "log_in_idle_minutes",
        "log_in_hours",
        "second_factor_for_all",
        "open_walls",
        "open_kiosks",
    )

    OF_LOG_INS = frozenset({"log_in_idle_minutes", "log_in_hours", "second_factor_for_all"})

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def terms(self) -> Terms:
        """On which those who work here are logged in."""
        return Terms(self.log_in_idle_minutes, self.log_in_hours, self.second_factor_for_all)

    def on_its_clock(self, moment: datetime) -> str:
        """A moment as other systems read it: with the offset that its own clocks have then."""
        return moment.astimezone(self.zone).isoformat()

    def service_day(self, moment: datetime | None = None) -> date:
        """Which day it is for whoever works here."""
        return service_day(moment or timezone.now(), self.zone, self.turns_at)

    def span_of(self, day: date) -> tuple[datetime, datetime]:
        """From when to when this service day lasts."""
        return begins(day, self.zone, self.turns_at), ends(day, self.zone, self.turns_at)

    def calendar_day(self, moment: datetime | None = None) -> date:
        """What the calendar on the wall says: for dates that people read or type."""
        return service_day(moment or timezone.now(), self.zone, MIDNIGHT)

    def calendar_span(self, day: date) -> tuple[datetime, datetime]:
        return begins(day, self.zone, MIDNIGHT), ends(day, self.zone, MIDNIGHT)
