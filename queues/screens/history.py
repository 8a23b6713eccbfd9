"""What happened in a department, newest first, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from queues.models import ApiKey, DayBook, Department, Event, Token, User
from queues.rules.rights import ActorKind

CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([1-9][0-9]{0,40})")


class BadCursor(ValueError):
    pass


def history(department: Department, limit: int, before: str = "") -> dict[str, Any]:
    """One page of events. The cursor is the day and seq of the last event on the page before."""
    books = DayBook.objects.filter(department=department).order_by("-day")
    wanted, missing = Q(pk__in=[]), limit + 1
    for book_id, last in _pages(books, before):
        wanted |= Q(daybook=book_id, seq__lte=last, seq__gt=last - missing)
        missing -= min(missing, last)
        if not missing:
            break
    found = list(
        Event.objects.filter(wanted).select_related("daybook").order_by("-daybook__day", "-seq")
    )
    shown = found[:limit]
    more = len(found) > limit
    return {
        "items": told(shown),
        "next": f"{shown[-1].daybook.day.isoformat()}.{shown[-1].seq}" if more else None,
    }


def _pages(books: Any, before: str) -> Iterable[tuple[int, int]]:
    """Day books, newest first, each with the last seq still to be shown."""
    if not before:
        yield from books.values_list("pk", "seq")
        return
    cursor = CURSOR.fullmatch(before)
    if cursor is None:
        raise BadCursor(before)
    try:
        day, seq = date.fromisoformat(cursor[1]), int(cursor[2])
    except ValueError as error:
        raise BadCursor(before) from error
    for book_id, its_day, last in books.filter(day__lte=day).values_list("pk", "day", "seq"):
        yield book_id, min(last, seq - 1) if its_day == day else last


def told(events: list[Event]) -> list[dict[str, Any]]:
    """Events with the words that people know: labels instead of ids, names of colleagues."""
    labels = dict(
        Token.objects.filter(
            public_id__in=[event.subject for event in events if event.subject]
        ).values_list("public_id", "visit__label")
    )
    names = _names(events)
    return [
        {
            "day": event.daybook.day.isoformat(),
            "seq": event.seq,
            "at": event.at.isoformat(),
            "kind": event.kind,
            "label": labels.get(event.subject) if event.subject else None,
            "token_id": str(event.subject) if event.subject in labels else None,
            "counter": event.counter or None,
            "by": {"kind": event.actor_kind, "name": names.get(event.actor, event.actor_kind)},
            "origin": event.origin,
            "before": event.before,
            "after": event.after,
            "reason": event.note,
        }
        for event in events
    ]


def _names(events: list[Event]) -> dict[Any, str]:
    """Who acted, in two queries whatever the length of the page."""
    users = {event.actor for event in events if event.actor and event.actor_kind == ActorKind.USER}
    keys = {event.actor for event in events if event.actor and event.actor_kind == ActorKind.KEY}
    names: dict[Any, str] = {
        key.public_id: key.name for key in ApiKey.objects.filter(public_id__in=keys)
    }
    for user in User.objects.filter(public_id__in=users):
        names[user.public_id] = user.get_full_name() or user.username
    return names
