from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from queues.models import statements
from queues.models.appointment import Appointment
from queues.models.clinic import Clinic
from queues.models.doctor import Doctor
from queues.models.patient import Patient
from queues.models.public_id import WithPublicId
from queues.models.slot import Slot
from queues.rules.links import hashed, link_secret, nonce


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    def waiting(self) -> WaitlistEntryQuerySet:
        return self.filter(status=WaitlistEntry.Status.WAITING)

    def asking_for(self, slot: Slot) -> WaitlistEntryQuerySet:
        """Those who would come to this slot, whoever comes first first. Their times of day are
        looked at by `rules/waitlist.py`."""
        wanted = Q(slot=slot) | Q(slot=None, doctor=slot.doctor_id)
        if slot.specialty:
            wanted |= Q(slot=None, doctor=None, specialty=slot.specialty)
        here = Q(clinic=None) | Q(clinic=slot.clinic_id)
        date = slot.session.department.clinic.calendar_day(slot.starts_at)
        not_too_early = Q(earliest=None) | Q(earliest__lte=date)
        not_too_late = Q(latest=None) | Q(latest__gte=date)
        not_before = Q(at_head=False) | Q(appointment__starts_at__lte=slot.starts_at)
        asking = self.waiting().filter(wanted, here, not_too_early, not_too_late, not_before)
        return asking.in_order()

    def in_order(self) -> WaitlistEntryQuerySet:
        """Whoever was displaced first; then by priority, then by arrival."""
        return self.order_by("-at_head", "urgency", "joined_at", "pk")


class WaitlistEntry(WithPublicId):
    """Somebody who takes a place as soon as one is free: of a slot, a doctor or a specialty."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        OFFERED = "offered"  # a place is held for them until they answer
        BOOKED = "booked"
        LEFT = "left"  # by themselves
        LAPSED = "lapsed"  # the last day they could come is over

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # none: any clinic
    doctor = models.ForeignKey(
        Doctor, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    specialty = models.CharField(max_length=60, blank=True)  # in small letters
    slot = models.ForeignKey(
        Slot, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The one that lost its place and gets the next; or the one that is held for them.
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="waits"
    )
    places = models.PositiveSmallIntegerField(default=1)  # a family: together, or none
    source = models.CharField(max_length=9)
    priority = models.CharField(max_length=9)
    urgency = models.PositiveSmallIntegerField()
    at_head = models.BooleanField(default=False)  # displaced: before all others
    earliest = models.DateField(null=True, blank=True)  # as a calendar where the slot is says
    latest = models.DateField(null=True, blank=True)
    times_of_day = models.JSONField(default=list, blank=True)  # none: at any time
    reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING)
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField()
    joined_by = models.UUIDField(null=True)
    nonce = models.CharField(max_length=32, default=nonce, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(max_length=10, blank=True)

    objects = WaitlistEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(slot__isnull=False) | Q(doctor__isnull=False) | ~Q(specialty=""),
                name="waits_for_something",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "doctor", "urgency"], name="waitlist_of_a_doctor"),
            models.Index(fields=["status", "specialty", "urgency"], name="waitlist_of_a_field"),
            models.Index(fields=["status", "offer_ends_at"], name="offers_that_end"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def not_before(self) -> datetime | None:
        """Whoever lost their time planned with it, and is given none that comes sooner."""
        return self.appointment.starts_at if self.at_head and self.appointment else None

    @property
    def secret(self) -> str:
        return link_secret(settings.LINK_KEY, self.nonce)

    @property
    def url(self) -> str:
        """Where its patient answers an offer, or leaves the list."""
        return f"{settings.PUBLIC_URL}/book/w/{self.secret}/"

    def insert(self) -> None:
        self.link_hash = hashed(self.secret)
        statements.insert(self)

    def shift(self, comes_from: Status, **changes: Any) -> bool:
        """Change it in one UPDATE; False if it is no longer so."""
        if not statements.update(WaitlistEntry, {"pk": self.pk, "status": comes_from}, **changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True
