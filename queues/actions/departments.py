"""A department comes, pauses, opens, closes, and changes its rules."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from queues import journal
from queues.actions.balancing import rebalance
from queues.actions.changing import change_row
from queues.actions.refusals import Invalid
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import Clinic, Department, Kind, Token
from queues.rules.rights import Actor

RERANKS = {"policy", "head_starts"}
SHARES_OUT = {"assigns_at_issue"}


@transacted
def add(clinic: Clinic, code: str, name: str, prefix: str, *, by: Actor) -> Department:
    """Closed, and without a counter, until its rules are set."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)  # two who name one alike meet here
    if clinic.departments.filter(code__iexact=code).exists():
        raise Invalid(code=_("There is a department of this code already."))
    if clinic.departments.filter(prefix__iexact=prefix).exists():
        raise Invalid(prefix=_("The numbers of another department begin so."))
    last = clinic.departments.aggregate(last=Max("position"))["last"]
    made = Department.objects.create(
        clinic=clinic,
        code=code,
        name=name,
        prefix=prefix,
        position=0 if last is None else last + 1,
        state=Department.State.CLOSED,
    )
    after = {"code": code, "name": name, "prefix": prefix}
    journal.record(Entry(Kind.DEPARTMENT_ADDED, by, clinic, made.public_id, after=after))
    return made


@transacted
def change(
    department: Department, settings: dict[str, Any], *, by: Actor, seen: str = ""
) -> Department:
    """Set what is given; where that changes whose turn it is, everybody finds their new place."""
    now = timezone.now()
    if (RERANKS | SHARES_OUT) & set(settings):
        _hold_live(department)
    books = journal.open_books([department], now)
    department.reread()
    if head_starts := settings.get("head_starts"):  # those that are left out stay
        settings = {**settings, "head_starts": {**department.head_starts, **head_starts}}
    before, after = change_row(department, settings, seen)
    if not after:
        return department
    entries = [
        Entry(
            Kind.DEPARTMENT_CHANGED,
            by,
            department,
            department.public_id,
            before=before,
            after=after,
        )
    ]
    if RERANKS & set(after):
        entries += _reranked(department, by)
    if SHARES_OUT & set(after):
        entries += rebalance(department, by=by, now=now)
    journal.record(*entries, held=books)
    return department


def _hold_live(department: Department) -> list[Token]:
    live = Token.objects.live().filter(department=department)
    return list(live.select_for_update().order_by("pk"))


def _reranked(department: Department, by: Actor) -> list[Entry]:
    """One entry for each who stands elsewhere now. Read again: one more may have come."""
    counters = {counter.pk: counter for counter in department.counters.all()}
    moved, entries = [], []
    for token in _hold_live(department):
        place = department.place(token.priority, token.ranked_from)
        if (token.band, token.rank) == (place["band"], place["rank"]):
            continue
        token.department = department
        token.counter = counters.get(token.counter_id or 0)
        token.assigned = counters.get(token.assigned_id or 0)
        before = token.state()
        token.band, token.rank = place["band"], place["rank"]
        moved.append(token)
        entries.append(journal.moved(Kind.RERANKED, token, before, by=by))
    Token.objects.bulk_update(moved, ["band", "rank"], batch_size=500)
    return entries
