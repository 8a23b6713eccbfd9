"""What keeps somebody from a slot, whether it has room or not."""

from __future__ import annotations

from datetime import datetime

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
from queues.rules.appointments import ACTIVE
from queues.rules.priority import Priority
from queues.rules.rights import Actor, ActorKind


def hindrance(
    patient: Patient | None,
    slot: Slot,
    source: Priority,
    *,
    but: Appointment | None = None,
    leaving: Appointment | None = None,
) -> Refused | None:
    """What keeps them from this slot, whether it has room or not; not the appointment that it is
    for, nor one that they are about to lose."""
    if patient is None:
        return None
    if not patient.is_active:
        return PatientInactive(_("This record is inactive. Please see the reception."))
    spared = [one.pk for one in (but, leaving) if one]
    theirs = Appointment.objects.filter(patient=patient).exclude(pk__in=spared)
    that_day = Q(doctor=slot.doctor_id, day=slot.day, once=True)
    then = Q(status__in=ACTIVE, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at)
    asked = then if source == Priority.FOLLOW_UP else that_day | then
    other = theirs.filter(asked).first()
    if other is None:
        return None
    facts = {"appointment_id": str(other.public_id), "starts_at": other.starts_at.isoformat()}
    if source != Priority.FOLLOW_UP and other.once and other.doctor_id == slot.doctor_id:
        sentence = _("There is an appointment with this doctor on that day already.")
        return AlreadyBooked(sentence, **facts)
    return Overlaps(_("There is another appointment at that time."), **facts)


def refuse_slot(slot: Slot, now: datetime, by: Actor) -> None:
    """Never in the past; a slot that has begun is not for those who book from afar."""
    if not slot.doctor.is_active:
        raise Invalid(doctor_id=_("This doctor does not see patients here."))
    begun_is_over = by.kind is ActorKind.PATIENT
    if (slot.starts_at if begun_is_over else slot.ends_at) <= now:
        raise SlotOver(_("This time is over. Please choose another."))
