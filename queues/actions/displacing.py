"""Who has to give way to somebody more urgent, and what becomes of them."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django.utils.translation import gettext as _

from queues.actions.hindrances import Diaries
from queues.actions.offers import entry_of_offer, withdraw
from queues.actions.refusals import SlotFull
from queues.actions.seats import Seating
from queues.models import Appointment, Kind, Notice, Slot, WaitlistEntry
from queues.models.statements import Question, hole
from queues.rules.appointments import MAY_GIVE_WAY, Stage
from queues.rules.priority import URGENCY, Priority
from queues.screens.alternatives import next_free


def gives_way(slot: Slot, priority: Priority) -> Appointment | None:
    """Who has to go for somebody as urgent as that; nobody, where nothing new is booked."""
    if not slot.is_open:
        return None
    leaving = _least_urgent().first(slot=slot, urgency=URGENCY[priority])
    if leaving:
        leaving.slot = slot
    return leaving


@cache
def _least_urgent() -> Question[Appointment]:
    seated = Appointment.objects.filter(slot=hole("slot", Appointment), holds=True)
    going = seated.less_urgent_than(hole("urgency", Appointment))
    return Question(going, "patient", "department__clinic")


def full(slot: Slot, now: datetime) -> SlotFull:
    return SlotFull(
        _("This time is fully booked. Please choose another."),
        alternatives=next_free(slot, now),
    )


def refuge_for(leaving: Appointment, slot: Slot, now: datetime) -> Slot | None:
    """The same doctor's next free slot that suits whoever has to give way; never a time before
    the one that they planned with."""
    theirs = {"doctor": slot.doctor_id, "clinic": slot.clinic_id}
    later = Slot.soonest_free(now, **theirs, starts_at__gt=slot.starts_at)
    diaries, source = Diaries.of([leaving.patient], now), Priority(leaving.source)
    suiting = (
        free
        for free in later
        if not diaries.hindrance(leaving.patient, free, source, but=[leaving])
    )
    return next(suiting, None)


def displace(
    seating: Seating, leaving: Appointment, refuge: Slot | None, *, by_whom: Appointment
) -> None:
    """They are never just dropped: they get the doctor's next free place, or the head of the
    waitlist, they are told, and their history says by whom and why."""
    why = f"{by_whom.priority} {by_whom.public_id}"
    if leaving.status == Stage.WAITLISTED:  # it was only held for them: they keep their turn
        withdraw(seating, entry_of_offer(leaving), why)
        leaving.refresh_from_db(fields=["status"])
        return
    was = leaving.slot
    before = seating.rise(leaving, Stage.DISPLACED, MAY_GIVE_WAY)
    if refuge:
        seating.sit(leaving, refuge, Kind.DISPLACED, before=before, note=why)
        seating.tell(
            Notice.About.DISPLACED,
            leaving,
            was=leaving.starts_at.isoformat(),
            to=refuge.starts_at.isoformat(),
        )
    else:
        seating.note(Kind.DISPLACED, leaving, before, why)
        wait_at_head(seating, leaving, was)
        seating.tell(Notice.About.ON_WAITLIST, leaving, was=leaving.starts_at.isoformat())


def wait_at_head(seating: Seating, leaving: Appointment, was: Slot | None) -> None:
    """Before all others, for the same doctor."""
    entry = WaitlistEntry(
        clinic_id=leaving.clinic_id,
        doctor_id=leaving.doctor_id,
        patient=leaving.patient,
        appointment=leaving,
        source=leaving.source,
        priority=leaving.priority,
        urgency=leaving.urgency,
        at_head=True,
        joined_at=seating.now,
        joined_by=seating.by.public_id,
        language=leaving.language,
    )
    departments = {leaving.department, *([was.session.department] if was else [])}
    seating.queue(entry, departments)
