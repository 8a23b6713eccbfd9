"""For the hour without power: numbers are printed ahead, and taken in when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from queues import journal
from queues.actions import coming_back, issuing, patients
from queues.actions.refusals import HoldsAnother, Invalid, TakenIn
from queues.actions.transactions import transacted
from queues.journal import Entry
from queues.models import DayBook, Department, Kind, PaperNumber, Patient, Token, Visit
from queues.rules.labels import label, next_number, number_of
from queues.rules.paper import MOST_AT_ONCE, Outcome, arrival, is_possible
from queues.rules.priority import Priority
from queues.rules.rights import Actor
from queues.rules.status import Status
from queues.screens import words

ORIGIN = "paper"
ENDS_AS = {
    Outcome.SEEN: (Status.COMPLETED, Kind.COMPLETED),
    Outcome.LEFT: (Status.CANCELLED, Kind.CANCELLED),
}


@transacted
def print_numbers(department: Department, count: int, *, by: Actor) -> list[PaperNumber]:
    """Set the next numbers aside for paper, under the lock of the day: nobody else gets them."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise Invalid(count=_("Please choose 1 to %(most)d numbers.") % {"most": MOST_AT_ONCE})
    now = timezone.now()
    books = journal.open_books([department], now)
    papers = [_blank(department, books[department], now) for _number in range(count)]
    PaperNumber.objects.bulk_create(papers)
    printed = {"first": papers[0].label, "last": papers[-1].label, "count": count}
    journal.record(
        Entry(Kind.NUMBERS_PRINTED, by, department, department.public_id, after=printed),
        held=books,
    )
    return papers


@transacted
def take_in(
    paper: PaperNumber,
    person: dict[str, Any],
    arrived_at: datetime,
    outcome: Outcome,
    *,
    by: Actor,
    priority: Priority | None = None,
) -> Token:
    """Whoever held this number on paper holds it in the computer too, as if it had never been away.

    They are ranked from the moment written on the paper. Numbers of the computer get their moment
    under the lock of the day, each after the one before; a paper's lies among those, so it does
    not pass that gate: it keeps its own moment, those of one minute go by their number, and the
    gate only moves on if the paper is the latest of all. Hours, pauses and limits refuse nobody
    here: they came when there was paper.

    The number of yesterday keeps its day. To wait today, it must be nobody else's number today.
    """
    now = timezone.now()
    told_by = replace(by, origin=ORIGIN)
    paper = _held(paper)
    department = paper.department
    if not is_possible(arrived_at, paper.printed_at, now):
        raise Invalid(arrived_at=_not_then(paper, now))
    patient = patients.as_they_now_are(_whoever(person, department, told_by))
    priority = issuing.fitting(priority, patient, department, by=by, now=now)
    _refuse_another_number(patient, paper, outcome)

    clinic, day = department.clinic, paper.daybook.day
    visit = issuing.open_visit(patient, clinic, day, paper.label, "")
    PaperNumber.objects.filter(pk=paper.pk).update(visit=visit)
    if outcome is Outcome.WAITING:
        books = coming_back.open_books(visit, clinic, [department], now)
    else:
        books = journal.open_books([department], now)
    book = books[department]
    department.reread()
    since = arrival(arrived_at, paper.printed_at, number_of(paper.label))
    token = issuing.give_place(
        visit, department, book, book.has_room_for(since), priority, by=told_by
    )
    issued = journal.moved(Kind.ISSUED, token, {}, by=told_by)
    ended = _ended(token, outcome, now, told_by)
    journal.record(issued, *ended, held=books)
    return token


def _blank(department: Department, book: DayBook, now: datetime) -> PaperNumber:
    book.last_number = next_number(book.last_number, department.prefix, book.still_held)
    its_label = label(department.prefix, book.last_number)
    return PaperNumber(department=department, daybook=book, label=its_label, printed_at=now)


def _held(paper: PaperNumber) -> PaperNumber:
    """The first lock of all; whoever comes second waits here, and learns what the first did."""
    PaperNumber.objects.select_for_update().get(pk=paper.pk)
    held = PaperNumber.objects.select_related("department__clinic", "daybook").get(pk=paper.pk)
    if held.visit:
        first = held.visit.tokens.select_related("visit", "counter").earliest("pk")
        raise TakenIn(
            _("%(label)s was taken in already.") % {"label": held.label}
            + " "
            + words.stands(first),
            label=held.label,
            token_id=str(first.public_id),
        )
    return held


def _not_then(paper: PaperNumber, now: datetime) -> str:
    zone = paper.department.clinic.zone
    between = {
        "printed": time_format(paper.printed_at.astimezone(zone), "H:i"),
        "now": time_format(now.astimezone(zone), "H:i"),
    }
    return _("The time must lie between %(printed)s, when it was printed, and now, %(now)s.") % (
        between
    )


def _whoever(person: dict[str, Any], department: Department, by: Actor) -> Patient:
    """The one record that phone and year of birth lead to; else a new one."""
    if person["phone"] and person["birth_year"]:
        known = Patient.known_by(person["phone"], person["birth_year"])
        if len(known) == 1:
            return known[0]
    return patients.register(department.clinic, person, by=by).patient


def _refuse_another_number(patient: Patient, paper: PaperNumber, outcome: Outcome) -> None:
    """A day has one number for each; two records can still be merged when the day is over."""
    stands_in_the_way = Q(day=paper.daybook.day)
    if outcome is Outcome.WAITING:
        stands_in_the_way |= Q(tokens__live=True)
    theirs = Visit.objects.filter(patient=patient, clinic=paper.department.clinic_id)
    if other := theirs.filter(stands_in_the_way).first():
        raise HoldsAnother(
            _(
                "This patient holds the number %(label)s already. Take them in without a phone "
                "number, and merge the two records later."
            )
            % {"label": other.label},
            label=other.label,
        )


def _ended(token: Token, outcome: Outcome, now: datetime, by: Actor) -> list[Entry]:
    """It is over for them, but nobody measured when: it stays out of what the pace is learnt from."""
    if outcome is Outcome.WAITING:
        return []
    status, kind = ENDS_AS[outcome]
    before = token.state()
    token.shift(
        {Status.WAITING}, now=now, status=status, ended_at=now, assigned=None, closed_on_paper=True
    )
    return [journal.moved(kind, token, before, by=by)]
