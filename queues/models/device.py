from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.models.public_id import WithPublicId
from queues.rules.links import hashed
from queues.rules.pairing import ASKS_FOR
from queues.rules.rights import Grant, Role

ALIVE = timedelta(minutes=2)  # since somebody heard of it


class Stage(StrEnum):
    """How far the browser that asked has come."""

    ASKING = "asking"
    APPROVED = "approved"  # and to come for its secret
    OVER = "over"


class DeviceQuerySet(models.QuerySet["Device"]):
    def asking(self) -> DeviceQuerySet:
        """Screens that show a code to whoever may let them in."""
        return self.filter(approved_at=None, asks_until__gt=timezone.now())

    def let_in(self) -> DeviceQuerySet:
        return self.filter(approved_at__isnull=False, revoked_at=None)

    def newest_first(self) -> DeviceQuerySet:
        """Those that were sent away at the end."""
        return self.order_by(F("revoked_at").desc(nulls_first=True), "kind", "name", "pk")


class Device(WithPublicId):
    """A kiosk or a wall. First its screen shows a code; once somebody lets it in, for a clinic and
    departments, it collects a secret, and shows that from then on until it is sent away."""

    class Kind(models.TextChoices):
        KIOSK = "kiosk", _("Kiosk")
        WALL = "wall", _("Wall")

    kind = models.CharField(max_length=5, choices=Kind)
    name = models.CharField(max_length=80, blank=True)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, related_name="devices")
    departments = models.ManyToManyField(Department, related_name="devices")

    code = models.CharField(max_length=8, unique=True, null=True)  # noqa: DJ001 - none: it asks no longer
    asked_at = models.DateTimeField(default=timezone.now)
    asks_until = models.DateTimeField()
    asked_from = models.CharField(max_length=45)  # the network address, for whoever approves
    asker = models.CharField(max_length=64, unique=True)  # hash of what the asking browser holds
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - none: not collected
    revoked_at = models.DateTimeField(null=True)

    last_contact = models.DateTimeField(null=True)
    version = models.CharField(max_length=20, blank=True)  # of NextPatient, that it shows

    objects = DeviceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or self.get_kind_display()

    @classmethod
    def of_holder(cls, secret: str, kind: Kind) -> Device | None:
        """The device that this secret belongs to, unless it was sent away."""
        known = cls.objects.let_in().select_related("clinic")
        return known.filter(hash=hashed(secret), kind=kind).first()

    @classmethod
    def of_asker(cls, secret: str, kind: Kind) -> Device | None:
        """What this browser asked to be let in as."""
        return cls.objects.filter(asker=hashed(secret), kind=kind).first()

    @property
    def stage(self) -> Stage:
        now = timezone.now()
        if self.approved_at is None:
            return Stage.ASKING if now < self.asks_until else Stage.OVER
        is_in_time = now < self.approved_at + ASKS_FOR
        waits = self.hash is None and self.revoked_at is None and is_in_time
        return Stage.APPROVED if waits else Stage.OVER

    @property
    def is_alive(self) -> bool:
        return bool(self.last_contact and timezone.now() - self.last_contact < ALIVE)

    def grants(self) -> tuple[Grant, ...]:
        """A kiosk works in its departments alone; a wall only shows, and may do nothing."""
        if self.kind != self.Kind.KIOSK:
            return ()
        places = self.departments.values_list("clinic_id", "pk")
        return tuple(Grant(clinic, department, Role.KIOSK) for clinic, department in places)
