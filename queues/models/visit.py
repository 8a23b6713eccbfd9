from __future__ import annotations

from datetime import date
from functools import cache

from django.conf import settings
from django.db import models
from django.utils import timezone

from queues.models.clinic import Clinic
from queues.models.patient import Patient
from queues.models.public_id import WithPublicId
from queues.models.statements import Question, hole
from queues.rules.links import link_secret, nonce


class VisitQuerySet(models.QuerySet["Visit"]):
    def of_now(self, patient: Patient, clinic: Clinic, day: date) -> Visit | None:
        """The patient's visit: today's, or the one before if it has not ended yet."""
        latest = _latest().first(patient=patient, clinic=clinic)
        if latest and (latest.day == day or latest.tokens.filter(live=True).exists()):
            return latest
        return None


@cache
def _latest() -> Question[Visit]:
    theirs = Visit.objects.filter(patient=hole("patient", Visit), clinic=hole("clinic", Visit))
    return Question(theirs.order_by("-day"))


class Visit(WithPublicId):
    """One patient's day at one clinic, under one label."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="visits")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    day = models.DateField()
    label = models.CharField(max_length=12)
    nonce = models.CharField(max_length=32, default=nonce, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "day", "label"], name="one_visit_a_label"),
            models.UniqueConstraint(
                fields=["patient", "clinic", "day"], name="one_visit_a_patient_and_day"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def secret(self) -> str:
        return link_secret(settings.LINK_KEY, self.nonce)

    @property
    def url(self) -> str:
        """Where its patient follows it; made from our own address, never from a request's."""
        return f"{settings.PUBLIC_URL}/t/{self.secret}/"
