"""The row of an appointment: made, numbered, read anew, and told of in the history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from queues.actions.refusals import SlotOver
from queues.journal import Entry
from queues.models import Appointment, Kind, Patient, Session, Slot
from queues.rules.priority import Priority
from queues.rules.rights import Actor
from queues.rules.sequence import next_sequence

State = dict[str, Any]


def new(
    slot: Slot,
    patient: Patient | None,
    source: Priority,
    priority: Priority,
    urgency: int,
    *,
    by: Actor,
    **more: Any,
) -> Appointment:
    """An appointment to be, without a place yet."""
    session: Session = slot.session
    if patient and not more.get("language"):
        more["language"] = patient.language
    return Appointment(
        clinic=session.department.clinic,
        department=session.department,
        doctor=slot.doctor,
        patient=patient,
        source=source,
        priority=priority,
        urgency=urgency,
        booked_by=by.public_id,
        **more,
    )


def drawn(appointment: Appointment, slot: Slot) -> State:
    """The next number and the next sequence of the doctor's list of that day."""
    priority = Priority(appointment.priority)
    number, sequence = Appointment.objects.last_on_list(slot.doctor, slot.day, priority)
    return {"number": number + 1, "sequence": next_sequence(priority, sequence)}


def told(
    kind: Kind, appointment: Appointment, before: State, *, by: Actor, note: str = ""
) -> Entry:
    """The entry of an appointment: what differs from before, and nothing else."""
    after = appointment.state()
    changed = [name for name, value in after.items() if value != before.get(name)]
    return Entry(
        kind,
        by,
        appointment.department,
        appointment.public_id,
        before={name: before.get(name) for name in changed},
        after={name: after[name] for name in changed},
        note=note,
    )


def fresh_slot(slot: Slot) -> Slot:
    """The row as it now is, with all that a booking looks at."""
    found = Slot.known(pk=slot.pk)
    if found is None:
        raise SlotOver(_("This time is no longer offered. Please choose another."))
    return found


def fresh(appointment: Appointment) -> Appointment:
    """The same of an appointment."""
    known = Appointment.objects.select_related(
        "slot__session__department__clinic",
        "slot__doctor",
        "department__clinic",
        "doctor",
        "patient",
    )
    return known.get(pk=appointment.pk)
