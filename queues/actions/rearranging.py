"""A doctor's week changes, and with it the slots; whoever is booked is asked about first.

What was booked in a slot that goes, or that grows too small, is never touched without an answer: it
stays, moves or is cancelled. Without one the change is refused with those who are concerned, and
nothing has happened. All slots are held at once, before anything is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from queues.actions import sessions
from queues.actions.giving import settle
from queues.actions.making_slots import insert, told, with_rooms
from queues.actions.patients import hold_patients
from queues.actions.refusals import HasBookings
from queues.actions.seats import Seating
from queues.actions.sending_off import find_refuges, send_off
from queues.actions.sessions import Part, part, sessions_for
from queues.actions.transactions import Overtaken, transacted
from queues.actions.vacancies import slots_around, slots_of_offer
from queues.actions.week_changes import Changed, Changes, compare
from queues.actions.weeks import move_on, plan_of, version_of
from queues.journal import Entry
from queues.models import Appointment, Doctor, Session, Slot
from queues.rules.appointments import Stage
from queues.rules.bookings import Fate
from queues.rules.rights import Actor


@transacted
def rearrange(
    doctor: Doctor, change: Callable[[], Iterable[Entry]], fate: Fate | None, *, by: Actor
) -> None:
    """Change the rows of a week, and all slots with them: all or nothing."""
    now, version = timezone.now(), version_of(doctor)
    before = plan_of(doctor, now)
    entries = list(change())
    changes = compare(doctor, before, plan_of(doctor, now), now)
    if changes.leaving and fate is None:
        raise HasBookings(changes.leaving)
    if fate is Fate.KEEP:
        changes.keep_everybody()
    changes.settle()
    _carry_out(doctor, changes, entries, cancels=fate is Fate.CANCEL, by=by, now=now)
    move_on(doctor, version)


def _carry_out(
    doctor: Doctor,
    changes: Changes,
    entries: list[Entry],
    *,
    cancels: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Make the slots as they are to be, with those who leave out of the way."""
    going = [one.slot for one in changes.closed if not one.stays]
    moving = [one.slot for one in changes.open if one.changes_session]
    were_in = {one.slot.session_id for one in changes.changed}
    sessions.hold(doctor, changes.days)
    sessions.fit(were_in, but={slot.pk for slot in [*going, *moving]})
    homes = sessions_for(doctor, changes.planned)
    made = insert(doctor, list(changes.new.values()), homes)
    leaving = changes.leaving
    refuges = {} if cancels else find_refuges(doctor, leaving, changes, now)
    seating = _hold(changes, leaving, refuges, by=by, now=now)
    seating.take_in(made)
    _reshape(seating, changes, homes)
    entries += _told(doctor, changes, made, homes, by=by)
    send_off(seating, leaving, refuges, cancels=cancels)
    settle(seating, *entries)
    for one in changes.open:
        _save(one.slot)
    sessions.forget(going)
    Session.objects.filter(pk__in=were_in, slots=None).delete()
    sessions.fit({*were_in, *(session.pk for session in homes.values())})


def _hold(
    changes: Changes,
    leaving: Sequence[Appointment],
    refuges: Mapping[int, Slot],
    *,
    by: Actor,
    now: datetime,
) -> Seating:
    """Hold all rows in their order. What was looked at before must still be so."""
    mine = [*changes.renamed, *(one.slot for one in changes.changed)]
    seen = [(slot.booked, slot.is_open) for slot in mine]
    offered = [one for one in leaving if one.status == Stage.WAITLISTED]
    around = slots_around([*refuges.values(), *(one.slot for one in leaving if one.slot)])
    around += [slot for one in offered for slot in slots_of_offer(one, now)]
    seating = Seating.of([*around, *mine], by=by, now=now)
    if [(slot.booked, slot.is_open) for slot in mine] != seen:
        raise Overtaken
    hold_patients(one.patient for one in leaving)
    return seating


def _reshape(seating: Seating, changes: Changes, homes: Mapping[Part, Session]) -> None:
    for one in changes.closed:
        one.slot.is_open = False
        _save(one.slot)
    for one in changes.open:
        _become(one, homes)
        seating.gains(one.slot)
    for slot in changes.renamed:
        slot.specialty = slot.doctor.specialty.casefold()
        _save(slot)
        seating.gains(slot)


def _told(
    doctor: Doctor,
    changes: Changes,
    made: Sequence[Slot],
    homes: Mapping[Part, Session],
    *,
    by: Actor,
) -> list[Entry]:
    rooms = with_rooms(doctor, homes, by=by) if made else []
    closed, changed = ([one.slot for one in each] for each in (changes.closed, changes.open))
    return [*rooms, *told(doctor, by=by, made=made, changed=changed, closed=closed)]


def _become(one: Changed, homes: Mapping[Part, Session]) -> None:
    """Never below what is booked, until those who leave have left."""
    assert one.to
    slot, to = one.slot, one.to
    slot.session, slot.ends_at, slot.day = homes[part(to)], to.ends, to.day
    slot.clinic_id = slot.session.clinic_id
    slot.specialty = slot.doctor.specialty.casefold()
    slot.capacity, slot.is_open = to.capacity, True
    slot.hard_limit = max(to.hard_limit, slot.booked)
    _save(slot)
    slot.hard_limit = max(to.hard_limit, one.stays)


def _save(slot: Slot) -> None:
    slot.is_free = slot.has_place
    Slot.objects.filter(pk=slot.pk).update(
        session=slot.session,
        clinic=slot.clinic_id,
        specialty=slot.specialty,
        day=slot.day,
        ends_at=slot.ends_at,
        capacity=slot.capacity,
        hard_limit=slot.hard_limit,
        is_open=slot.is_open,
        is_free=slot.is_free,
    )
