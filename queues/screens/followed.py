"""What the page of an appointment says of waiting, and what it is told live: only whether it still
says what is so. Then it asks for itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from queues.models import Appointment
from queues.rules.appointments import AHEAD, STARTS_FROM, Stage, Step
from queues.screens import boards, standing
from queues.screens.boards import Board
from queues.screens.estimates import delay_of
from queues.screens.places import Place
from queues.screens.waits import late


class Says(NamedTuple):
    """Sentences; empty where there is nothing to say."""

    late: str = ""
    reckoned: str = ""  # once they have come and wait in line


def followed(ids: Iterable[str]) -> dict[str, Appointment]:
    """Those whose pages are open, in one query, by what their pass calls them."""
    wanted = list(ids)
    if not wanted:
        return {}
    known = Appointment.objects.select_related("slot__session", "department__clinic", "visit")
    return {str(one.public_id): one for one in known.filter(public_id__in=wanted)}


def told(board: Board, appointment: Appointment | None) -> dict[str, str]:
    """What the page is sent when its department moves."""
    if appointment is None:
        return {"state": "gone"}
    return {"state": state(appointment, board.read_at, says(appointment, board))}


def state(appointment: Appointment, now: datetime, said: Says) -> str:
    """Another than before: the page says something else."""
    return " ".join(
        (
            appointment.status,
            appointment.changed_at.isoformat(),
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
    return appointment.status in STARTS_FROM[Step.CHECK_IN] and is_time


def opens(appointment: Appointment) -> datetime:
    """From when on."""
    before = timedelta(minutes=appointment.department.clinic.check_in_minutes)
    return appointment.starts_at - before


def has_begun(appointment: Appointment, now: datetime) -> bool:
    return appointment.starts_at <= now
