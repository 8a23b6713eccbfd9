"""How urgent somebody may say that they are: some priorities are given by staff, and to come again
is for those whom the doctor asked to."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from queues.actions.refusals import StaffOnly
from queues.models import Appointment, Consultation, Doctor, Patient
from queues.rules.appointments import AHEAD, Stage
from queues.rules.priority import ONLY_STAFF_GIVE, Priority
from queues.rules.rights import Act, Actor, ActorKind

FOLLOW_UP_GRACE = 14  # days after the one that the doctor named


def refuse_source(
    source: Priority,
    patient: Patient | None,
    doctor: Doctor | None,
    clinic_id: int,
    department_id: int | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    if source in ONLY_STAFF_GIVE and not by.may(Act.GIVE_URGENCY, clinic_id, department_id):
        raise StaffOnly(_("Only staff can give this priority. Please see the reception."))
    if source is not Priority.FOLLOW_UP or by.kind is not ActorKind.PATIENT:
        return
    if not (patient and doctor and may_follow_up(patient, doctor, now)):
        raise StaffOnly(_("This doctor did not ask you to come again. Please book anew."))


def may_follow_up(patient: Patient, doctor: Doctor, now: datetime) -> bool:
    """Whether the doctor asked them, the last time, to come again; that is not long ago, and they
    have not booked it yet."""
    seen = Consultation.objects.filter(
        patient=patient, doctor=doctor, status=Consultation.Status.COMPLETED
    ).order_by("-completed_at")
    last = seen.first()
    if last is None or last.completed_at is None or last.follow_up_days is None:
        return False
    if (now - last.completed_at).days > last.follow_up_days + FOLLOW_UP_GRACE:
        return False
    ahead = Appointment.objects.filter(
        patient=patient,
        doctor=doctor,
        source=Priority.FOLLOW_UP,
        status__in=AHEAD | {Stage.DISPLACED},
        starts_at__gt=now,
    )
    return not ahead.exists()
