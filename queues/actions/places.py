"""The place in a doctor's time of somebody who is here: freed when they go, taken again when that
was a mistake, or when they come after all. All else that happens to an appointment after check-in
follows its number.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions.appointments import fresh
from queues.actions.giving import settle
from queues.actions.hindrances import hindrance
from queues.actions.patients import hold_patients
from queues.actions.refusals import CannotUndo, Refused, SlotFull
from queues.actions.seats import Seating
from queues.actions.vacancies import slots_left_by
from queues.journal import Entry
from queues.models import Appointment, Token, statements
from queues.rules.priority import Priority
from queues.rules.rights import Actor
from queues.screens.alternatives import next_free


def held_for(token: Token, *, by: Actor) -> Seating | None:
    """The slot of their appointment, held before the number is; none where there is none."""
    if token.appointment_id is None:
        return None
    appointment = fresh(Appointment(pk=token.appointment_id))
    now = timezone.now()
    return Seating.of(slots_left_by(appointment, now), by=by, now=now)


def free(seating: Seating, token: Token, entry: Entry) -> None:
    """Their number was cancelled, and their appointment with it: somebody else may have the place."""
    appointment = fresh(Appointment(pk=token.appointment_id))
    if appointment.slot and appointment.holds:
        seating.free(appointment)
    settle(seating, entry)


def take_back(token: Token, *, by: Actor) -> None:
    """The cancelling was a mistake: the place again, unless somebody else got it."""
    if token.appointment_id is None:
        return
    appointment = fresh(Appointment(pk=token.appointment_id))
    slot = appointment.slot
    if slot is None or appointment.holds:
        return
    try:
        take_again(appointment)
    except Refused as why_not:
        raise CannotUndo(why_not.sentence, **why_not.facts) from why_not
    once = True if appointment.source != Priority.FOLLOW_UP else None
    statements.update(Appointment, {"pk": appointment.pk}, holds=True, once=once)


def take_again(appointment: Appointment) -> None:
    """A place in the slot that they had, if it is still free; their own row is the caller's."""
    slot = appointment.slot
    assert slot
    slot.lock()
    hold_patients([appointment.patient])
    why_not = hindrance(appointment.patient, slot, Priority(appointment.source), but=appointment)
    if why_not:
        raise why_not
    if not slot.has_room_for(Priority(appointment.priority)):
        others = next_free(slot, timezone.now())
        raise SlotFull(_("The place was given to somebody else."), alternatives=others)
    slot.booked += 1
    slot.keep()
