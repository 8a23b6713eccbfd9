"""A counter comes, opens and closes, somebody sits down at it, and it goes."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.balancing import rebalance
from queues.actions.changing import change_row
from queues.actions.refusals import CounterBusy, Invalid, NotThere
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import (
    Counter,
    Department,
    ExtraSession,
    Kind,
    ScheduleRule,
    Session,
    Token,
)
from queues.rules.rights import Actor


@transacted
def change(counter: Counter, settings: dict[str, Any], *, by: Actor) -> Counter:
    """Open, close, seat, or say which priorities and whose patients it takes."""
    now = timezone.now()
    department = counter.department
    if department.assigns_at_issue:
        list(Token.objects.waiting_at(department).select_for_update().order_by("pk"))
    held = Counter.objects.select_for_update().get(pk=counter.pk)
    if settings.get("is_open") is False and held.current:
        raise CounterBusy(
            _("Counter %(counter)s has %(label)s. Please complete or send them on first.")
            % {"counter": held.code, "label": held.current.visit.label},
            counter=held.code,
            token_id=str(held.current.public_id),
        )
    before, after = change_row(held, settings)
    if not after:
        return held
    entry = Entry(
        Kind.COUNTER_CHANGED,
        by,
        department,
        held.public_id,
        counter=held.code,
        before=before,
        after=after,
    )
    shared = rebalance(department, by=by, now=now) if department.assigns_at_issue else []
    journal.record(entry, *shared)
    return held


@transacted
def add(department: Department, code: str, name: str, *, by: Actor) -> Counter:
    """Closed, until somebody sits down at it."""
    _hold(department)
    _refuse_taken(department, code)
    made = Counter.objects.create(department=department, code=code, name=name)
    _write(Kind.COUNTER_ADDED, made, by, after={"code": code, "name": name})
    return made


@transacted
def rename(counter: Counter, code: str, name: str, *, by: Actor, seen: str = "") -> Counter:
    """What is called and written at it from now on; what was, stays as it was called."""
    _hold(counter.department)
    held = Counter.objects.select_for_update().get(pk=counter.pk)
    _refuse_taken(counter.department, code, but=held)
    before, after = change_row(held, {"code": code, "name": name}, seen)
    if after:
        _write(Kind.COUNTER_CHANGED, held, by, before=before, after=after)
    return held


@transacted
def remove(counter: Counter, *, by: Actor) -> None:
    """One that nobody was ever called to: of all others the history speaks."""
    held = Counter.objects.select_for_update().filter(pk=counter.pk).first()
    if held is None:
        raise NotThere(_("There is no such counter in this department."))
    if held.is_open or held.current_id:
        raise CounterBusy(_("Please close the counter first."), counter=held.code)
    if Token.objects.filter(Q(counter=held) | Q(assigned=held)).exists():
        raise CounterBusy(_("Patients were called to it: it can be closed, but not removed."))
    if any(
        uses.objects.filter(room=held).exists() for uses in (ScheduleRule, ExtraSession, Session)
    ):
        raise CounterBusy(_("A doctor's week names it as their room. Please change that first."))
    _write(Kind.COUNTER_REMOVED, held, by, before={"code": held.code, "name": held.name})
    held.delete()


def _hold(department: Department) -> None:
    """Two who name a counter alike meet here."""
    Department.objects.select_for_update().get(pk=department.pk)


def _refuse_taken(department: Department, code: str, but: Counter | None = None) -> None:
    taken = department.counters.filter(code__iexact=code)
    if (taken.exclude(pk=but.pk) if but else taken).exists():
        raise Invalid(code=_("There is a counter of this name already."))


def _write(
    kind: Kind,
    counter: Counter,
    by: Actor,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    journal.record(
        Entry(
            kind,
            by,
            counter.department,
            counter.public_id,
            counter=counter.code,
            before=before or {},
            after=after or {},
        )
    )
