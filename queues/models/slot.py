from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from queues.models import statements
from queues.models.clinic import Clinic
from queues.models.doctor import Doctor
from queues.models.pages import OneByOne
from queues.models.public_id import WithPublicId
from queues.models.session import Session
from queues.models.statements import Question, hole
from queues.rules.priority import Priority
from queues.rules.slots import Hours, has_room
from queues.rules.weeks import DAY

IN_FULL = ("session__department__clinic", "doctor")  # all that a booking looks at
A_FEW = 5


class SlotQuerySet(OneByOne["Slot"]):
    def in_full(self) -> SlotQuerySet:
        return self.select_related(*IN_FULL)

    def not_over(self, now: datetime) -> SlotQuerySet:
        return self.filter(is_open=True, ends_at__gt=now)

    def free(self, now: datetime | RawSQL) -> SlotQuerySet:
        """With a place for anybody, and not begun."""
        return self.filter(is_free=True, starts_at__gt=now)

    def with_hours(
        self, hours: Hours, zone: ZoneInfo, now: datetime, day: date | None
    ) -> Slot | None:
        """The one of that day; without a day, the earliest that is not over."""
        ahead = self if day else self.not_over(now)
        begun = ahead.order_by("day").values_list("day", flat=True).distinct()
        dates = {day} if day else {date for one in begun for date in (one, one + DAY)}
        spans = [hours.on(one, zone) for one in dates]
        wanted = Q(starts_at__in=[starts for starts, _ends in spans])
        wanted &= Q(ends_at__in=[ends for _starts, ends in spans])
        return ahead.filter(wanted).soonest_first().first()

    def on_date(self, clinic: Clinic, day: date) -> SlotQuerySet:
        """Those whose date is this day, whenever the work begins that they are part of."""
        begins, ends = clinic.calendar_span(day)
        return self.filter(clinic=clinic, starts_at__gte=begins, starts_at__lt=ends)

    def soonest_first(self) -> SlotQuerySet:
        return self.order_by("starts_at", "pk")


class Slot(WithPublicId):
    """Some minutes of a doctor's time. Its row is the lock for all that is booked in it.

    `clinic`, `day` and `specialty` are the session's and the doctor's, kept here too: a search
    over a million slots then goes along one index. So `day` is that on which the work begins;
    the date of a slot past midnight is the next.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="slots")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="slots")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    specialty = models.CharField(max_length=60, blank=True)  # in small letters, to be found
    day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField(default=1)
    hard_limit = models.PositiveSmallIntegerField(default=1)  # the buffer is for emergencies
    booked = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)  # closed: nothing new is booked in it
    is_free = models.BooleanField(default=True)  # open, and booked below its capacity

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "starts_at"], name="one_slot_a_doctor_and_time"
            ),
            models.CheckConstraint(
                condition=Q(booked__lte=F("hard_limit")), name="slot_within_its_hard_limit"
            ),
            models.CheckConstraint(
                condition=Q(capacity__lte=F("hard_limit")), name="slot_capacity_within_hard_limit"
            ),
        ]
        indexes = [
            models.Index(fields=["is_free", "specialty", "starts_at"], name="free_by_specialty"),
            models.Index(fields=["is_free", "starts_at"], name="free_anywhere"),
            models.Index(
                fields=["clinic", "is_free", "specialty", "starts_at"], name="free_at_a_clinic"
            ),
            models.Index(fields=["clinic", "is_free", "starts_at"], name="free_of_a_clinic"),
            models.Index(fields=["doctor", "is_free", "starts_at"], name="free_of_a_doctor"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @classmethod
    def known(cls, **where: Any) -> Slot | None:
        return statements.found(cls, where, *IN_FULL)

    @staticmethod
    def soonest_free(now: datetime, **wanted: Any) -> Iterator[Slot]:
        """Those with a place for anybody that are so: one by one, for mostly the first will do."""
        few = _free(tuple(wanted)).all(now=now, **wanted)
        yield from few
        if len(few) == A_FEW:
            others = Slot.objects.free(now).filter(**wanted).exclude(pk__in=[one.pk for one in few])
            yield from others.soonest_first().in_full().one_by_one()

    @property
    def date(self) -> date:
        """As a calendar at the clinic says; `day` is that on which the doctor's work begins."""
        return self.clinic.calendar_day(self.starts_at)

    def lock(self) -> None:
        """Hold this row until the end of the transaction, and see it as it now is."""
        now = statements.read(Slot, {"pk": self.pk}, _LOCKED, hold=True)
        if now is None:
            raise Slot.DoesNotExist
        for name, value in now.items():
            setattr(self, name, value)

    def has_room_for(self, priority: Priority) -> bool:
        return self.is_open and has_room(self.booked, self.capacity, self.hard_limit, priority)

    @property
    def has_place(self) -> bool:
        """For anybody, that is; `is_free` is the same as the table has it."""
        return self.is_open and self.booked < self.capacity

    def keep(self) -> None:
        """Write down what its holder made of it."""
        self.is_free = self.has_place
        statements.update(Slot, {"pk": self.pk}, booked=self.booked, is_free=self.is_free)

    def state(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("capacity", "hard_limit", "is_open")}


@cache
def _free(lookups: tuple[str, ...]) -> Question[Slot]:
    wanted = {lookup: hole(lookup, Slot, lookup.partition("__")[0]) for lookup in lookups}
    free = Slot.objects.free(hole("now", Slot, "starts_at")).filter(**wanted)
    return Question(free.soonest_first()[:A_FEW], *IN_FULL)


_LOCKED = ("starts_at", "ends_at", "capacity", "hard_limit", "booked", "is_open", "is_free")


def hold(slots: Iterable[Slot]) -> dict[int, Slot]:
    """All of them, in the one order that never deadlocks."""
    held = {slot.pk: slot for slot in sorted(slots, key=lambda slot: slot.pk)}
    for slot in held.values():
        slot.lock()
    return held
