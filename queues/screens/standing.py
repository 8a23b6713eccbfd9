"""How somebody who waits stands, in finished sentences of their language. The page shows the same
ones that its phone is told live, so that the two cannot disagree.

Three hundred phones may wait in one department: whatever is the same for all of them is said once
a board and language, and the rest is a few look-ups each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from queues.models import Counter, Department
from queues.rules.waiting_time import Estimate
from queues.screens.boards import Board
from queues.screens.closed import closed
from queues.screens.digits import clock, digits
from queues.screens.estimates import OwnTime
from queues.screens.places import Place
from queues.screens.waits import expected, late, wait

NEAR = 2  # with so few ahead it is time to come close
SOON = 15  # minutes: whose own time is later than that may still sit down


def standing(board: Board, place: Place) -> dict[str, str]:
    """Each sentence by its name; empty where there is nothing to say."""
    at = expected(place.estimate, board.read_at)
    return {
        "position": digits(place.position),
        "near": _near(place),
        "ahead": _ahead(place.position - 1),
        "appointed": _appointed(board, place.time) if place.time else "",
        "wait": wait(place.estimate) if place.estimate and not at else "",
        "expected": _clock(board, at) if at else "",
        "reckoned": reckoned(board, place.estimate),
        "assigned": _assigned(board, place),
        **in_department(board),
    }


def in_department(board: Board) -> dict[str, str]:
    """What everybody there is told alike."""
    return {
        "last": _once(board, "last called", lambda: _last_called(board)),
        "closed": _once(board, "closed", lambda: closed(board)),
    }


def _near(place: Place) -> str:
    ahead, estimate = place.position - 1, place.estimate
    if estimate is None or not estimate.desks:  # somebody has to call them
        return ""
    if estimate.by_time and estimate.from_minutes > SOON:
        return ""
    if ahead == 0:
        return _("You are next. Please stay close.")
    return _("It is nearly your turn. Please come close.") if ahead <= NEAR else ""


def _ahead(ahead: int) -> str:
    if ahead == 0:
        return _("Nobody is ahead of you.")
    sentence = ngettext("%(n)s person is ahead of you.", "%(n)s people are ahead of you.", ahead)
    return sentence % {"n": digits(ahead)}


def _appointed(board: Board, time: OwnTime) -> str:
    """When they were asked to come, if they came by then; and how late the doctor is."""
    at = {"time": _clock(board, time.starts_at)}
    asked = _("Your appointment is at %(time)s.") % at if time.in_time else ""
    return f"{asked} {delay(board, time)}".strip()


def delay(board: Board, time: OwnTime) -> str:
    """Of the doctor, as long as it moves their time."""
    if time.due <= board.read_at:
        return ""
    return _once(board, ("late", time.delay), lambda: late(time.delay))


def reckoned(board: Board, estimate: Estimate | None) -> str:
    """When the call will come by the clock, and how we know."""
    if board.department.state != Department.State.OPEN:
        return ""
    if estimate is None:
        return _("How long it takes cannot be said while no counter is open for you.")
    if at := expected(estimate, board.read_at):
        return _by_time(_clock(board, at))
    if not estimate.to_minutes:
        return _("You may be called at any moment.")
    return _by_those_ahead(board, estimate)


def _by_time(at: str) -> str:
    """A room that is free calls who is next in line, so nobody is told that it will not be
    sooner."""
    seen = _("You will probably be seen at about %(expected)s.") % {"expected": at}
    sooner = _(
        "Others whose time is earlier may come before you. If the doctor is free sooner, you may"
        " be called sooner."
    )
    return f"{seen} {sooner}"


def _by_those_ahead(board: Board, estimate: Estimate) -> str:
    if estimate.from_minutes:
        sentence = ngettext(
            "Probably between %(early)s and %(late)s, reckoned from those ahead of you,"
            " %(n)s open counter and how long recent visits took. Emergencies go first.",
            "Probably between %(early)s and %(late)s, reckoned from those ahead of you,"
            " %(n)s open counters and how long recent visits took. Emergencies go first.",
            estimate.desks,
        )
    else:
        sentence = ngettext(
            "Probably before %(late)s, reckoned from those ahead of you, %(n)s open counter"
            " and how long recent visits took. Emergencies go first.",
            "Probably before %(late)s, reckoned from those ahead of you, %(n)s open counters"
            " and how long recent visits took. Emergencies go first.",
            estimate.desks,
        )
    return sentence % {
        "n": digits(estimate.desks),
        "early": _in_minutes(board, estimate.from_minutes),
        "late": _in_minutes(board, estimate.to_minutes),
    }


def _assigned(board: Board, place: Place) -> str:
    """A counter that has closed since no longer counts: then anybody takes them."""
    counter = _counters(board).get(place.assigned or 0)
    if counter is None or not counter.is_open:
        return ""
    if counter.name:
        facts = {"counter": counter.code, "room": counter.name}
        return _("You will be called to counter %(counter)s, %(room)s.") % facts
    return _("You will be called to counter %(counter)s.") % {"counter": counter.code}


def _last_called(board: Board) -> str:
    if not board.calls:
        return ""
    call = board.calls[0]
    facts = {"label": call.label, "counter": call.counter, "time": clock(call.at)}
    return _("Last called: %(label)s to counter %(counter)s, at %(time)s.") % facts


def _in_minutes(board: Board, minutes: int) -> str:
    return _clock(board, board.read_at + timedelta(minutes=minutes))


def _clock(board: Board, moment: datetime) -> str:
    """Many wait for the same minute, and writing it takes longer than all the rest."""
    minute = moment.replace(second=0, microsecond=0)
    return _once(board, ("clock", minute), lambda: clock(minute))


def _counters(board: Board) -> dict[int, Counter]:
    every = board.department.counters
    return board.once("counters", lambda: {counter.pk: counter for counter in every.all()})


def _once(board: Board, name: Hashable, say: Callable[[], str]) -> str:
    return board.once((name, get_language()), say)
