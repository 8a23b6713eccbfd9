"""A place that is held for somebody of the waitlist until they answer; of a family, several."""

from __future__ import annotations

from django.db.models import Q

from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken
from queues.models import Appointment, Kind, Notice, WaitlistEntry
from queues.rules.appointments import Stage


def entry_of_offer(appointment: Appointment) -> WaitlistEntry:
    """Who is asked about the place that is held; of a family, whoever answers for it."""
    asked = Q(appointment=appointment)
    if appointment.party:
        asked |= Q(public_id=appointment.party)
    entry = WaitlistEntry.objects.filter(asked, status=WaitlistEntry.Status.OFFERED).first()
    if entry is None:
        raise Overtaken  # answered a moment ago
    return entry


def offered_to(entry: WaitlistEntry) -> list[Appointment]:
    """What is held for them until they answer."""
    theirs = Q(pk=entry.appointment_id)
    if entry.places > 1:
        theirs |= Q(party=entry.public_id)
    known = Appointment.objects.select_related(
        "slot__session__department__clinic",
        "slot__doctor",
        "department__clinic",
        "doctor",
        "patient",
    )
    return list(known.filter(theirs, status=Stage.WAITLISTED).order_by("pk"))


def withdraw(seating: Seating, entry: WaitlistEntry, why: str) -> None:
    """Nobody had answered it yet: whoever it was for keeps their turn on the waitlist, and is told."""
    held = offered_to(entry)
    for offered in held:  # of a family, all
        if offered.slot_id not in seating.slots:
            raise Overtaken([offered.slot_id] if offered.slot_id else ())
        before = seating.rise(offered, Stage.CANCELLED, {Stage.WAITLISTED})
        seating.note(Kind.OFFER_WITHDRAWN, offered, before, why)
    states = WaitlistEntry.Status
    if not entry.shift(states.OFFERED, status=states.WAITING, appointment=None, offer_ends_at=None):
        raise Overtaken
    seating.again.append(entry)
    for offered in held[:1]:  # whoever answers for a family is told for all
        at = offered.starts_at.isoformat()
        seating.tell(Notice.About.OFFER_WITHDRAWN, offered, entry, was=at)
