"""What the page of an appointment says of waiting, and what it is told live: only whether it still
says what is so. Then it asks for itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from queues.models import Appointment
from queues.rules.appointments import AHEAD, Stage
from queues.screens import boards, standing
from queues.screens.boards import Board
from queues.screens.estimates import delay_of, of_some
from queues.screens.places import Place
from queues.screens.waits import late


class Says(NamedTuple):
    """Sentences; empty where there is nothing to say."""

    late: str = ""
    reckoned: str = ""  # once they have come and wait in line


class Followed(NamedTuple):
    """An appointment whose page is open; and, before they come, when they will be seen."""

    appointment: Appointment
    due: datetime | None


def followed(ids: Iterable[str]) -> dict[str, Followed]:
    """All of them in as many queries as one, by what their pass calls them."""
    wanted = list(ids)
    if not wanted:
        return {}
    related = ("slot__session__room", "department__clinic", "visit")
    known = list(Appointment.objects.select_related(*related).filter(public_id__in=wanted))
    due = of_some([one for one in known if one.status in AHEAD])
    return {str(one.public_id): Followed(one, due.get(one.pk)) for one in known}


def told(board: Board, found: Followed | None) -> dict[str, str]:
    """What the page is sent when its department moves."""
    if found is None:
        return {"state": "gone"}
    said = says(found.appointment, board)
    return {"state": state(found.appointment, board.read_at, said, found.due)}


def state(appointment: Appointment, now: datetime, said: Says, due: datetime | None) -> str:
    """Another than before: the page says something else."""
    room = appointment.slot.session.room if appointment.slot else None
    return " ".join(
        (
            appointment.status,
            appointment.changed_at.isoformat(),
            f"{due} {room and room.code}",
            f"{may_come(appointment, now)} {has_begun(appointment, now)}",
            *said,
        )
    )


def says(appointment: Appointment, board: Board | None = None) -> Says:
    """Before they come, how late the doctor is; then what the page of their number says as well."""
    if appointment.status in AHEAD:
        return Says(late(delay_of(appointment)))
    if appointment.status != Stage.CHECKED_IN or appointment.visit is None:
        return Says()
    board = board or boards.newest(appointment.department)
    place = board.by_label.get(appointment.visit.label)
    if not isinstance(place, Place) or board.department != appointment.department:
        return Says()  # called, on hold, or sent on for a while
    delay = standing.delay(board, place.time) if place.time else ""
    return Says(delay, standing.reckoned(board, place.estimate))


def may_come(appointment: Appointment, now: datetime) -> bool:
    """Whether the page takes 'I am here'."""
    is_time = appointment.is_its_day(now) and now >= opens(appointment)
    return appointment.may_come and is_time


def opens(appointment: Appointment) -> datetime:
    """From when on."""
    before = timedelta(minutes=appointment.department.clinic.check_in_minutes)
    return appointment.starts_at - before


def has_begun(appointment: Appointment, now: datetime) -> bool:
    return appointment.starts_at <= now
