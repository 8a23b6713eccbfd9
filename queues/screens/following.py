"""What the page of an appointment, or of a place on the waitlist, hears live: by what it sees that it
stands otherwise. The page is then asked for anew, and says how; nothing of it goes over the line."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from queues.models import Appointment, Department, Doctor, WaitlistEntry
from queues.rules.appointments import AHEAD
from queues.screens import estimates, passes
from queues.screens.passes import Screen

MOST_PLACES = 20  # whoever waits in more than so many departments looks by themselves


def of_appointment(appointment: Appointment, due: datetime | None) -> str:
    """`appointment` comes with its session and its room; `due` is when they will be seen."""
    room = appointment.slot.session.room if appointment.slot else None
    facts = (appointment.status, appointment.changed_at, due, room and room.code)
    return " ".join(map(str, facts))


def of_wait(entry: WaitlistEntry) -> str:
    return f"{entry.status} {entry.offer_ends_at}"


def states(ids: Collection[UUID]) -> dict[UUID, str]:
    """Of all whose pages are open, in as many queries as of one."""
    if not ids:
        return {}
    known = Appointment.objects.select_related("slot__session__room").filter(public_id__in=ids)
    booked = list(known)
    due = estimates.of_some([one for one in booked if one.status in AHEAD])
    waits = WaitlistEntry.objects.filter(public_id__in=ids)
    return {
        **{one.public_id: of_appointment(one, due.get(one.pk)) for one in booked},
        **{entry.public_id: of_wait(entry) for entry in waits},
    }


def places(entry: WaitlistEntry) -> list[Department]:
    """Where a place may come free for them."""
    if entry.slot:
        return [entry.slot.session.department]
    doctors = Doctor.objects.filter(is_active=True, specialty__iexact=entry.specialty)
    if entry.doctor:
        doctors = Doctor.objects.filter(pk=entry.doctor.pk)
    wanted = Q(doctors__in=doctors)
    if entry.clinic:
        wanted &= Q(clinic=entry.clinic)
    if entry.appointment:
        wanted |= Q(pk=entry.appointment.department_id)
    return list(Department.objects.filter(wanted).distinct().order_by("pk")[:MOST_PLACES])


def line(row: Appointment | WaitlistEntry, followed: list[Department]) -> dict[str, str]:
    """What its page says of its line: where it listens, and its pass."""
    return {
        "follows": " ".join(department.public_id.hex for department in followed),
        "pass": passes.to(Screen.BOOKING, followed, label=row.public_id.hex),
    }
