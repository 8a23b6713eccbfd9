"""A doctor sits in another room on one day."""

from __future__ import annotations

from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import Invalid
from queues.actions.sessions import with_room
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Counter, Kind, Session
from queues.rules.rights import Actor


@transacted
def change_room(session: Session, room: Counter | None, *, by: Actor) -> Session:
    """Where this session takes place; none: the doctor's own room."""
    where = session.department
    if room and room.department_id != where.pk:
        raise Invalid(room=_("This room is in another department."))
    held = Session.objects.select_for_update().get(pk=session.pk)
    if held.room_id == (room.pk if room else None):
        return session
    was = held.room.code if held.room else None
    Session.objects.filter(pk=held.pk).update(room=room)
    entries = with_room(session.doctor, where, room, by=by) if room else []
    entry = Entry(
        Kind.SCHEDULE_CHANGED,
        by,
        where,
        session.public_id,
        before={"room": was},
        after={"room": room.code if room else None},
    )
    journal.record(entry, *entries)
    session.room = room
    return session
