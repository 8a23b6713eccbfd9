from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from queues.models import statements
from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.models.public_id import WithPublicId
from queues.rules.rights import PEOPLE_ROLES, Actor, ActorKind, Grant, Role
from queues.rules.shifts import Asked, Terms, tightest


class OwnEmailField(models.EmailField):  # type: ignore[type-arg]
    """An address is one person's, however it is written. Several may have none: that is NULL, since
    a unique key lets it repeat, and not every database knows one with a condition."""

    def get_prep_value(self, value: object) -> str | None:
        written = super().get_prep_value(value)
        return written.lower() if written else None


class User(AbstractUser, WithPublicId):
    """Somebody who works here."""

    email = OwnEmailField(_("e-mail"), unique=True, null=True, blank=True)
    # Another one each time their screens are sent away: what was shown before opens no socket.
    pass_series = models.PositiveIntegerField(default=0, editable=False)

    @classmethod
    def called(cls, typed: str) -> User | None:
        """Whom somebody means who logs in."""
        by_name = models.Q(username__iexact=typed)
        return cls.objects.filter(by_name | models.Q(email=typed)).first() if typed else None

    @property
    def shown_name(self) -> str:
        """As colleagues know them."""
        return self.get_full_name() or self.username

    def terms(self) -> Terms:
        """On which they are logged in: the strictest of all clinics where they work."""
        if self.is_superuser:
            found, is_admin = list(Clinic.objects.all()), True
        else:
            members = list(self.memberships.select_related("clinic"))
            found = [member.clinic for member in members]
            is_admin = any(member.role == Role.ADMIN for member in members)
        terms = tightest(clinic.terms for clinic in found)
        asked = Asked(settings.SECOND_FACTOR)
        of_them = asked is Asked.ALL or is_admin or terms.asks_second
        return replace(terms, asks_second=asked is not Asked.OFF and of_them)

    def as_actor(self, origin: str = "desk") -> Actor:
        """Who acts when this user does; a superuser is the administrator of every clinic."""
        if self.is_superuser:
            grants = [Grant(clinic.pk, None, Role.ADMIN) for clinic in Clinic.objects.all()]
        else:
            grants = [
                Grant(member.clinic_id, member.department_id, Role(member.role))
                for member in statements.every(Membership, {"user": self})
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

    @property
    def as_role(self) -> Role:
        return Role(self.role)

    def clean(self) -> None:
        if self.department and self.department.clinic_id != self.clinic_id:
            raise ValidationError({"department": _("This is not a department of the clinic.")})
