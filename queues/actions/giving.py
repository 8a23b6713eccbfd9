"""A place that comes free goes to whoever waits for it, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from queues import journal
from queues.actions import appointments
from queues.actions.hindrances import hindrance
from queues.actions.patients import hold_patients
from queues.actions.seats import Seating
from queues.actions.transactions import Overtaken
from queues.actions.vacancies import places_for, slots_around, slots_for, waits_of
from queues.journal import Entry
from queues.models import Appointment, Kind, Slot, WaitlistEntry
from queues.rules.appointments import Stage
from queues.rules.priority import Priority


def settle(seating: Seating, *more: Entry) -> None:
    """Give what is free in the slots that are held, then number, save and write down everything.

    Under the lock of the day's pages it is looked at once more: whoever frees a place and whoever
    begins to wait for it at the same moment meet there, and the second sees the first.
    """
    fill(seating)
    for entry in more:
        seating.write(entry)
    books = seating.open_books()
    if _has_more_to_give(seating):
        raise Overtaken
    journal.record(*seating.settle(books), held=books)


def _has_more_to_give(seating: Seating) -> bool:
    """Somebody who could be given a place in these slots, or somewhere that is not held."""
    if any(_given(seating)):
        return True
    begins_to_wait = [*seating.queued, *seating.again, *waits_of(seating.let_go)]
    waits = [entry for entry in begins_to_wait if not seating.is_answered(entry)]
    wanted = [slot for entry in waits for slot in slots_for(entry, seating.now)]
    wanted += [near for slot in seating.with_places_to_give for near in slots_around(slot)]
    return any(slot.pk not in seating.slots for slot in wanted)


def fill(seating: Seating) -> None:
    while found := next(_given(seating), None):
        _give(seating, *found)


def _given(seating: Seating) -> Iterator[tuple[WaitlistEntry, list[Slot]]]:
    """Who comes next into the slots that are held, and where they would sit."""
    for slot in seating.slots.values():
        if not slot.has_place or slot.starts_at <= seating.now:
            continue
        waiting = WaitlistEntry.objects.asking_for(slot)
        known = waiting.select_related("patient", "appointment", "clinic", "doctor")
        joining = (entry for entry in seating.queued if _asks_for(entry, slot))
        for entry in _in_order([*known, *joining]):
            if seating.is_answered(entry):
                continue
            places = places_for(entry, slot, seating.slots, seating.now)
            if places and not seating.hinders(
                entry.patient, seating.slots[places[0]], Priority(entry.source)
            ):
                yield entry, [seating.slots[pk] for pk in places]


def _give(seating: Seating, entry: WaitlistEntry, places: list[Slot]) -> None:
    """Theirs at once; or, where the clinic asks first, held for them until they answer."""
    hold_patients([entry.patient])
    first = places[0]
    if hindrance(entry.patient, first, Priority(entry.source), but=entry.appointment):
        raise Overtaken
    minutes = first.session.department.clinic.offer_minutes
    asks_first = bool(minutes) and entry.appointment is None
    given = [_seat(seating, entry, slot, asks_first, i) for i, slot in enumerate(places)]
    answer_by = min(seating.now + timedelta(minutes=minutes), first.starts_at)
    ends_at = answer_by if asks_first else None
    seating.answer(entry, given[0], ends_at)


def _seat(
    seating: Seating, entry: WaitlistEntry, slot: Slot, asks_first: bool, place: int
) -> Appointment:
    if entry.appointment:  # it had lost its place
        lost = appointments.fresh(entry.appointment)
        return seating.sit(lost, slot, Kind.PLACE_GIVEN, before=lost.state())
    theirs = appointments.new(
        slot,
        entry.patient if place == 0 else None,
        Priority(entry.source),
        Priority(entry.priority),
        entry.urgency,
        by=seating.by,
        party=entry.public_id if entry.places > 1 else None,
        language=entry.language,
        reason=entry.reason,
    )
    if asks_first:
        return seating.sit(theirs, slot, Kind.PLACE_OFFERED, status=Stage.WAITLISTED)
    return seating.sit(theirs, slot, Kind.PLACE_GIVEN)


def _in_order(entries: Iterable[WaitlistEntry]) -> list[WaitlistEntry]:
    return sorted(entries, key=lambda one: (not one.at_head, one.urgency, one.joined_at))


def _asks_for(entry: WaitlistEntry, slot: Slot) -> bool:
    """`asking_for`, of somebody who is not saved yet."""
    if entry.slot_id:
        wanted = entry.slot_id == slot.pk
    elif entry.doctor_id:
        wanted = entry.doctor_id == slot.doctor_id
    else:
        wanted = entry.specialty == slot.specialty
    here = entry.clinic_id in (None, slot.clinic_id)
    in_time = (entry.earliest or slot.day) <= slot.day <= (entry.latest or slot.day)
    return wanted and here and in_time
