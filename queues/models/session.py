from __future__ import annotations

from django.db import models

from queues.models.clinic import Clinic
from queues.models.counter import Counter
from queues.models.department import Department
from queues.models.doctor import Doctor
from queues.models.public_id import WithPublicId
from queues.models.schedule import ExtraSession, ScheduleRule


class Session(WithPublicId):
    """A doctor at work: from when to when, in which department and room, and how late they are."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="sessions")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="sessions")
    rule = models.ForeignKey(ScheduleRule, on_delete=models.SET_NULL, null=True, blank=True)
    extra = models.ForeignKey(ExtraSession, on_delete=models.SET_NULL, null=True, blank=True)
    by_hand = models.BooleanField(default=False)  # neither: set for this day alone
    room = models.ForeignKey(Counter, on_delete=models.SET_NULL, null=True, blank=True)
    day = models.DateField()  # of the clinic's zone
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    delay_minutes = models.PositiveSmallIntegerField(default=0)

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
