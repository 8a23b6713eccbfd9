"""Whether a refusal was fair: read from the journal, which has one order for all who were at it.

Somebody is refused fairly if, at some moment between their asking and their answer, the slot was
full and nobody sat in it who would have had to go for them. So nobody less urgent was seated over
them, nor after them, as long as they asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from queues.actions.refusals import SlotFull
from queues.models import Appointment, DayBook, Department, Event, Slot
from queues.rules.appointments import MAY_GIVE_WAY, TAKES_A_PLACE, Stage
from queues.rules.priority import URGENCY, Priority

# The journal's seq; behind it, what another department wrote down while it held this page too.
Moment = tuple[int, int]
Seated = dict[Any, tuple[int, str]]  # who sits in a slot: how urgent, and in which state


@dataclass(frozen=True)
class Refusal:
    slot: Slot
    priority: Priority
    asked: int  # the journal's seq before the question
    answered: int  # and after the answer


class Witness:
    """Notes who was refused, and between which entries of the department's journal."""

    def __init__(self, department: Department) -> None:
        self.department = department
        self.refusals: list[Refusal] = []

    def seq(self) -> int:
        books = DayBook.objects.filter(department=self.department)
        return books.order_by("-day").values_list("seq", flat=True).first() or 0

    def watch(self, slot: Slot, priority: Priority, act: Callable[[], object]) -> object:
        asked = self.seq()
        try:
            return act()
        except SlotFull:
            self.refusals.append(Refusal(slot, priority, asked, self.seq()))
            raise

    def unfair(self) -> list[Refusal]:
        history = _history(self.department)
        return [
            one for one in self.refusals if not _was_fair(one, history[str(one.slot.public_id)])
        ]


def _was_fair(refusal: Refusal, moments: list[tuple[Moment, Seated]]) -> bool:
    asked, answered = (refusal.asked, 0), (refusal.answered, 1)
    before = [seated for moment, seated in moments if moment <= asked][-1:]
    meanwhile = [seated for moment, seated in moments if asked < moment <= answered]
    return any(_refuses(refusal, seated.values()) for seated in [*before, *meanwhile])


def _refuses(refusal: Refusal, seated: Iterable[tuple[int, str]]) -> bool:
    sitting = list(seated)
    mine = URGENCY[refusal.priority]
    is_emergency = refusal.priority is Priority.EMERGENCY
    most = refusal.slot.hard_limit if is_emergency else refusal.slot.capacity
    lower = [one for one in sitting if one[0] > mine and one[1] in MAY_GIVE_WAY]
    return len(sitting) >= most and not lower


def _history(department: Department) -> dict[str, list[tuple[Moment, Seated]]]:
    """Who sat in each slot after each entry that changed it."""
    ours = set(Appointment.objects.values_list("public_id", flat=True))
    known: dict[Any, dict[str, Any]] = defaultdict(dict)
    seated: dict[str, Seated] = defaultdict(dict)
    moments: dict[str, list[tuple[Moment, Seated]]] = defaultdict(list)
    seq = 0
    for event in Event.objects.filter(subject__in=ours).select_related("daybook").order_by("pk"):
        is_own = event.daybook.department_id == department.pk
        seq = event.seq if is_own else seq
        was_in = known[event.subject].get("slot")
        known[event.subject] |= event.after
        now = known[event.subject]
        is_in = now["slot"] if Stage(now["status"]) in TAKES_A_PLACE else None
        if was_in:
            seated[was_in].pop(event.subject, None)
        if is_in:
            seated[is_in][event.subject] = (URGENCY[Priority(now["priority"])], now["status"])
        for slot in filter(None, {was_in, is_in}):
            moments[slot].append(((seq, 0 if is_own else 1), dict(seated[slot])))
    return moments
