"""What nobody does by hand: marking those who never came, and closing what a day left open.

Safe to run in several processes at once: each token is taken in its own transaction, which
looks again under the row's lock whether there is still something to do.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from queues import journal
from queues.actions import tokens
from queues.actions.transactions import transacted
from queues.models import Department, KeptAnswer, Kind, Token
from queues.rules.rights import CLOCK
from queues.rules.status import LIVE, Move, Status

ANSWERS_KEPT_FOR = timedelta(hours=24)
CLOSES_AS = {
    Status.WAITING: Status.CANCELLED,
    Status.ON_HOLD: Status.CANCELLED,
    Status.CALLED: Status.NO_SHOW,
    Status.SERVING: Status.COMPLETED,
}


def mark_no_shows() -> int:
    """Called, announced long enough ago, and nobody started: they are not here."""
    marked = 0
    for department in Department.objects.exclude(no_show_minutes=None):
        since = timezone.now() - timedelta(minutes=department.no_show_minutes or 0)
        called = Token.objects.filter(
            department=department, status=Status.CALLED, announced_at__lte=since
        )
        for token in called.select_related("visit"):
            marked += _mark_no_show(token, since)
    return marked


@transacted
def _mark_no_show(token: Token, since: datetime) -> bool:
    token.lock()
    if token.status != Status.CALLED or token.announced_at is None or token.announced_at > since:
        return False  # somebody started, or called again
    before = token.state()
    entry = tokens.moved(
        token, Move.NO_SHOW, before, CLOCK, status=Status.NO_SHOW, ended_at=timezone.now()
    )
    journal.record(entry)
    return True


def close_past_days() -> int:
    """After the turn of the day, what has been idle for long is closed; round the clock, nothing.

    A night shift that is still open keeps whoever came since it opened, and a doctor who works on
    whoever has an appointment then.
    """
    closed = 0
    for department in Department.objects.select_related("clinic"):
        if department.is_round_the_clock:
            continue
        now = timezone.now()
        idle_since = now - timedelta(hours=department.clinic.idle_hours)
        if opened_at := department.opened_at(now):
            idle_since = min(idle_since, opened_at)
        left = Token.objects.live().filter(
            department=department,
            daybook__day__lt=department.clinic.service_day(now),
            changed_at__lte=idle_since,
        )
        for token in left.select_related("visit", "appointment__slot__session"):
            if not _is_still_seen(token, now):
                closed += _close(token, idle_since)
    return closed


def _is_still_seen(token: Token, now: datetime) -> bool:
    slot = token.appointment.slot if token.appointment else None
    return slot is not None and slot.session.goes_on(now)


@transacted
def _close(token: Token, idle_since: datetime) -> bool:
    token.lock()
    if token.status not in LIVE or token.changed_at > idle_since:
        return False
    before = token.state()
    counter = token.counter
    now = timezone.now()
    token.shift(
        {Status(token.status)},
        now=now,
        status=CLOSES_AS[Status(token.status)],
        ended_at=now,
        closed_by_clock=True,
    )
    if counter:
        counter.release(token)
    journal.record(journal.moved(Kind.CLOSED_BY_CLOCK, token, before, by=CLOCK))
    return True


def forget_sessions() -> int:
    """Every visitor of a kiosk begins one with what they type, and most end by being left."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def forget_answers() -> int:
    """Idempotency keys are for retries, not for memory."""
    old = KeptAnswer.objects.filter(kept_at__lt=timezone.now() - ANSWERS_KEPT_FOR)
    return old.delete()[0]
