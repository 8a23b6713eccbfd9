"""The doctor's room: who is brought into it, and where somebody is who is not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from queues.actions import calling, tokens
from queues.actions.refusals import AtAnotherCounter, NoRoom, PatientElsewhere, was_first
from queues.models import Appointment, Counter, Department, Doctor, Token
from queues.rules.rights import Actor
from queues.rules.status import IN_HAND, LIVE, Status


def where_now(of: Appointment | Token | None) -> Token | None:
    """Their number as it now is, in the Lab it may be; none where they never took one."""
    known = Token.objects.select_related("visit", "department__clinic", "counter", "doctor")
    if isinstance(of, Token):
        token = known.get(pk=of.pk)
    else:
        first = known.filter(appointment=of).order_by("pk").first() if of else None
        if first is None:
            return None
        token = first
    while token.status == Status.TRANSFERRED:
        follower = known.filter(previous=token).order_by("pk").last()
        if follower is None:
            break
        token = follower
    return token


def bring_in(token: Token, doctor: Doctor, department: Department, *, by: Actor) -> None:
    """Their turn is now: called to the doctor's room if they wait, and served."""
    if token.department_id != department.pk:
        raise _elsewhere(token)
    if token.status == Status.WAITING:
        calling.call(token, room_for(doctor, department), by=by)
    counter = token.counter
    if counter and counter.doctor_id not in (None, doctor.pk):
        raise AtAnotherCounter(
            _("%(label)s is at counter %(counter)s.")
            % {"label": token.visit.label, "counter": counter.code},
            counter=counter.code,
        )
    if token.status == Status.CALLED:
        tokens.start(token, by=by)
    elif token.status != Status.SERVING:
        raise was_first(token)


def room_for(doctor: Doctor, department: Department) -> Counter:
    """The doctor's own open room, a free one before others."""
    rooms = Counter.objects.filter(department=department, doctor=doctor, is_open=True)
    found = rooms.select_related("department__clinic", "current__visit", "doctor").order_by("code")
    room = min(found, key=lambda one: one.current_id is not None, default=None)
    if room is None:
        raise NoRoom(
            _("%(doctor)s has no open room in %(department)s. Please open one first.")
            % {"doctor": doctor.name, "department": department.name}
        )
    return room


def is_here(token: Token, doctor: Doctor, department: Department) -> bool:
    """Whether they are in this doctor's hands. Who is still to come, or to come back, stands in
    the way; who has left, or went on to another doctor, does not."""
    at_home = token.department_id == department.pk
    went_on = at_home and token.doctor_id not in (None, doctor.pk)
    if token.status not in LIVE or went_on:
        return False
    if not at_home:
        raise _elsewhere(token)
    if token.status in IN_HAND:
        return True
    raise PatientElsewhere(
        _("%(label)s waits to be called in. Please call them, or cancel the number, first.")
        % {"label": token.visit.label},
        **_facts(token),
    )


def _elsewhere(token: Token) -> PatientElsewhere:
    return PatientElsewhere(
        _("%(label)s is in %(department)s and not back yet. What is written here stays.")
        % {"label": token.visit.label, "department": token.department.name},
        **_facts(token),
    )


def _facts(token: Token) -> dict[str, str]:
    return {
        "token_id": str(token.public_id),
        "department": token.department.code,
        "state": token.status,
    }
