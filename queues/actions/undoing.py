"""Takes back the last thing done to a token, while that still harms nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import places
from queues.actions.coming_back import open_books
from queues.actions.refusals import (
    AlreadyWaiting,
    CannotUndo,
    refuse_second_wait,
    was_first,
)
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Consultation, Counter, Event, Kind, Token
from queues.rules.rights import Actor
from queues.rules.status import IN_HAND, LIVE, Status
from queues.screens import words

TIME_TO_THINK = timedelta(minutes=2)
TAKES_BACK = {
    Kind.CALLED,
    Kind.STARTED,
    Kind.COMPLETED,
    Kind.NO_SHOW,
    Kind.HELD,
    Kind.PUT_BACK,
    Kind.RETURNED,
    Kind.CANCELLED,
    Kind.PRIORITY_CHANGED,
    Kind.TRANSFERRED,
}
# What others cause, or what leaves the token as it is, does not stand in the way.
PASSES_BY = (Kind.RECALLED, Kind.ASSIGNED, Kind.RERANKED)


@transacted
def undo(token: Token, *, by: Actor) -> Token:
    """Returns the token as it was; for a transfer, the one it was sent on from."""
    last = _last_change(token)
    if last and last.kind == Kind.ARRIVED and token.previous:
        return undo(token.previous, by=by)
    if last and last.kind == Kind.CANCELLED:
        places.take_back(token, by=by)
    token.lock()
    last = _last_change(token)  # now that nobody can add another
    if last is None or last.kind not in TAKES_BACK:
        standing = words.standing(token, Event.objects.last_move_of(token))
        raise CannotUndo(_("There is nothing here that can be taken back.") + " " + standing)
    if last.kind == Kind.COMPLETED and _is_written_down(token):
        raise CannotUndo(_("The consultation is completed. Only an addendum can be written."))
    if timezone.now() - last.at > TIME_TO_THINK:
        raise CannotUndo(_("It is more than two minutes ago and stays as it is."))
    entries = [_withdraw_follower(token, by=by)] if last.kind == Kind.TRANSFERRED else []
    entries.append(_restore(token, last, by=by))
    ledgers = {entry.where for entry in entries}
    books = open_books(token.visit, token.department.clinic, ledgers, timezone.now())
    journal.record(*entries, held=books)
    return token


def _is_written_down(token: Token) -> bool:
    """A consultation was completed with it, and that stays."""
    theirs = Q(token=token)
    if token.appointment_id:
        theirs |= Q(appointment=token.appointment_id)
    completed = Consultation.objects.filter(status=Consultation.Status.COMPLETED)
    return completed.filter(theirs).exists()


def _last_change(token: Token) -> Event | None:
    return Event.objects.of(token).exclude(kind__in=PASSES_BY).first()


def _restore(token: Token, last: Event, *, by: Actor) -> Entry:
    now_is = token.state()
    leaves = token.counter if now_is["status"] in IN_HAND else None
    earlier = _as_it_was(token, last.before)
    status = Status(earlier.get("status", token.status))
    if status in LIVE and token.status not in LIVE:
        try:
            refuse_second_wait(token.visit, token.department, but=token)
        except AlreadyWaiting as refusal:
            raise CannotUndo(refusal.sentence, **refusal.facts) from refusal
    if status in IN_HAND:
        _refuse_if_in_other_hands(token)
    if status is Status.WAITING:
        earlier["recalls"] = 0
    if last.kind == Kind.NO_SHOW:
        earlier["announced_at"] = timezone.now()  # else the clock would mark them again at once
    token.department.reread()
    earlier |= token.department.place(  # by today's policy, should that have changed meanwhile
        earlier.get("priority", token.priority), earlier.get("ranked_from", token.ranked_from)
    )
    token.shift({Status(token.status)}, now=timezone.now(), **earlier)
    if leaves and status not in IN_HAND:
        leaves.release(token)
    if status in IN_HAND and leaves is None:
        _take_again(token)
    return journal.moved(Kind.UNDONE, token, now_is, by=by, note=last.kind)


def _as_it_was(token: Token, before: dict[str, Any]) -> dict[str, Any]:
    """The values of the event as the row holds them."""
    values = {**before}
    for name in values:
        if values[name] is not None and name in ("counter", "assigned"):
            values[name] = Counter.objects.get(department=token.department, code=values[name])
        elif values[name] is not None and name.endswith(("_at", "_from")):
            values[name] = parse_datetime(values[name])
    return values


def _refuse_if_in_other_hands(token: Token) -> None:
    elsewhere = Token.objects.filter(visit=token.visit_id, in_hand=True).exclude(pk=token.pk)
    if other := elsewhere.first():
        raise CannotUndo(
            _("The patient is in %(department)s just now.") % {"department": other.department.name},
            token_id=str(other.public_id),
        )


def _take_again(token: Token) -> None:
    counter = token.counter
    if counter and not counter.take(token):
        raise CannotUndo(
            _("Counter %(counter)s is no longer free.") % {"counter": counter.code},
            counter=counter.code,
        )


def _withdraw_follower(token: Token, *, by: Actor) -> Entry:
    """The other end of a transfer, if nobody called it there."""
    follower = token.followers.select_related("department").order_by("arrived_at").last()
    if follower is None:
        raise CannotUndo(_("There is nothing here that can be taken back."))
    follower.lock()
    before = follower.state()
    called = Event.objects.of(follower).filter(kind=Kind.CALLED).exists()
    now = timezone.now()
    waits = {Status.WAITING, Status.ON_HOLD}
    if called:
        raise CannotUndo(
            _("%(label)s was called in %(department)s already.")
            % {"label": token.visit.label, "department": follower.department.name},
            token_id=str(follower.public_id),
        )
    # Their appointment goes on, with the number from which they were sent.
    gone = {"status": Status.CANCELLED, "ended_at": now, "appointment": None}
    if not follower.shift(waits, now=now, **gone):
        first = was_first(follower)
        raise CannotUndo(first.sentence, **first.facts)
    return journal.moved(Kind.WITHDRAWN, follower, before, by=by)
