"""A department pauses, opens, closes, and changes its rules."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.utils import timezone

from queues import journal
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Department, Kind, Token
from queues.rules.rights import Actor

RERANKS = {"policy", "head_starts"}


@transacted
def change(department: Department, settings: dict[str, Any], *, by: Actor) -> Department:
    """Set what is given; where that changes whose turn it is, everybody is ranked anew."""
    now = timezone.now()
    reranks = bool(RERANKS & set(settings))
    if reranks:
        _hold_live(department)
    books = journal.open_books([department], now)
    department.refresh_from_db(fields=Department.SETTINGS)
    before = {name: _plain(getattr(department, name)) for name in settings}
    for name, value in settings.items():
        setattr(department, name, value)
    after = {name: _plain(getattr(department, name)) for name in settings}
    changed = [name for name in settings if before[name] != after[name]]
    if not changed:
        return department
    department.save(update_fields=changed)
    entries = [
        Entry(
            Kind.DEPARTMENT_CHANGED,
            by,
            department,
            department.public_id,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    ]
    if reranks:
        entries += _reranked(department, by)
    journal.record(*entries, held=books)
    return department


def _hold_live(department: Department) -> list[Token]:
    live = Token.objects.live().filter(department=department)
    return list(live.select_for_update().order_by("pk"))


def _reranked(department: Department, by: Actor) -> list[Entry]:
    """One entry for each who stands elsewhere now. Read again: one more may have come."""
    entries = []
    for token in _hold_live(department):
        place = department.place(token.priority, token.ranked_from)
        if (token.band, token.rank) == (place["band"], place["rank"]):
            continue
        token.department = department
        before = token.state()
        Token.objects.filter(pk=token.pk).update(**place)
        token.band, token.rank = place["band"], place["rank"]
        entries.append(journal.moved(Kind.RERANKED, token, before, by=by))
    return entries


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, time) else value
