"""A counter opens and closes, and somebody sits down at it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.balancing import rebalance
from queues.actions.changing import change_row
from queues.actions.refusals import CounterBusy
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Counter, Kind, Token
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
