"""How somebody who waits stands, in finished sentences of their language. The page shows the same
ones that its phone is told live, so that the two cannot disagree.

Three hundred phones may wait in one department: whatever is the same for all of them is said once
a board and language, and the rest is a few look-ups each.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from queues.models import Counter, Department
from queues.rules.waiting_time import Estimate
from queues.screens.boards import Board
from queues.screens.closed import closed
from queues.screens.digits import clock, digits
from queues.screens.places import Place
from queues.screens.waits import wait

NEAR = 2  # with so few ahead it is time to come close


def standing(board: Board, place: Place) -> dict[str, str]:
    """Each sentence by its name; empty where there is nothing to say."""
    return {
        "position": digits(place.position),
        "near": _near(place.position - 1) if place.estimate else "",  # somebody has to call them
        "ahead": _ahead(place.position - 1),
        "wait": wait(place.estimate) if place.estimate else "",
        "reckoned": _reckoned(board, place.estimate),
        "assigned": _assigned(board, place),
        **in_department(board),
    }


def in_department(board: Board) -> dict[str, str]:
    """What everybody there is told alike."""
    return {
        "last": _once(board, "last called", lambda: _last_called(board)),
        "closed": _once(board, "closed", lambda: closed(board)),
    }


def _near(ahead: int) -> str:
    if ahead == 0:
        return _("You are next. Please stay close.")
    return _("It is nearly your turn. Please come close.") if ahead <= NEAR else ""


def _ahead(ahead: int) -> str:
    if ahead == 0:
        return _("Nobody is ahead of you.")
    sentence = ngettext("%(n)s person is ahead of you.", "%(n)s people are ahead of you.", ahead)
    return sentence % {"n": digits(ahead)}


def _reckoned(board: Board, estimate: Estimate | None) -> str:
    """When the call will come by the clock, and how we know."""
    if board.department.state != Department.State.OPEN:
        return ""
    if estimate is None:
        return _("How long it takes cannot be said while no counter is open for you.")
    if not estimate.to_minutes:
        return _("You may be called at any moment.")
    counters = sum(counter.is_open for counter in _counters(board).values())
    if estimate.from_minutes:
        sentence = ngettext(
            "Probably between %(early)s and %(late)s, reckoned from those ahead of you,"
            " %(n)s open counter and how long recent visits took. Emergencies go first.",
            "Probably between %(early)s and %(late)s, reckoned from those ahead of you,"
            " %(n)s open counters and how long recent visits took. Emergencies go first.",
            counters,
        )
    else:
        sentence = ngettext(
            "Probably before %(late)s, reckoned from those ahead of you, %(n)s open counter"
            " and how long recent visits took. Emergencies go first.",
            "Probably before %(late)s, reckoned from those ahead of you, %(n)s open counters"
            " and how long recent visits took. Emergencies go first.",
            counters,
        )
    return sentence % {
        "n": digits(counters),
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
    """Many wait for the same minute, and writing it takes longer than all the rest."""
    return _once(
        board, f"clock {minutes}", lambda: clock(board.read_at + timedelta(minutes=minutes))
    )


def _counters(board: Board) -> dict[int, Counter]:
    every = board.department.counters
    return board.once("counters", lambda: {counter.pk: counter for counter in every.all()})


def _once(board: Board, name: str, say: Callable[[], str]) -> str:
    return board.once((name, get_language()), say)
