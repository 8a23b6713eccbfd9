"""A counter calls: whoever is next, or somebody by name. One patient, one counter, one call."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import tokens
from queues.actions.refusals import (
    CounterBusy,
    CounterCannotTake,
    CounterClosed,
    DepartmentNotOpen,
    InOtherHands,
    NobodyWaiting,
    NotThere,
    Refused,
    was_first,
)
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Counter, Department, Kind, Token
from queues.rules.rights import Actor
from queues.rules.status import Move, Status


@transacted
def call_next(counter: Counter, *, by: Actor) -> Token:
    """Call whoever is first among those this counter may take."""
    _refuse_if_idle(counter)
    if counter.current_id:
        raise _busy_or_closed(counter)
    token, entry = _next(counter, by=by)
    journal.record(entry)
    return token


@transacted
def complete_and_call_next(counter: Counter, *, by: Actor) -> Token | None:
    """One click at the end of a service: complete, and call the next if there is one."""
    _refuse_if_idle(counter)
    if not (current := counter.current):
        raise NobodyWaiting(_("This counter has nobody to complete."))
    current.counter, current.department = counter, counter.department  # as is known here
    before = tokens.held(current, Move.COMPLETE)
    now = timezone.now()
    current.shift({Status(current.status)}, now=now, status=Status.COMPLETED, ended_at=now)
    completed = journal.moved(Kind.COMPLETED, current, before, by=by)
    try:
        token, called = _next(counter, by=by, after=current)
    except NobodyWaiting:
        counter.release(current)
        journal.record(completed)
        return None
    journal.record(completed, called)
    return token


@transacted
def call(token: Token, counter: Counter, *, by: Actor) -> Token:
    """Call this one, out of turn or not."""
    if counter.department_id != token.department_id:
        raise NotThere(_("There is no such counter in this department."))
    _refuse_if_idle(counter)
    before = tokens.held(token, Move.CALL)
    if not counter.may_take(token):
        raise CounterCannotTake(
            _(
                "Counter %(counter)s does not take this number: another doctor's, or not its priority."
            )
            % {"counter": counter.code}
        )
    elsewhere = Token.objects.filter(visit=token.visit_id, in_hand=True).first()
    if elsewhere:
        raise InOtherHands(
            _("%(label)s is in another department just now: %(department)s.")
            % {"label": token.visit.label, "department": elsewhere.department.name},
            token_id=str(elsewhere.public_id),
            department=elsewhere.department.code,
        )
    entry = _claim(token, counter, before, by=by)
    if entry is None:
        raise was_first(token)
    journal.record(entry)
    return token


def _next(counter: Counter, *, by: Actor, after: Token | None = None) -> tuple[Token, Entry]:
    """Claim the first who waits; if another desk was first, the next one."""
    while token := _first(counter):
        token.department = counter.department
        if entry := _claim(token, counter, token.state(), by=by, after=after):
            return token, entry
    if Token.objects.waiting_at(counter.department).exists():
        facts = {"counter": counter.code}
        raise NobodyWaiting(_("Nobody who waits just now is for counter %(counter)s.") % facts)
    raise NobodyWaiting(_("Nobody is waiting."))


def _first(counter: Counter) -> Token | None:
    """Its own first; a counter that has run dry helps the others, where each has its own."""
    mine = Token.objects.next_for(counter)
    if mine or not counter.department.assigns_at_issue:
        return mine
    return Token.objects.next_of_others(counter)


def _claim(
    token: Token,
    counter: Counter,
    before: tokens.State,
    *,
    by: Actor,
    after: Token | None = None,
) -> Entry | None:
    """The call itself: the token and the counter together, or nothing. None: another was first."""
    now = timezone.now()
    if not token.shift({Status.WAITING}, now=now, **_called(counter, now)):
        return None
    if not counter.take(token, after=after):
        raise _busy_or_closed(counter)
    return journal.moved(Kind.CALLED, token, before, by=by)


def _called(counter: Counter, now: datetime) -> tokens.State:
    serves_at_once = counter.department.call_starts_service
    return {
        "status": Status.SERVING if serves_at_once else Status.CALLED,
        "started_at": now if serves_at_once else None,
        "counter": counter,
        "called_at": now,
        "announced_at": now,
    }


def _refuse_if_idle(counter: Counter) -> None:
    if counter.department.state != Department.State.OPEN:
        raise DepartmentNotOpen(counter.department)
    if not counter.is_open:
        raise _busy_or_closed(counter)


def _busy_or_closed(counter: Counter) -> Refused:
    now = Counter.objects.select_related("current__visit").get(pk=counter.pk)
    if not now.is_open:
        return CounterClosed(
            _("Counter %(counter)s is closed.") % {"counter": now.code}, counter=now.code
        )
    if now.current is None:  # it was busy a moment ago, which is when it mattered
        return CounterBusy(
            _("Counter %(counter)s was busy. Please try again.") % {"counter": now.code},
            counter=now.code,
        )
    return CounterBusy(
        _("Counter %(counter)s has %(label)s.")
        % {"counter": now.code, "label": now.current.visit.label},
        counter=now.code,
        token_id=str(now.current.public_id),
        label=now.current.visit.label,
        state=now.current.status,
    )
