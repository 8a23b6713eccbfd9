from __future__ import annotations

from django.conf import settings
from django.db import models

from queues.models.public_id import WithPublicId


class Doctor(WithPublicId):
    """Somebody a patient may wait for by name."""

    code = models.CharField(max_length=40, unique=True, null=True, blank=True)  # for other systems
    name = models.CharField(max_length=120)
    specialty = models.CharField(max_length=60, blank=True)
    languages = models.JSONField(default=list, blank=True)  # that they speak with patients
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    departments = models.ManyToManyField("queues.Department", related_name="doctors", blank=True)
    is_active = models.BooleanField(default=True)
    # Goes up with every change of their week, so that two changes at once see each other.
    week = models.PositiveIntegerField(default=0)

    SETTINGS = ("name", "specialty", "languages", "is_active")

    def __str__(self) -> str:
        return self.name
