"""What a patient's own page says: their number, their place, where to go. Never a name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from queues.models import Clinic, Department, Token, Visit
from queues.rules.priority import Priority
from queues.rules.rights import PATIENT_MOVES
from queues.rules.status import IN_HAND, LIVE, STARTS_FROM, Status
from queues.screens import boards, passes, standing
from queues.screens.boards import Board
from queues.screens.digits import clock
from queues.screens.passes import Screen
from queues.screens.places import Place


def is_over(visit: Visit) -> bool:
    """A link ends with its service day, unless its patient still waits."""
    past = visit.day < visit.clinic.service_day()
    return past and not visit.tokens.filter(live=True).exists()


def visit(of: Visit) -> dict[str, Any]:
    stops = list(
        of.tokens.select_related("visit", "department__clinic", "counter", "doctor").order_by(
            "arrived_at", "pk"
        )
    )
    live = [token for token in stops if token.status in LIVE]
    past = [token for token in stops if token.status not in LIVE]
    last = max(past, key=_ended_at, default=None)
    return {
        "visit": of,
        "clinic": of.clinic,
        "now": timezone.now(),
        "live": [_stop(token) for token in live],
        "past": [_past(token) for token in past],
        "called": next((token for token in live if token.status == Status.CALLED), None),
        "in_hand": next((token for token in live if token.status in IN_HAND), None),
        "end": last.status if last and not live else "",
        "followed": _followed(live, last),
        "languages": languages(of.clinic),
    }


def pass_for(shown: dict[str, Any], language: str) -> str:
    """What the page may hear live, of the departments that it follows."""
    label = shown["visit"].label
    return passes.to(Screen.PHONE, shown["followed"], language=language, label=label)


def languages(clinic: Clinic) -> list[tuple[str, str]]:
    """Those of the clinic, each in its own script."""
    return [(code, name) for code, name in settings.LANGUAGES if code in clinic.languages]


def _followed(live: list[Token], last: Token | None) -> list[Department]:
    """Where they wait; once they are done, where they were last: the line is then still alive."""
    if live:
        return [token.department for token in live]
    return [last.department] if last else []


def _ended_at(token: Token) -> Any:
    return token.ended_at or token.changed_at


def _past(token: Token) -> dict[str, Any]:
    return {"token": token, "department": token.department, "sentence": _ended(token)}


def _ended(token: Token) -> str:
    at = clock(_ended_at(token))
    if token.closed_by_clock:
        sentence = _("closed at %(time)s, at the end of the day")
    elif token.status == Status.COMPLETED:
        sentence = _("done at %(time)s")
    elif token.status == Status.TRANSFERRED:
        sentence = _("sent on at %(time)s")
    elif token.status == Status.NO_SHOW:
        sentence = _("called, but nobody came by %(time)s")
    else:
        sentence = _("given up at %(time)s")
    return sentence % {"time": at}


def _stop(token: Token) -> dict[str, Any]:
    """One wait: where it stands, and how long it may still take."""
    board = boards.newest(token.department)
    place = board.by_label.get(token.visit.label)
    waits = token.status == Status.WAITING and isinstance(place, Place)
    here = place if waits and isinstance(place, Place) else None
    return {
        "token": token,
        "department": token.department,
        "counter": token.counter,
        "state": _state(token),
        "is_called": token.status in IN_HAND,
        "says": standing.standing(board, here) if here else standing.in_department(board),
        "goes_first": _goes_first(token),
        "position": here.position if here else None,
        "may": {move.value for move in PATIENT_MOVES if token.status in STARTS_FROM[move]},
    }


def _goes_first(token: Token) -> bool:
    """Whether their number goes before others; why, is nobody's business on a phone."""
    usual = token.department.place(Priority.WALK_IN, token.ranked_from)
    return (token.band, token.rank) < (usual["band"], usual["rank"])


def _state(token: Token) -> str:
    """Another than before: the page looks otherwise, not only its sentences."""
    if token.status not in IN_HAND:
        return str(token.status)
    at = token.counter.code if token.counter else ""
    announced = token.announced_at.isoformat() if token.announced_at else ""
    return f"{token.status} {at} {announced}"


def told(board: Board, label: str) -> dict[str, Any]:
    """What a phone is sent when the department moves: its own few facts. When `state` is another
    than before, the phone asks for its page."""
    here = board.by_label.get(label)
    if isinstance(here, Place):
        return {"state": str(Status.WAITING), **standing.standing(board, here)}
    return {"state": _state(here) if here else "gone", **standing.in_department(board)}
