from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from queues.models import statements
from queues.models.clinic import Clinic
from queues.models.department import Department
from queues.models.doctor import Doctor
from queues.models.patient import Patient
from queues.models.public_id import WithPublicId
from queues.models.session import Session
from queues.models.slot import Slot
from queues.models.visit import Visit
from queues.rules.appointments import (
    ACTIVE,
    AHEAD,
    MAY_GIVE_WAY,
    STARTS_FROM,
    TAKES_A_PLACE,
    Stage,
    Step,
)
from queues.rules.links import hashed, link_secret, nonce
from queues.rules.priority import URGENCY, Priority
from queues.rules.weeks import DAY


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def active(self) -> AppointmentQuerySet:
        return self.filter(status__in=ACTIVE)

    def of_list(self, doctor: Doctor, day: date) -> AppointmentQuerySet:
        """Whoever has a place on the doctor's list of a day, in its order."""
        return self.filter(doctor=doctor, day=day, holds=True).order_by("sequence", "number")

    def of_day(self, clinic: Clinic, day: date, at_work: Iterable[Session]) -> AppointmentQuerySet:
        """Of a service day: whatever lies on it, and all of those who are `at_work` on it, also
        what lies before it or after."""
        begins, ends = clinic.span_of(day)
        lies_on_it = Q(starts_at__gte=begins, starts_at__lt=ends)
        theirs = Q(slot__session__in=[session.pk for session in at_work])
        return self.filter(lies_on_it | theirs, day__range=(day - 2 * DAY, day + DAY))

    def by_priority(self) -> AppointmentQuerySet:
        return self.order_by("urgency", "sequence", "number")

    def giving_way_to(self, priority: Priority) -> AppointmentQuerySet:
        """Who would have to go for somebody as urgent: the least urgent first, of these the newest."""
        return self.less_urgent_than(URGENCY[priority])

    def less_urgent_than(self, urgency: int | RawSQL) -> AppointmentQuerySet:
        less_urgent = self.filter(urgency__gt=urgency, status__in=MAY_GIVE_WAY)
        return less_urgent.order_by("-urgency", "-booked_at", "-pk")

    def told_of_delay(self, session: Session, now: datetime) -> AppointmentQuerySet:
        """Who is still to be seen in it, and is told when the doctor runs late."""
        here, on_their_way = Q(status=Stage.CHECKED_IN), Q(status__in=AHEAD, ends_at__gt=now)
        return self.filter(here | on_their_way, slot__session=session, patient__isnull=False)

    def overlapping(self, starts: datetime, ends: datetime) -> AppointmentQuerySet:
        return self.active().filter(starts_at__lt=ends, ends_at__gt=starts)

    def sequences_in(self, slot: Slot) -> list[tuple[Decimal, int]]:
        """Of all who have a place in it, with their numbers: a few, so they are counted here."""
        here = {"slot": slot, "holds": True}
        return statements.values(Appointment, here, ("sequence", "number"))

    def last_on_list(
        self, doctor: Doctor, day: date, priority: Priority
    ) -> tuple[int, Decimal | None]:
        """The last number on the doctor's list, and the last sequence of this class, of all that ever
        stood there: what was given once is not given again."""
        on_list = {"doctor": doctor, "day": day}
        number, sequence = statements.largest(
            Appointment, ("number", on_list), ("sequence", {**on_list, "priority": priority})
        )
        return number or 0, sequence


class Appointment(WithPublicId):
    """A place in a doctor's time, and whoever it is for.

    `day` names the doctor's list that it stands on: the day on which the work begins. Nobody stands
    on it twice, and its numbers go on past midnight.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="appointments")
    # Without database constraints, like a token's counter: setting it would lock the slot's row
    # for sharing. A slot that was ever booked is never deleted.
    slot = models.ForeignKey(
        Slot, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="bookings"
    )  # none: it lost its place
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )  # none: booked by staff for somebody who is named when they come
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    party = models.UUIDField(null=True, blank=True)  # the same for those who came as a family

    status = models.CharField(max_length=15, default=Stage.SCHEDULED)
    source = models.CharField(max_length=9)
    priority = models.CharField(max_length=9)
    urgency = models.PositiveSmallIntegerField()  # the priority as a number: 0 goes first
    number = models.PositiveIntegerField()  # on the doctor's list of that day; it stays theirs
    sequence = models.DecimalField(max_digits=12, decimal_places=6)
    day = models.DateField()  # these three are the slot's, or those of the slot that was lost
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)  # what it is about, as it was typed

    # True or NULL, for the uniques below and for counting.
    holds = models.BooleanField(null=True, default=True)  # takes one of the slot's places
    once = models.BooleanField(null=True)  # counts for: once a day with one doctor

    nonce = models.CharField(max_length=32, default=nonce, editable=False)
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    language = models.CharField(max_length=10, blank=True)
    booked_by = models.UUIDField(null=True)
    booked_at = models.DateTimeField()
    checked_in_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    objects = AppointmentQuerySet.as_manager()

    # What its events tell.
    CHANGING = ("status", "priority", "number", "sequence", "starts_at", "ends_at", "slot")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "doctor", "day", "once"], name="one_booking_a_doctor_and_day"
            ),
            models.UniqueConstraint(
                fields=["doctor", "day", "number"], name="one_number_a_doctors_day"
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(Stage)), name="appointment_status_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["slot", "holds", "urgency"], name="bookings_of_a_slot"),
            models.Index(fields=["doctor", "day", "priority", "sequence"], name="doctors_list"),
            models.Index(fields=["department", "day", "status"], name="appointments_of_a_day"),
            models.Index(fields=["patient", "starts_at"], name="appointments_of_a_patient"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def date(self) -> date:
        """As a calendar at the clinic says; `day` is that on which the doctor's work begins."""
        return self.clinic.calendar_day(self.starts_at)

    def day_has_come(self, now: datetime) -> bool:
        """The service day on which the doctor's work begins, which may be the one before its own."""
        clinic = self.department.clinic
        begins = self.slot.session.starts_at if self.slot else self.starts_at
        return clinic.service_day(begins) <= clinic.service_day(now)

    def is_its_day(self, now: datetime) -> bool:
        """Whether its patient may come: until its own day is over, and as long as the doctor's work
        goes on."""
        clinic = self.department.clinic
        is_over = clinic.service_day(self.starts_at) < clinic.service_day(now)
        goes_on = self.slot is not None and self.slot.session.goes_on(now)
        return self.day_has_come(now) and (goes_on or not is_over)

    @property
    def may_come(self) -> bool:
        """Whoever was here and called in vain comes back with their number, not with this."""
        return self.status in STARTS_FROM[Step.CHECK_IN] and self.checked_in_at is None

    @property
    def secret(self) -> str:
        return link_secret(settings.LINK_KEY, self.nonce)

    @property
    def url(self) -> str:
        """Where its patient sees, moves and cancels it."""
        return f"{settings.PUBLIC_URL}/book/a/{self.secret}/"

    def shift(self, comes_from: Collection[Stage], *, now: datetime, **changes: Any) -> bool:
        """Change it in one UPDATE; False if it is no longer in one of these states, or has moved."""
        if "status" in changes:
            changes["holds"] = True if changes["status"] in TAKES_A_PLACE else None
            changes["once"] = _counts_once(changes["status"], self.source)
        changes["changed_at"] = now
        here = {"pk": self.pk, "status": frozenset(comes_from), "slot": self.slot_id}
        if not statements.update(Appointment, here, **changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    def insert(self) -> None:
        """A new row; the hash is what its link finds it by."""
        self.holds = True if self.status in TAKES_A_PLACE else None
        self.once = _counts_once(self.status, self.source)
        self.link_hash = hashed(self.secret)
        statements.insert(self)

    def state(self) -> dict[str, Any]:
        """What its next event compares with: plain values and public words, no keys."""
        return {name: _plain(getattr(self, name)) for name in self.CHANGING}


def _counts_once(status: str, source: str) -> bool | None:
    return True if status in TAKES_A_PLACE and source != Priority.FOLLOW_UP else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value.public_id) if isinstance(value, Slot) else value


def count_holding(slots: Iterable[Slot]) -> dict[int, int]:
    """How many rows take a place in each: what `booked` must say."""
    held = Appointment.objects.filter(slot__in=list(slots), holds=True).order_by()
    return dict(held.values_list("slot").annotate(models.Count("pk")))
