from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.models.public_id import WithPublicId
from queues.rules.rights import Role

LASTS = timedelta(days=7)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> InvitationQuerySet:
        return self.filter(used_at=None, withdrawn_at=None, created_at__gt=now - LASTS)


class Invitation(WithPublicId):
    """Somebody may come and work here: behind a link that is sent to them and used once."""

    email = models.EmailField()
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=8)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(  # nobody where a command did; without them it is nothing
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.role} {self.department or self.clinic}"

    @property
    def as_role(self) -> Role:
        return Role(self.role)

    @property
    def ends_at(self) -> datetime:
        return self.created_at + LASTS
