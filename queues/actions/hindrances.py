"""What keeps somebody from a slot, whether it has room or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from queues.actions.refusals import (
    AlreadyBooked,
    Invalid,
    Overlaps,
    PatientInactive,
    Refused,
    SlotOver,
)
from queues.models import Appointment, Patient, Slot
from queues.rules.appointments import ACTIVE, Stage
from queues.rules.priority import Priority
from queues.rules.rights import Actor, ActorKind

NIGHT = timedelta(days=2)  # a doctor's day may have begun before, and is told in another zone


@dataclass(frozen=True)
class Engagement:
    """What a patient is booked for, as far as it can keep them from a slot."""

    key: int | None
    public_id: UUID | None
    patient: int
    doctor: int
    day: date
    starts_at: datetime
    ends_at: datetime
    is_once: bool | None  # counts as the doctor's one appointment of that day
    status: str

    COLUMNS = (
        *("pk", "public_id", "patient", "doctor", "day", "starts_at", "ends_at"),
        *("once", "status"),
    )

    @classmethod
    def in_slot(cls, patient: Patient, slot: Slot, source: str) -> Engagement:
        """What is about to be booked."""
        when = (slot.doctor_id, slot.day, slot.starts_at, slot.ends_at)
        is_once = source != Priority.FOLLOW_UP
        return cls(None, None, patient.pk, *when, is_once, Stage.SCHEDULED)

    def keeps_from(self, slot: Slot, source: Priority) -> bool:
        overlaps = self.starts_at < slot.ends_at and slot.starts_at < self.ends_at
        return self.is_on_list_of(slot, source) or (overlaps and self.status in ACTIVE)

    def is_on_list_of(self, slot: Slot, source: Priority) -> bool:
        """Whoever comes again does so as often as the doctor asked."""
        is_once = bool(self.is_once) and source != Priority.FOLLOW_UP
        return is_once and (self.doctor, self.day) == (slot.doctor_id, slot.day)


class Diaries:
    """What some patients are booked for, read at once, however many they are."""

    def __init__(self, engagements: Iterable[Engagement] = ()) -> None:
        self._of: dict[int, list[Engagement]] = defaultdict(list)
        self.note(*engagements)

    @classmethod
    def of(
        cls,
        patients: Iterable[Patient | None],
        since: datetime,
        *,
        but: Iterable[Appointment] = (),
    ) -> Diaries:
        diaries = cls()
        diaries.read(patients, since, but=but)
        return diaries

    def read(
        self,
        patients: Iterable[Patient | None],
        since: datetime,
        *,
        but: Iterable[Appointment] = (),
    ) -> None:
        """As far as it matters for slots that begin then or later; without those appointments."""
        keys = {patient.pk for patient in patients if patient}
        if not keys:
            return
        that_day = Q(once=True, day__gte=(since - NIGHT).date())
        ahead = Q(status__in=ACTIVE, ends_at__gt=since)
        theirs = Appointment.objects.filter(that_day | ahead, patient__in=keys)
        theirs = theirs.exclude(pk__in=[one.pk for one in but])
        rows = theirs.order_by("starts_at", "pk").values_list(*Engagement.COLUMNS)
        self.note(*(Engagement(*row) for row in rows))

    def note(self, *engagements: Engagement) -> None:
        """Some more, of which no table may know yet."""
        for one in engagements:
            self._of[one.patient].append(one)

    def hindrance(
        self,
        patient: Patient | None,
        slot: Slot,
        source: Priority,
        *,
        but: Collection[Appointment | None] = (),
    ) -> Refused | None:
        """What keeps them from this slot, besides those appointments."""
        if patient is None:
            return None
        if not patient.is_active:
            return PatientInactive(_("This record is inactive. Please see the reception."))
        spared = {one.pk for one in but if one}
        for engagement in self._of.get(patient.pk, ()):
            if engagement.key not in spared and engagement.keeps_from(slot, source):
                return _refusal(engagement, slot, source)
        return None


def _refusal(engagement: Engagement, slot: Slot, source: Priority) -> Refused:
    clinic = slot.session.department.clinic
    facts = {
        "appointment_id": str(engagement.public_id),
        "starts_at": clinic.on_its_clock(engagement.starts_at),
    }
    if engagement.is_on_list_of(slot, source):
        sentence = _("There is an appointment with this doctor on that day already.")
        return AlreadyBooked(sentence, **facts)
    return Overlaps(_("There is another appointment at that time."), **facts)


def hindrance(
    patient: Patient | None, slot: Slot, source: Priority, *, but: Appointment | None = None
) -> Refused | None:
    """What keeps them from this one slot, besides the appointment that it is for."""
    return Diaries.of([patient], slot.starts_at).hindrance(patient, slot, source, but=[but])


def refuse_slot(slot: Slot, now: datetime, by: Actor) -> None:
    """Never in the past; a slot that has begun is not for those who book from afar."""
    if not slot.doctor.is_active:
        raise Invalid(doctor_id=_("This doctor does not see patients here."))
    begun_is_over = by.kind is ActorKind.PATIENT
    if (slot.starts_at if begun_is_over else slot.ends_at) <= now:
        raise SlotOver(_("This time is over. Please choose another."))
