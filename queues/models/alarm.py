from __future__ import annotations

from django.conf import settings
from django.db import models

from queues.models.clinic import Clinic
from queues.models.public_id import WithPublicId


class Alarm(WithPublicId):
    """Somebody at a kiosk needs help now; every desk of the clinic shows it until one goes."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="alarms")
    raised_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    # True or NULL: however often the button is pressed, one alarm rings.
    rings = models.BooleanField(null=True, default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "rings"], name="one_alarm_rings_a_clinic"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
