from __future__ import annotations

from django.db import models

from queues.models.appointment import Appointment
from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.models.doctor import Doctor
from queues.models.patient import Patient
from queues.models.public_id import WithPublicId
from queues.models.token import Token


class Consultation(WithPublicId):
    """What was found and what was said; once it is completed only an addendum changes it."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        COMPLETED = "completed"

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="consultations")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consultations")
    # One for each appointment; or for each number in the queue, of somebody who walked in.
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, null=True)
    token = models.OneToOneField(Token, on_delete=models.PROTECT, null=True)

    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    complaint = models.TextField(max_length=4000, blank=True)
    notes = models.TextField(max_length=20000, blank=True)
    diagnosis = models.TextField(max_length=4000, blank=True)
    advice = models.TextField(max_length=4000, blank=True)
    prescription = models.JSONField(default=list, blank=True)  # [{medicine, dose, when, days}, …]
    follow_up_days = models.PositiveSmallIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    WRITTEN = ("complaint", "notes", "diagnosis", "advice", "prescription", "follow_up_days")

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["patient", "started_at"], name="consultations_of_a_patient"),
            models.Index(fields=["doctor", "started_at"], name="consultations_of_a_doctor"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Addendum(models.Model):
    """What was found to be missing or wrong afterwards; the consultation itself stays as it was."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(max_length=4000)
    written_by = models.UUIDField(null=True)
    written_by_name = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return f"to {self.consultation}"
