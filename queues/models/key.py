from __future__ import annotations

from django.db import models
from django.utils import timezone

from queues.models import statements
from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.models.public_id import WithPublicId
from queues.rules.limits import Rate
from queues.rules.links import hashed
from queues.rules.rights import Actor, ActorKind, Grant, Role


class ApiKey(WithPublicId):
    """A door for another system: a kiosk, a desk, an administrator's script."""

    name = models.CharField(max_length=80)
    role = models.CharField(max_length=6)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    per_second = models.PositiveIntegerField(null=True, blank=True)  # none: as all keys
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of_holder(cls, secret: str) -> ApiKey | None:
        """The key that this secret belongs to, unless it was revoked."""
        return statements.found(cls, {"hash": hashed(secret), "revoked_at": None}, "clinic")

    @property
    def as_role(self) -> Role:
        return Role(self.role)

    @property
    def rate(self) -> Rate | None:
        return Rate(self.per_second, 1) if self.per_second else None

    def as_actor(self, origin: str = "api") -> Actor:
        grant = Grant(self.clinic_id, self.department_id, self.as_role)
        return Actor(ActorKind.KEY, self.public_id, (grant,), origin)
