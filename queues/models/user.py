from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.models.public_id import WithPublicId
from queues.rules.rights import PEOPLE_ROLES, Actor, ActorKind, Grant, Role


class User(AbstractUser, WithPublicId):
    """Somebody who works here."""

    email = models.EmailField(_("e-mail"), unique=True)
    # Another one each time their screens are sent away: what was shown before opens no socket.
    pass_series = models.PositiveIntegerField(default=0, editable=False)

    @property
    def shown_name(self) -> str:
        """As colleagues know them."""
        return self.get_full_name() or self.username

    def as_actor(self, origin: str = "desk") -> Actor:
        """Who acts when this user does; a superuser is the administrator of every clinic."""
        if self.is_superuser:
            grants = [Grant(clinic.pk, None, Role.ADMIN) for clinic in Clinic.objects.all()]
        else:
            grants = [
                Grant(member.clinic_id, member.department_id, Role(member.role))
                for member in self.memberships.all()
            ]
        return Actor(ActorKind.USER, self.public_id, tuple(grants), origin)


class Membership(models.Model):
    """What a user is, at one clinic, in one department or in all."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True)
    role = models.CharField(
        max_length=8, choices=[(role.value, role.title()) for role in PEOPLE_ROLES]
    )

    def __str__(self) -> str:
        return f"{self.role} {self.department or self.clinic}"

    def clean(self) -> None:
        if self.department and self.department.clinic_id != self.clinic_id:
            raise ValidationError({"department": _("This is not a department of the clinic.")})
