"""What the page of a place on the waitlist hears live: by what it sees that it stands otherwise. The
page is then asked for anew, and says how; nothing of it goes over the line."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from queues.models import Department, Doctor, WaitlistEntry
from queues.screens import passes
from queues.screens.passes import Screen

MOST_PLACES = 20  # whoever waits in more than so many departments looks by themselves


def state(entry: WaitlistEntry) -> str:
    return f"{entry.status} {entry.offer_ends_at}"


def states(ids: Collection[UUID]) -> dict[UUID, str]:
    """Of all whose pages are open, in as many queries as of one."""
    waits = WaitlistEntry.objects.filter(public_id__in=ids) if ids else ()
    return {entry.public_id: state(entry) for entry in waits}


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


def line(entry: WaitlistEntry) -> dict[str, str]:
    """What its page says of its line: where it listens, and its pass."""
    followed = places(entry)
    return {
        "follows": " ".join(department.public_id.hex for department in followed),
        "pass": passes.to(Screen.WAIT, followed, label=entry.public_id.hex),
    }
