"""What staff do with one token. Each moves it from a state it must be in, or says who was first."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import places
from queues.actions.coming_back import open_books
from queues.actions.refusals import StaffOnly, refuse_second_wait, was_first
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Kind, Token
from queues.models.department import Place
from queues.rules.priority import ONLY_STAFF_GIVE, Priority, arrival_behind
from queues.rules.rights import Act, Actor
from queues.rules.status import IN_HAND, STARTS_FROM, Move, Status

State = dict[str, Any]


@transacted
def start(token: Token, *, by: Actor) -> Token:
    """The patient is at the counter."""
    before = held(token, Move.START)
    return _record(token, Move.START, before, by, status=Status.SERVING, started_at=timezone.now())


@transacted
def complete(token: Token, *, by: Actor, note: str = "") -> Token:
    before = held(token, Move.COMPLETE)
    return _record(token, Move.COMPLETE, before, by, note, **_ended(Status.COMPLETED))


@transacted
def no_show(token: Token, *, by: Actor, note: str = "") -> Token:
    before = held(token, Move.NO_SHOW)
    return _record(token, Move.NO_SHOW, before, by, note, **_ended(Status.NO_SHOW))


@transacted
def recall(token: Token, *, by: Actor) -> Token:
    """Announce once more; nothing else changes."""
    before = held(token, Move.RECALL)
    now = timezone.now()
    return _record(token, Move.RECALL, before, by, recalls=token.recalls + 1, announced_at=now)


@transacted
def put_back(token: Token, *, by: Actor, note: str = "") -> Token:
    """Back to the place it was called from."""
    before = held(token, Move.PUT_BACK)
    return _record(token, Move.PUT_BACK, before, by, note, **_WAITS_AGAIN)


@transacted
def hold(token: Token, *, by: Actor, note: str = "") -> Token:
    before = held(token, Move.HOLD)
    return _record(token, Move.HOLD, before, by, note, status=Status.ON_HOLD)


@transacted
def resume(token: Token, *, by: Actor) -> Token:
    before = held(token, Move.RESUME)
    return _record(token, Move.RESUME, before, by, status=Status.WAITING)


@transacted
def return_(token: Token, *, by: Actor) -> Token:
    """Somebody who had not come is here after all."""
    before = held(token, Move.RETURN)
    refuse_second_wait(token.visit, token.department, but=token)
    books = open_books(token.visit, token.department.clinic, [token.department], timezone.now())
    token.department.reread()  # under the lock of its page: the policy cannot change meanwhile
    changes = {**_WAITS_AGAIN, **_place_after_no_show(token)}
    journal.record(moved(token, Move.RETURN, before, by, **changes), held=books)
    return token


@transacted
def cancel(token: Token, *, by: Actor, note: str = "") -> Token:
    """Whoever came to an appointment frees their place in the doctor's time, too."""
    seating = places.held_for(token, by=by)
    before = held(token, Move.CANCEL)
    entry = moved(token, Move.CANCEL, before, by, note, **_ended(Status.CANCELLED))
    if seating is None:
        journal.record(entry)
    else:
        places.free(seating, token, entry)
    return token


@transacted
def set_priority(token: Token, priority: Priority, *, by: Actor, note: str = "") -> Token:
    """Raise or lower somebody who already waits; the arrival they are ranked from stays."""
    where = token.department
    if priority in ONLY_STAFF_GIVE and not by.may(Act.GIVE_URGENCY, where.clinic_id, where.pk):
        raise StaffOnly(_("Only staff can give this priority."))
    before = held(token, Move.PRIORITY)
    if token.priority == priority:
        return token
    token.department.reread()
    changes: State = {"priority": priority, **token.department.place(priority, token.ranked_from)}
    if token.assigned and not token.assigned.serves_priority(priority):
        changes["assigned"] = None  # anybody's, since its counter would never call it
    return _record(token, Move.PRIORITY, before, by, note, **changes)


# What every move is made of: hold the row, change it once, let go of the counter, write it down.

KINDS = {
    Move.START: Kind.STARTED,
    Move.COMPLETE: Kind.COMPLETED,
    Move.NO_SHOW: Kind.NO_SHOW,
    Move.RECALL: Kind.RECALLED,
    Move.PUT_BACK: Kind.PUT_BACK,
    Move.HOLD: Kind.HELD,
    Move.RESUME: Kind.RESUMED,
    Move.RETURN: Kind.RETURNED,
    Move.TRANSFER: Kind.TRANSFERRED,
    Move.CANCEL: Kind.CANCELLED,
    Move.PRIORITY: Kind.PRIORITY_CHANGED,
}
_WAITS_AGAIN: State = {
    "status": Status.WAITING,
    "counter": None,
    "recalls": 0,
    "closed_by_clock": False,
    "closed_on_paper": False,
    "called_at": None,
    "announced_at": None,
    "ended_at": None,
}


def held(token: Token, move: Move) -> State:
    """Hold the token's row and see how it stands, if the move may start from there."""
    token.lock()
    if token.status not in STARTS_FROM[move]:
        raise was_first(token)
    return token.state()


def moved(
    token: Token, move: Move, before: State, by: Actor, note: str = "", **changes: Any
) -> Entry:
    """Make the change, and return the entry that tells of it."""
    counter = token.counter if before["status"] in IN_HAND else None
    if not token.shift(STARTS_FROM[move], now=timezone.now(), **changes):
        raise was_first(token)
    if counter and token.status not in IN_HAND:
        counter.release(token)
    return journal.moved(KINDS[move], token, before, by=by, note=note)


def _record(
    token: Token, move: Move, before: State, by: Actor, note: str = "", **changes: Any
) -> Token:
    journal.record(moved(token, move, before, by, note, **changes))
    return token


def _ended(status: Status) -> State:
    return {"status": status, "ended_at": timezone.now()}


def _place_after_no_show(token: Token) -> Place:
    """The place they had, or behind so many others of their band as the department sets."""
    department = token.department
    had = department.place(token.priority, token.ranked_from)
    peers = Token.objects.waiting_at(department).filter(band=had["band"]).in_call_order()
    overtakers = list(peers[: department.returns_behind])
    if not overtakers or overtakers[-1].rank < had["rank"]:
        return had
    head_start = department.head_start(token.priority)
    return department.place(token.priority, arrival_behind(overtakers[-1].rank, head_start))
