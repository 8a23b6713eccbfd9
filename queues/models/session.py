from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import models

from queues.models.clinic import Clinic
from queues.models.counter import Counter
from queues.models.department import Department
from queues.models.doctor import Doctor
from queues.models.public_id import WithPublicId
from queues.models.schedule import ExtraSession, ScheduleRule
from queues.rules.weeks import DAY


class SessionQuerySet(models.QuerySet["Session"]):
    def of_day(self, clinic: Clinic, day: date, now: datetime) -> list[Session]:
        """Whatever begins on this service day; and, while it is today, what still goes on from
        the day before."""
        begins, ends = clinic.span_of(day)
        near = self.filter(clinic=clinic, day__range=(day - 2 * DAY, day + DAY), starts_at__lt=ends)
        known = near.select_related("department__clinic", "room").order_by("starts_at")
        return [one for one in known if one.starts_at >= begins or begins <= now < one.closes_at]

    def today(self, clinic: Clinic, now: datetime) -> list[Session]:
        return self.of_day(clinic, clinic.service_day(now), now)

    def day_of_work(self, clinic: Clinic, now: datetime) -> date:
        """Of one doctor: the day of the list that they work on now, or next; a night's list stays
        until the night is over. Without hours: today."""
        session = now_or_next(self.today(clinic, now), now)
        return session.day if session else clinic.service_day(now)

    def next_day_of_work(self, clinic: Clinic, now: datetime) -> date:
        """The same; where they have no hours today, of the next day on which they do."""
        if not self.today(clinic, now):
            ahead = self.filter(clinic=clinic, starts_at__gt=now).order_by("starts_at").first()
            if ahead:
                return ahead.day
        return self.day_of_work(clinic, now)


class Session(WithPublicId):
    """A doctor at work: from when to when, in which department and room, and how late they are.

    `day` is that of the calendar at the clinic when the work begins, and names the doctor's list:
    a night is one list, with one row of numbers. Which of them is at work now is never asked of
    `day`, but of moments: `SessionQuerySet.today` and `day_of_work`.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="sessions")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="sessions")
    rule = models.ForeignKey(ScheduleRule, on_delete=models.SET_NULL, null=True, blank=True)
    extra = models.ForeignKey(ExtraSession, on_delete=models.SET_NULL, null=True, blank=True)
    by_hand = models.BooleanField(default=False)  # neither: set for this day alone
    room = models.ForeignKey(Counter, on_delete=models.SET_NULL, null=True, blank=True)
    day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    delay_minutes = models.PositiveSmallIntegerField(default=0)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "starts_at"], name="one_session_a_doctor_and_time"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "day"], name="sessions_of_a_day"),
            models.Index(fields=["doctor", "day"], name="sessions_of_a_doctor"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def closes_at(self) -> datetime:
        """When the doctor will be done, late as they are."""
        return self.ends_at + timedelta(minutes=self.delay_minutes)

    def goes_on(self, now: datetime) -> bool:
        return self.starts_at <= now < self.closes_at


def now_or_next(sessions: Iterable[Session], now: datetime) -> Session | None:
    """The one that goes on, late as it may be; else the next."""
    return next((one for one in sessions if one.closes_at > now), None)
