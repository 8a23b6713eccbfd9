from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from queues.models import statements
from queues.models.appointment import Appointment
from queues.models.clinic import Clinic
from queues.models.doctor import Doctor
from queues.models.pages import OneByOne
from queues.models.patient import Patient
from queues.models.public_id import WithPublicId
from queues.models.slot import A_FEW, Slot
from queues.models.statements import Question, hole
from queues.rules.links import hashed, link_secret, nonce
from queues.rules.waitlist import Turn
from queues.rules.weeks import DAY


class Offered(NamedTuple):
    """What those who wait may ask for: of some slots, or of one that is named later."""

    sessions: Collection[int] | RawSQL
    doctors: Collection[int] | RawSQL
    specialties: Collection[str] | RawSQL
    clinics: Collection[int] | RawSQL
    since: date | RawSQL  # the day of the first
    until: date | RawSQL  # the last may lie on the day after its own

    @classmethod
    def of(cls, slots: Collection[Slot]) -> Offered:
        return cls(
            {slot.session_id for slot in slots},
            {slot.doctor_id for slot in slots},
            {slot.specialty for slot in slots} - {""},
            {slot.clinic_id for slot in slots},
            min(slot.day for slot in slots),
            max(slot.day for slot in slots) + DAY,
        )


def _any_of(path: str, wanted: Collection[Any] | RawSQL) -> Q:
    return Q(**{path if isinstance(wanted, RawSQL) else f"{path}__in": wanted})


class WaitlistEntryQuerySet(OneByOne["WaitlistEntry"]):
    def waiting(self) -> WaitlistEntryQuerySet:
        return self.filter(status=WaitlistEntry.Status.WAITING)

    def asking_for(self, slots: Collection[Slot]) -> WaitlistEntryQuerySet:
        """Those who may ask for one of these slots, whoever comes first first. Which one of them,
        `asks_for` tells; their times of day are looked at by `rules/waitlist.py`."""
        if not slots:
            return self.none()
        return self._asking(Q(slot__in=[slot.pk for slot in slots]), Offered.of(slots))

    def families_around(self, offered: Offered) -> WaitlistEntryQuerySet:
        """Those who may take places of these slots with others beside them."""
        beside = _any_of("slot__session", offered.sessions)
        return self._asking(beside, offered).filter(places__gt=1).select_related("slot")

    def _asking(self, named: Q, offered: Offered) -> WaitlistEntryQuerySet:
        wanted = named | Q(_any_of("doctor", offered.doctors), slot=None)
        if offered.specialties:
            wanted |= Q(_any_of("specialty", offered.specialties), slot=None, doctor=None)
        here = Q(clinic=None) | _any_of("clinic", offered.clinics)
        not_too_early = Q(earliest=None) | Q(earliest__lte=offered.until)
        not_too_late = Q(latest=None) | Q(latest__gte=offered.since)
        return self.waiting().filter(wanted, here, not_too_early, not_too_late).in_order()

    def in_full(self) -> WaitlistEntryQuerySet:
        """With whom and what they wait for."""
        return self.select_related("doctor", "patient", "appointment", "clinic", "slot")

    def in_order(self) -> WaitlistEntryQuerySet:
        """By their turn, which `rules/waitlist.py` explains."""
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
    def turn(self) -> Turn:
        return Turn(not self.at_head, self.urgency, self.joined_at)

    @property
    def not_before(self) -> datetime | None:
        """Whoever lost their time planned with it, and is given none that comes sooner."""
        return self.appointment.starts_at if self.at_head and self.appointment else None

    @property
    def is_known(self) -> bool:
        """Whether who it is, is known to whoever looks: `visible.line` says so."""
        return bool(self.__dict__.get("known_here"))

    @property
    def secret(self) -> str:
        return link_secret(settings.LINK_KEY, self.nonce)

    @property
    def url(self) -> str:
        """Where its patient answers an offer, or leaves the list."""
        return f"{settings.PUBLIC_URL}/book/w/{self.secret}/"

    def asks_for(self, slot: Slot) -> bool:
        """Whether they would come to it, be it at another time of day."""
        if self.slot_id:
            is_wanted = self.slot_id == slot.pk
        elif self.doctor_id:
            is_wanted = self.doctor_id == slot.doctor_id
        else:
            is_wanted = self.specialty == slot.specialty
        is_here = self.clinic_id in (None, slot.clinic_id)
        date = slot.session.department.clinic.calendar_day(slot.starts_at)
        is_then = (self.earliest or date) <= date <= (self.latest or date)
        is_late_enough = (self.not_before or slot.starts_at) <= slot.starts_at
        return is_wanted and is_here and is_then and is_late_enough

    def may_sit_beside(self, slot: Slot) -> bool:
        """Whether they, a family, would come to it with others to where they ask for."""
        if self.slot:
            return self.slot.session_id == slot.session_id
        return self.asks_for(slot)

    def insert(self) -> None:
        self.link_hash = hashed(self.secret)
        statements.insert(self)

    def shift(self, comes_from: Status, **changes: Any) -> bool:
        """Change it in one UPDATE; False if it is no longer so, or was offered another place."""
        here = {"pk": self.pk, "status": comes_from, "appointment": self.appointment_id}
        if not statements.update(WaitlistEntry, here, **changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True


def families_around(slots: Collection[Slot]) -> Iterator[WaitlistEntry]:
    """Those who may take places of these slots with others beside them, in their turn."""
    if len(slots) == 1:  # as mostly
        few = _around_one(*slots)
        yield from few
        if len(few) < A_FEW:
            return
    if slots:
        yield from WaitlistEntry.objects.families_around(Offered.of(slots)).one_by_one()


def _around_one(slot: Slot) -> list[WaitlistEntry]:
    return _families().all(
        session=slot.session_id,
        doctor=slot.doctor_id,
        specialty=slot.specialty,
        clinic=slot.clinic_id,
        since=slot.day,
        until=slot.day + DAY,
    )


@cache
def _families() -> Question[WaitlistEntry]:
    one = Offered(
        sessions=hole("session", Slot),
        doctors=hole("doctor", Slot),
        specialties=hole("specialty", Slot),
        clinics=hole("clinic", Slot),
        since=hole("since", Slot, "day"),
        until=hole("until", Slot, "day"),
    )
    return Question(WaitlistEntry.objects.families_around(one)[:A_FEW], "slot")
