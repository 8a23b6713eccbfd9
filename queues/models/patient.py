from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import and_
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from queues.models import statements
from queues.models.clinic import Clinic
from queues.models.public_id import WithPublicId
from queues.rules.people import Gender, age_of


class PatientQuerySet(models.QuerySet["Patient"]):
    def current(self) -> PatientQuerySet:
        """Without the records that were merged into another, and those that were anonymised."""
        return self.filter(merged_into=None, anonymised_at=None)

    def now(self) -> list[Patient]:
        return those_who_stayed(self.select_related("merged_into").order_by("pk"))

    def matching(self, text: str) -> PatientQuerySet:
        """Search as a desk types it: a number, a phone or a part of a name."""
        digits = "".join(character for character in text if character.isdigit()).lstrip("0")
        in_any_order = (Q(name__says=word) for word in text.split())
        merged = self.model.objects.filter(number__iexact=text, merged_into__isnull=False)
        found = Q(number__iexact=text) | Q(pk__in=merged.values("merged_into"))
        found |= reduce(and_, in_any_order, Q())
        if len(digits) >= 4:
            found |= Q(phone__contains=digits)
        return self.filter(found)


class Patient(WithPublicId):
    """The person, as far as the hospital knows them."""

    number = models.CharField(max_length=12, unique=True)  # on their card
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=16, blank=True, db_index=True)  # E.164
    birth_date = models.DateField(null=True, blank=True)
    birth_year = models.SmallIntegerField(null=True, blank=True)  # from the age, give or take one
    age_when_registered = models.PositiveSmallIntegerField(null=True, blank=True)
    registered_on = models.DateField()
    registered_at = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    gender = models.CharField(max_length=7, default=Gender.UNKNOWN)
    address = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_identified = models.BooleanField(default=True)  # else the name is a description
    may_be_duplicate = models.BooleanField(default=False)  # for staff to look at
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    created_at = models.DateTimeField(default=timezone.now)
    anonymised_at = models.DateTimeField(null=True, blank=True)  # since then it is nobody's

    objects = PatientQuerySet.as_manager()

    def __str__(self) -> str:
        return self.number  # a name would end up in logs

    @classmethod
    def about_of_age(cls, phone: str, birth_year: int) -> list[Patient]:
        """All with this phone who were born in that year, give or take one."""
        years = frozenset({birth_year - 1, birth_year, birth_year + 1})
        found = statements.every(cls, {"phone": phone, "birth_year": years}, "merged_into")
        return sorted(found, key=lambda patient: patient.pk)

    @classmethod
    def known_by(cls, phone: str, birth_year: int) -> list[Patient]:
        """Who this may be: families share phones, and an age is a birth year give or take one."""
        found = cls.about_of_age(phone, birth_year)
        return those_who_stayed(
            one for one in found if one.birth_date is None or one.birth_year == birth_year
        )

    def age(self, today: date) -> int | None:
        return age_of(self.birth_date, self.age_when_registered, self.registered_on, today)

    # What a correction may change.
    RECORD = (
        "name",
        "phone",
        "birth_date",
        "birth_year",
        "age_when_registered",
        "gender",
        "address",
        "language",
        "is_active",
        "is_identified",
    )

    def record(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in self.RECORD}


def those_who_stayed(found: Iterable[Patient]) -> list[Patient]:
    """Of one that was merged, the one that stayed."""
    return list(dict.fromkeys(patient.merged_into or patient for patient in found))


class FormerRecord(models.Model):
    """What a patient's record said before it was corrected; removed when they are anonymised."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="former_records")
    values = models.JSONField()
    replaced_at = models.DateTimeField(default=timezone.now)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)

    class Meta:
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.patient} until {self.replaced_at:%Y-%m-%d}"
