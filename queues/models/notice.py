from __future__ import annotations

from django.db import models

from queues.models.appointment import Appointment
from queues.models.clinic import Clinic
from queues.models.patient import Patient
from queues.models.public_id import WithPublicId
from queues.models.waitlist import WaitlistEntry


class Notice(WithPublicId):
    """The outbox: what a patient is to be told. Whoever sends it makes the words from these facts,
    so no personal value is kept in it."""

    class About(models.TextChoices):
        BOOKED = "booked"
        MOVED = "moved"  # by themselves or by staff
        CANCELLED = "cancelled"
        DISPLACED = "displaced"  # somebody more urgent needed the place; `to` is the new one
        ON_WAITLIST = "on_waitlist"  # and none was free
        OFFERED = "offered"
        OFFER_WITHDRAWN = "withdrawn"  # before they answered; they keep their turn
        DOCTOR_LATE = "doctor_late"

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, related_name="notices"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, related_name="notices"
    )
    entry = models.ForeignKey(
        WaitlistEntry, on_delete=models.PROTECT, null=True, related_name="notices"
    )
    about = models.CharField(max_length=11, choices=About)
    facts = models.JSONField(default=dict)  # times and minutes
    language = models.CharField(max_length=10, blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["sent_at", "made_at"], name="notices_to_send")]

    def __str__(self) -> str:
        return f"{self.about} {self.public_id}"
