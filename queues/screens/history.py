"""What happened in a department, newest first, a page at a time.

A page is cut out by seq, so it costs the same at the end of a day and after ten years. What is
sought may be rare, so a filtered page looks at no more than a window of the history: it can be
short, or even empty, and then says how far back it looked and where to look on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from queues.models import ApiKey, DayBook, Department, Event, Kind, Token, User
from queues.rules.rights import ActorKind

CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([1-9][0-9]{0,40})")
ENTRIES_LOOKED_AT = 5_000  # of a filtered page, where entries are read one by one
DAYS_LOOKED_AT = 100  # of a filtered page
EVERY_ENTRY = 10**9  # of those days: a number is found by an index
MAY_OUTLAST_ITS_DAY = 7  # days: a number that is carried over the night, and the next


class BadCursor(ValueError):
    pass


@dataclass(frozen=True)
class Sought:
    """What of the history is wanted; nothing given is everything."""

    label: str = ""
    kind: Kind | None = None
    counter: str = ""
    actor: UUID | ActorKind | None = None  # somebody, or whoever is of this kind
    since: date | None = None
    until: date | None = None

    @property
    def reads_one_by_one(self) -> bool:
        return bool(self.kind or self.counter or self.actor)

    @property
    def is_everything(self) -> bool:
        """Whether it leaves out nothing of a day."""
        return not (self.label or self.reads_one_by_one)

    def fits(self) -> Q:
        """What of an entry is compared; a number goes by its tokens instead."""
        wanted = Q()
        if self.kind:
            wanted &= Q(kind=self.kind)
        if self.counter:
            wanted &= Q(counter=self.counter)
        if isinstance(self.actor, UUID):
            wanted &= Q(actor=self.actor)
        elif self.actor:
            wanted &= Q(actor_kind=self.actor)
        return wanted


@dataclass
class Window:
    """The next stretch of the history: whole days, but for the ends."""

    entries: Q = field(default_factory=lambda: Q(pk__in=[]))
    days: list[date] = field(default_factory=list)
    ends_at: str | None = None  # the cursor of what lies before it

    def add(self, book: int, day: date, first: int, last: int) -> None:
        self.entries |= Q(daybook=book, seq__gte=first, seq__lte=last)
        self.days.append(day)


def history(
    department: Department, limit: int, before: str = "", sought: Sought | None = None
) -> dict[str, Any]:
    """One page of events. The cursor is the day and seq of the last event on the page before."""
    sought = sought or Sought()
    window = _window(department, before, sought, limit + 1 if sought.is_everything else None)
    fitting = Event.objects.filter(window.entries, sought.fits())
    if sought.label:
        fitting = fitting.filter(subject__in=_tokens_of(department, sought.label, window.days))
    in_order = fitting.select_related("daybook").order_by("-daybook__day", "-seq")
    found = list(in_order[: limit + 1])
    shown = found[:limit]
    if len(found) > limit:
        following: str | None = _cursor(shown[-1].daybook.day, shown[-1].seq)
    else:
        following = window.ends_at
    return {"items": told(shown), "next": following}


def _window(department: Department, before: str, sought: Sought, entries: int | None) -> Window:
    """So many entries before the cursor; where no number is given, as many as may be looked at."""
    most_days = entries or DAYS_LOOKED_AT
    left = entries or (ENTRIES_LOOKED_AT if sought.reads_one_by_one else EVERY_ENTRY)
    window = Window()
    for book, day, last in _pages(_books(department, sought), before, most_days):
        if not left or len(window.days) == most_days:
            window.ends_at = _cursor(day, last + 1)
            break
        first = max(1, last - left + 1)
        window.add(book, day, first, last)
        left -= last - first + 1
        if first > 1:
            window.ends_at = _cursor(day, first)
            break
    return window


def _cursor(day: date, seq: int) -> str:
    return f"{day.isoformat()}.{seq}"


def _books(department: Department, sought: Sought) -> Any:
    """The days in question, newest first, those on which something happened."""
    books = DayBook.objects.filter(department=department, seq__gt=0).order_by("-day")
    if sought.since:
        books = books.filter(day__gte=sought.since)
    if sought.until:
        books = books.filter(day__lte=sought.until)
    return books


def _pages(books: Any, before: str, most: int) -> Iterable[tuple[int, date, int]]:
    """Day books, newest first, each with the last seq still to be shown."""
    cursor = CURSOR.fullmatch(before) if before else None
    if before and cursor is None:
        raise BadCursor(before)
    try:
        day, seq = (date.fromisoformat(cursor[1]), int(cursor[2])) if cursor else (None, 0)
    except ValueError as error:
        raise BadCursor(before) from error
    if day:
        books = books.filter(day__lte=day)
    some = books.values_list("pk", "day", "seq")[: most + 2]  # the cursor's own may be used up
    for book, its_day, last in some:
        still = min(last, seq - 1) if its_day == day else last
        if still:
            yield book, its_day, still


def _tokens_of(department: Department, label: str, days: list[date]) -> list[UUID]:
    """Whoever held the number on these days, or brought it along from a few days before."""
    earlier = range(MAY_OUTLAST_ITS_DAY + 1)
    held = Token.objects.filter(
        department=department,
        visit__clinic=department.clinic_id,
        visit__label=label,
        visit__day__in={day - timedelta(days=back) for day in days for back in earlier},
    )
    return list(held.values_list("public_id", flat=True))


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
            "reason": event.note or event.after.get("state_reason") or "",
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
