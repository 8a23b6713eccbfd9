"""How many a slot takes: what is more goes to whoever waits at once, and it is never fewer than
are booked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from queues.actions.appointments import fresh_slot
from queues.actions.giving import settle
from queues.actions.refusals import BelowBooked, Invalid, SlotOver
from queues.actions.seats import Seating
from queues.actions.transactions import transacted
from queues.actions.vacancies import slots_around
from queues.journal import Entry
from queues.models import Kind, Slot
from queues.rules.rights import Actor


@dataclass(frozen=True)
class Places:
    """How many a slot takes; beyond the capacity there is a buffer, up to the hard limit."""

    capacity: int
    hard_limit: int


@transacted
def resize(slot: Slot, places: Places, *, by: Actor) -> Slot:
    now = timezone.now()
    slot = fresh_slot(slot)
    if slot.ends_at <= now:
        raise SlotOver(_("This time is over."))
    seating = Seating.of(slots_around([slot]), by=by, now=now)
    set_places(seating, {slot.pk: places})
    settle(seating)
    return seating.slots[slot.pk]


def set_places(seating: Seating, wanted: Mapping[int, Places]) -> None:
    """Of slots that are held. Where a slot has as many already, nothing is changed or written."""
    for key, places in wanted.items():
        held = seating.slots[key]
        before = held.state()
        if (held.capacity, held.hard_limit) == (places.capacity, places.hard_limit):
            continue
        refuse(held, places)
        keep(held, capacity=places.capacity, hard_limit=places.hard_limit)
        seating.gains(held)
        after = {name: value for name, value in held.state().items() if value != before[name]}
        where, was = held.session.department, {name: before[name] for name in after}
        seating.write(
            Entry(Kind.SLOTS_CHANGED, seating.by, where, held.public_id, before=was, after=after)
        )


def refuse(slot: Slot, places: Places) -> None:
    if places.hard_limit < places.capacity:
        raise Invalid(hard_limit=_("The limit cannot be below the number of places."))
    fewer = places.capacity < min(slot.capacity, slot.booked)
    if fewer or places.hard_limit < slot.booked:
        raise BelowBooked(
            _("%(booked)d are booked at that time. Please move or cancel some of them first.")
            % {"booked": slot.booked},
            slot_id=str(slot.public_id),
            booked=slot.booked,
        )


def keep(slot: Slot, **columns: Any) -> None:
    """Other columns of a slot that is held."""
    for name, value in columns.items():
        setattr(slot, name, value)
    slot.is_free = slot.has_place
    Slot.objects.filter(pk=slot.pk).update(**columns, is_free=slot.is_free)
