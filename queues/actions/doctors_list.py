"""The doctor's list, kept from outside: somebody on it is put where they now are.

Whoever is here has a number in the queue, and the list moves by that number: it is called to the
doctor's own room, started, completed. Who was seen without ever checking in moves on the list alone.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import calling, checking_in, rebooking, tokens
from queues.actions.appointments import fresh, told
from queues.actions.moments import refuse_before_its_day
from queues.actions.patients import in_use
from queues.actions.refusals import CounterClosed, Invalid, was_first
from queues.actions.transactions import transacted
from queues.models import Appointment, Counter, Doctor, Kind, Patient, Token
from queues.rules.appointments import AHEAD, Stage
from queues.rules.rights import Act, Actor
from queues.rules.status import Status

# What a list can ask for, and which right it takes.
ASKS_FOR: dict[Stage, Act] = {
    Stage.CONFIRMED: Act.BOOK,
    Stage.CHECKED_IN: Act.CHECK_IN,
    Stage.IN_CONSULTATION: Act.WORK_QUEUE,
    Stage.COMPLETED: Act.WORK_QUEUE,
    Stage.CANCELLED: Act.BOOK,
    Stage.NO_SHOW: Act.BOOK,
}


@transacted
def put(
    appointment: Appointment, to: Stage, *, by: Actor, patient: Patient | None = None
) -> Appointment:
    """Move somebody on the list; `patient` names, at check-in, who the place was booked for."""
    if to is Stage.CHECKED_IN:
        checking_in.check_in(appointment, by=by, patient=patient)
    else:
        _STEPS[to](fresh(appointment), by)
    return fresh(appointment)


@transacted
def put_number(token: Token, to: Stage, *, by: Actor) -> Token:
    """The same for somebody in the queue: by their place on the list, if they have one."""
    if token.appointment:
        put(token.appointment, to, by=by)
        token.refresh_from_db()
        return token
    return _MOVES[to](token, by)


def _confirm(appointment: Appointment, by: Actor) -> None:
    rebooking.confirm(appointment, by=by)


def _cancel(appointment: Appointment, by: Actor) -> None:
    rebooking.cancel(appointment, by=by)


def _miss(appointment: Appointment, by: Actor) -> None:
    if token := rebooking.live_token(appointment):
        tokens.no_show(token, by=by)
    else:
        rebooking.miss(appointment, by=by)


def _see(appointment: Appointment, by: Actor) -> None:
    if token := rebooking.live_token(appointment):
        _serve(token, appointment.doctor, by)
    else:
        refuse_before_its_day(appointment, timezone.now())
        if appointment.patient is None:
            raise Invalid(patient_id=_("Please say who this place was booked for."))
        in_use(appointment.patient)
        _move_alone(appointment, AHEAD, Stage.IN_CONSULTATION, Kind.CONSULTATION_STARTED, by)


def _complete(appointment: Appointment, by: Actor) -> None:
    if token := rebooking.live_token(appointment):
        tokens.complete(token, by=by)
    else:
        seen = frozenset({Stage.IN_CONSULTATION})
        _move_alone(appointment, seen, Stage.COMPLETED, Kind.CONSULTATION_COMPLETED, by)


_STEPS: dict[Stage, Callable[[Appointment, Actor], None]] = {
    Stage.CONFIRMED: _confirm,
    Stage.IN_CONSULTATION: _see,
    Stage.COMPLETED: _complete,
    Stage.CANCELLED: _cancel,
    Stage.NO_SHOW: _miss,
}


def _move_alone(
    appointment: Appointment, comes_from: frozenset[Stage], to: Stage, kind: Kind, by: Actor
) -> None:
    before = appointment.state()
    if not appointment.shift(comes_from, now=timezone.now(), status=to):
        raise rebooking.no_longer(appointment)
    journal.record(told(kind, appointment, before, by=by))


def _serve(token: Token, doctor: Doctor | None, by: Actor) -> Token:
    """Into the doctor's room, if they are not on their way there."""
    if token.status not in (Status.WAITING, Status.CALLED):
        raise was_first(token)
    if token.status == Status.WAITING:
        token = calling.call(token, _room_of(doctor, token), by=by)
    return tokens.start(token, by=by) if token.status == Status.CALLED else token


def _room_of(doctor: Doctor | None, token: Token) -> Counter:
    """The doctor's own, open, and rather one that is free."""
    open_ones = Counter.objects.filter(department=token.department, is_open=True)
    theirs = open_ones.filter(doctor=doctor, doctor__isnull=False)
    known = theirs.select_related("department__clinic", "doctor", "current__visit")
    rooms = sorted(known, key=lambda room: (room.current_id is not None, room.code))
    if not rooms:
        raise CounterClosed(_("This doctor has no open room here. Please open one first."))
    return rooms[0]


def _wait_again(token: Token, by: Actor) -> Token:
    """Here, and not with the doctor."""
    again = {
        Status.CALLED: tokens.put_back,
        Status.ON_HOLD: tokens.resume,
        Status.NO_SHOW: tokens.return_,
    }
    move = again.get(Status(token.status))
    if move is None:
        raise was_first(token)
    return move(token, by=by)


def _cannot_confirm(token: Token, by: Actor) -> Token:
    raise was_first(token)


_MOVES: dict[Stage, Callable[[Token, Actor], Token]] = {
    Stage.CONFIRMED: _cannot_confirm,
    Stage.CHECKED_IN: _wait_again,
    Stage.IN_CONSULTATION: lambda token, by: _serve(token, token.doctor, by),
    Stage.COMPLETED: lambda token, by: tokens.complete(token, by=by),
    Stage.CANCELLED: lambda token, by: tokens.cancel(token, by=by),
    Stage.NO_SHOW: lambda token, by: tokens.no_show(token, by=by),
}
