"""What a doctor's week looks like, and the days on which it looks otherwise."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from queues.models.clinic import Clinic
from queues.models.counter import Counter
from queues.models.department import Department
from queues.models.doctor import Doctor
from queues.models.public_id import WithPublicId
from queues.rules.weeks import Absence, Work

RULE, EXTRA = "rule", "extra"  # what a session comes from


class WorkingTime(WithPublicId):
    """Hours in one department, how long a slot is, and how many it takes."""

    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Counter, on_delete=models.SET_NULL, null=True, blank=True)
    opens = models.TimeField()
    closes = models.TimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=15)
    capacity = models.PositiveSmallIntegerField(default=1)
    hard_limit = models.PositiveSmallIntegerField(default=1)

    HOURS = ("department", "room", "opens", "closes", "slot_minutes", "capacity", "hard_limit")

    class Meta:
        abstract = True

    def _as_work(
        self, kind: str, starts_on: date, ends_on: date | None, weekday: int | None
    ) -> Work:
        return Work(
            source=(kind, self.pk),
            zone=self.department.clinic.zone,
            clinic=self.department.clinic_id,
            department=self.department_id,
            room=self.room_id,
            opens=self.opens,
            closes=self.closes,
            slot_minutes=self.slot_minutes,
            capacity=self.capacity,
            hard_limit=self.hard_limit,
            starts_on=starts_on,
            ends_on=ends_on,
            weekday=weekday,
        )


class ScheduleRule(WorkingTime):
    """Every week on this weekday (Monday is 0), until it ends."""

    weekday = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # the last day on which it holds

    class Meta:
        ordering = ["doctor", "weekday", "opens"]
        indexes = [models.Index(fields=["doctor", "weekday"], name="rules_of_a_doctor")]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"

    def as_work(self) -> Work:
        return self._as_work(RULE, self.starts_on, self.ends_on, self.weekday)


class ExtraSession(WorkingTime):
    """A stretch of work on one day, besides the week's."""

    day = models.DateField()

    class Meta:
        ordering = ["doctor", "day", "opens"]
        indexes = [models.Index(fields=["doctor", "day"], name="extras_of_a_doctor")]

    def __str__(self) -> str:
        return f"{self.day} {self.opens}-{self.closes}"

    def as_work(self) -> Work:
        return self._as_work(EXTRA, self.day, self.day, None)


class LeaveQuerySet(models.QuerySet["Leave"]):
    def at(self, clinic: Clinic) -> LeaveQuerySet:
        """What takes time there."""
        return self.filter(Q(clinic=None) | Q(clinic=clinic))


class Leave(WithPublicId):
    """Days, or hours of a day, on which the doctor does not work."""

    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="leaves")
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # none: wherever they work
    starts_on = models.DateField()
    ends_on = models.DateField()
    opens = models.TimeField(null=True, blank=True)  # both or none: from then until then
    closes = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)  # for staff

    objects = LeaveQuerySet.as_manager()

    class Meta:
        ordering = ["doctor", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=models.F("ends_on")), name="leave_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"

    def as_absence(self) -> Absence:
        return Absence(self.starts_on, self.ends_on, self.opens, self.closes, self.clinic_id)
