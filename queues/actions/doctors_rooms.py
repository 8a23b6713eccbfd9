"""Where a doctor works: the counter that they get with their first hours, another for one session."""

from __future__ import annotations

from django.utils.translation import gettext as _

from queues import journal
from queues.actions.refusals import Invalid
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Counter, Department, Doctor, Kind, Session
from queues.rules.rights import Actor

ROOM = "R"


def with_room(
    doctor: Doctor, department: Department, named: Counter | None, *, by: Actor
) -> list[Entry]:
    """They have a counter there, so that they can call: the one that is named, or a new one."""
    doctor.departments.add(department)
    if Counter.objects.filter(department=department, doctor=doctor).exists():
        return []
    if named is None:
        code = _next_code(department)
        number = code.removeprefix(ROOM)
        room = Counter.objects.create(
            department=department,
            code=code,
            name=_("Room %(number)s") % {"number": number},
            doctor=doctor,
            is_open=True,
        )
    elif not Counter.objects.filter(pk=named.pk, doctor=None).update(doctor=doctor):
        return []  # shared with another doctor, who sits there now
    else:
        room = named
    after = {"doctor": str(doctor.public_id), "is_open": room.is_open}
    return [
        Entry(Kind.COUNTER_CHANGED, by, department, room.public_id, counter=room.code, after=after)
    ]


def _next_code(department: Department) -> str:
    codes = Counter.objects.filter(department=department, code__istartswith=ROOM)
    numbers = [code[len(ROOM) :] for code in codes.values_list("code", flat=True)]
    return f"{ROOM}{max((int(text) for text in numbers if text.isdecimal()), default=0) + 1}"


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
