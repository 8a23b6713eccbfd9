"""All that the house holds about one person, wherever it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from queues.models.appointment import Appointment
from queues.models.consultation import Addendum, Consultation
from queues.models.event import Event
from queues.models.notice import Notice
from queues.models.patient import FormerRecord, Patient
from queues.models.token import Token, TokenQuerySet
from queues.models.visit import Visit
from queues.models.waitlist import WaitlistEntry


@dataclass(frozen=True)
class Holdings:
    """Of a patient, and of the records that were merged into theirs."""

    patient: Patient

    @property
    def records(self) -> QuerySet[Patient]:
        one, merged = Q(pk=self.patient.pk), Q(merged_into=self.patient.pk)
        return Patient.objects.filter(one | merged).order_by("pk")

    @property
    def former_records(self) -> QuerySet[FormerRecord]:
        return FormerRecord.objects.filter(patient__in=self.records).order_by("replaced_at", "pk")

    @property
    def visits(self) -> QuerySet[Visit]:
        return Visit.objects.filter(patient__in=self.records).order_by("day", "pk")

    @property
    def tokens(self) -> TokenQuerySet:
        return Token.objects.filter(visit__in=self.visits.order_by()).order_by("arrived_at", "pk")

    @property
    def appointments(self) -> QuerySet[Appointment]:
        return Appointment.objects.filter(patient__in=self.records).order_by("starts_at", "pk")

    @property
    def waits(self) -> QuerySet[WaitlistEntry]:
        return WaitlistEntry.objects.filter(patient__in=self.records).order_by("joined_at", "pk")

    @property
    def consultations(self) -> QuerySet[Consultation]:
        return Consultation.objects.filter(patient__in=self.records).order_by("started_at", "pk")

    @property
    def addenda(self) -> QuerySet[Addendum]:
        return Addendum.objects.filter(consultation__in=self.consultations.order_by())

    @property
    def notices(self) -> QuerySet[Notice]:
        theirs = Q(patient__in=self.records)
        theirs |= Q(appointment__in=self.appointments.order_by())
        theirs |= Q(entry__in=self.waits.order_by())
        return Notice.objects.filter(theirs).order_by("made_at", "pk")

    @property
    def events(self) -> QuerySet[Event]:
        """By the clock, since they are in many ledgers."""
        return Event.objects.filter(subject__in=self.subjects()).order_by("at", "pk")

    def subjects(self) -> set[UUID]:
        """Under which the history tells of them."""
        rows = (self.visits, self.tokens, self.appointments, self.waits, self.consultations)
        found = set(self.records.values_list("public_id", flat=True))
        for each in rows:
            found.update(each.order_by().values_list("public_id", flat=True))
        return found

    def clinics(self) -> set[int]:
        """Which have to do with them."""
        found = set(self.records.values_list("registered_at", flat=True))
        for rows in (self.visits, self.appointments, self.consultations, self.waits):
            found.update(rows.order_by().values_list("clinic", flat=True).distinct())
        return found - {None}
