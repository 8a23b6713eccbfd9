"""Numbers on paper: printed before the power goes, taken in when it is back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from queues.actions import calling, departments, issuing, paper, tokens
from queues.actions.refusals import (
    HoldsAnother,
    Invalid,
    LabelTaken,
    StaffOnly,
    TakenIn,
)
from queues.actions.undoing import undo
from queues.models import Clinic, Counter, DayBook, Department, PaperNumber, Patient, Token
from queues.rules.paper import Outcome
from queues.rules.people import Gender
from queues.rules.priority import Priority
from queues.rules.rights import SYSTEM, Actor
from queues.rules.status import Status
from queues.screens.pace import RECENT
from queues.tests import cast
from queues.tests.story import fresh, kinds, labels, people, refused, waiting, written, yesterday
from queues.tests.witness import assert_one_story


def somebody(name: str = "Dora", phone: str = "", born: int | None = None) -> dict[str, Any]:
    """What the form makes of a row."""
    return {
        "name": name,
        "phone": phone,
        "birth_date": None,
        "birth_year": born,
        "age_when_registered": None if born is None else timezone.now().year - born,
        "gender": Gender.UNKNOWN,
        "address": "",
        "language": "",
        "is_identified": True,
    }


def printed(department: Department, count: int, minutes_ago: int = 60) -> list[PaperNumber]:
    """Numbers that were printed some time ago."""
    numbers = paper.print_numbers(department, count, by=SYSTEM)
    earlier = timedelta(minutes=minutes_ago)
    ours = PaperNumber.objects.filter(pk__in=[number.pk for number in numbers])
    ours.update(printed_at=F("printed_at") - earlier)
    return list(ours.in_order())


def ago(minutes: int) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def took_in(
    number: PaperNumber, minutes_ago: int = 30, outcome: Outcome = Outcome.WAITING, **more: Any
) -> Token:
    person = more.pop("person", None) or somebody(f"Holder of {number.label}")
    return paper.take_in(
        number, person, ago(minutes_ago), outcome, by=more.pop("by", SYSTEM), **more
    )


# Printing


def test_numbers_follow_on_and_the_computer_goes_on_after_them(
    clinic: Clinic, opd: Department
) -> None:
    asha, ben = people(clinic, "Asha", "Ben")
    waiting(asha, opd)
    numbers = paper.print_numbers(opd, 3, by=SYSTEM)
    assert [number.label for number in numbers] == ["A-002", "A-003", "A-004"]
    assert waiting(ben, opd).visit.label == "A-005"


def test_printing_is_one_event_however_many(opd: Department, nurse: Actor) -> None:
    with written() as events:
        paper.print_numbers(opd, 30, by=nurse)
    assert kinds(events) == ["numbers_printed"]
    assert events[0].after == {"first": "A-001", "last": "A-030", "count": 30}
    assert (events[0].subject, events[0].actor) == (opd.public_id, nurse.public_id)


@pytest.mark.parametrize("count", [0, 201, -1])
def test_too_few_or_too_many_are_not_printed(opd: Department, count: int) -> None:
    refusal = refused(lambda: paper.print_numbers(opd, count, by=SYSTEM), Invalid)
    assert isinstance(refusal, Invalid)
    assert set(refusal.fields) == {"count"}
    assert not PaperNumber.objects.exists()


def test_a_label_still_held_from_yesterday_is_not_printed(
    clinic: Clinic, opd: Department, asha: Patient
) -> None:
    waiting(asha, opd)
    yesterday(clinic)
    assert [number.label for number in paper.print_numbers(opd, 2, by=SYSTEM)] == ["A-002", "A-003"]


# Taking in


def test_a_number_comes_in_under_its_label(opd: Department, nurse: Actor) -> None:
    number, _unused = printed(opd, 2)
    with written() as events:
        token = took_in(number, by=nurse)
    number.refresh_from_db()
    assert (token.visit.label, token.status, number.visit) == ("A-001", "waiting", token.visit)
    assert kinds(events) == ["patient_registered", "issued"]
    assert {event.origin for event in events} == {"paper"}
    assert {event.actor for event in events} == {nurse.public_id}
    assert token.issued_seq == events[1].seq
    assert_one_story()


def test_they_are_ranked_from_the_time_on_the_paper(clinic: Clinic, opd: Department) -> None:
    first, second, third = printed(opd, 3)
    asha = waiting(cast.patient(clinic, "Asha"), opd)  # came when the power was back
    took_in(third, minutes_ago=20)
    took_in(first, minutes_ago=40)
    took_in(second, minutes_ago=30)
    assert labels(opd) == ["A-001", "A-002", "A-003", asha.visit.label]


def test_within_a_minute_the_number_decides_in_whatever_order_they_are_typed(
    opd: Department,
) -> None:
    numbers = printed(opd, 3)
    at = ago(10).replace(second=0, microsecond=0)
    for number in reversed(numbers):
        paper.take_in(number, somebody(number.label), at, Outcome.WAITING, by=SYSTEM)
    assert labels(opd) == ["A-001", "A-002", "A-003"]


def test_a_priority_has_its_head_start_from_there_too(opd: Department) -> None:
    first, second = printed(opd, 2)
    took_in(first, minutes_ago=30)
    took_in(second, minutes_ago=20, priority=Priority.PAID)
    assert labels(opd) == ["A-002", "A-001"]


def test_the_gate_of_arrivals_does_not_go_back(
    clinic: Clinic, opd: Department, asha: Patient, ben: Patient
) -> None:
    number = printed(opd, 1)[0]
    first = waiting(asha, opd)
    took_in(number, minutes_ago=30)
    assert DayBook.objects.get(department=opd).last_arrival == first.arrived_at
    assert waiting(ben, opd).arrived_at > first.arrived_at


def test_the_gate_moves_on_if_the_paper_is_the_latest(opd: Department, asha: Patient) -> None:
    number = printed(opd, 1)[0]
    latest = took_in(number, minutes_ago=0)
    assert DayBook.objects.get(department=opd).last_arrival == latest.arrived_at
    assert waiting(asha, opd).arrived_at > latest.arrived_at


@pytest.mark.parametrize("minutes_ago", [-2, 62])
def test_a_time_before_the_print_or_in_the_future_is_refused(
    opd: Department, minutes_ago: int
) -> None:
    number = printed(opd, 1)[0]
    refusal = refused(lambda: took_in(number, minutes_ago=minutes_ago), Invalid)
    assert isinstance(refusal, Invalid)
    assert set(refusal.fields) == {"arrived_at"}


def test_pauses_hours_and_limits_refuse_nobody_who_came_before(opd: Department) -> None:
    number = printed(opd, 1)[0]
    departments.change(opd, {"state": "paused", "daily_limit": 0}, by=SYSTEM)
    assert took_in(number).status == Status.WAITING


def test_only_staff_give_urgency_on_paper_too(clinic: Clinic, opd: Department) -> None:
    number = printed(opd, 1)[0]
    door = cast.kiosk(clinic)
    refused(lambda: took_in(number, by=door, priority=Priority.PAID), StaffOnly)


def test_seen_already_ends_completed_and_teaches_no_pace(opd: Department) -> None:
    number = printed(opd, 1)[0]
    with written() as events:
        token = took_in(number, outcome=Outcome.SEEN)
    token.refresh_from_db()
    assert (token.status, token.closed_on_paper, token.live) == ("completed", True, None)
    assert kinds(events) == ["patient_registered", "issued", "completed"]
    assert {event.origin for event in events} == {"paper"}
    assert Token.objects.recent_visits(opd, RECENT) == []
    assert_one_story()


def test_paper_takes_no_place_among_the_visits_that_were_measured(
    opd: Department, asha: Patient, desk_a: Counter
) -> None:
    number = printed(opd, 1)[0]
    waiting(asha, opd)
    tokens.complete(calling.call_next(fresh(desk_a), by=SYSTEM), by=SYSTEM)
    took_in(number, outcome=Outcome.SEEN)
    assert len(Token.objects.recent_visits(opd, 1)) == 1


def test_left_ends_cancelled(opd: Department) -> None:
    token = took_in(printed(opd, 1)[0], outcome=Outcome.LEFT)
    token.refresh_from_db()
    assert (token.status, token.closed_on_paper) == ("cancelled", True)
    assert_one_story()


def test_a_wrong_outcome_is_taken_back_like_any_other_move(opd: Department) -> None:
    token = took_in(printed(opd, 1)[0], outcome=Outcome.SEEN)
    undo(token, by=SYSTEM)
    token.refresh_from_db()
    assert (token.status, token.closed_on_paper) == ("waiting", False)
    assert_one_story()


def test_a_number_is_taken_in_once_and_the_second_learns_what_the_first_did(
    opd: Department,
) -> None:
    number = printed(opd, 1)[0]
    took_in(number)
    refusal = refused(lambda: took_in(number, person=somebody("Another")), TakenIn)
    assert refusal.sentence == "A-001 was taken in already. A-001 is waiting."


def test_whoever_was_sent_on_since_is_told_of_as_the_paper_knew_them(
    clinic: Clinic, opd: Department, lab: Department
) -> None:
    """Each department counts by its own ledger: the number there may well be a lower one."""
    waiting(cast.patient(clinic, "Asha"), opd)
    number = printed(opd, 1)[0]
    issuing.transfer(took_in(number), lab, by=SYSTEM)
    refusal = refused(lambda: took_in(number, person=somebody("Another")), TakenIn)
    assert refusal.sentence == "A-002 was taken in already. A-002 is sent on."


# Whose number it is


def test_phone_and_year_that_lead_to_one_record_lead_to_that(
    clinic: Clinic, opd: Department
) -> None:
    known = cast.patient(clinic, "Dora", phone="9845012345", birth_date="1980-05-01")
    token = took_in(printed(opd, 1)[0], person=somebody("Dora", known.phone, 1980))
    assert token.visit.patient == known


def test_if_several_fit_a_new_record_is_made_and_flagged(clinic: Clinic, opd: Department) -> None:
    for name in ("Dora", "Dina"):
        cast.patient(clinic, name, phone="9845012345", birth_date="1980-05-01")
    phone = Patient.objects.values_list("phone", flat=True).first() or ""
    token = took_in(printed(opd, 1)[0], person=somebody("Dora", phone, 1980))
    assert token.visit.patient.may_be_duplicate
    assert Patient.objects.count() == 3


def test_whoever_holds_a_number_of_the_computer_has_no_second(
    clinic: Clinic, opd: Department
) -> None:
    dora = cast.patient(clinic, "Dora", phone="9845012345", birth_date="1980-05-01")
    waiting(dora, opd)
    number = printed(opd, 1)[0]
    row = somebody("Dora", dora.phone, 1980)
    refusal = refused(lambda: took_in(number, person=row), HoldsAnother)
    assert "A-001" in refusal.sentence
    token = took_in(number, person={**row, "phone": ""})  # as the sentence advises
    assert token.visit.label == "A-002"


# The day turned meanwhile


def day_turned(clinic: Clinic, number: PaperNumber) -> PaperNumber:
    yesterday(clinic)
    return PaperNumber.objects.get(pk=number.pk)


def test_a_number_of_yesterday_keeps_its_day_and_is_kept_out_of_todays(
    clinic: Clinic, opd: Department, asha: Patient
) -> None:
    number = day_turned(clinic, printed(opd, 1)[0])
    token = took_in(number)
    assert token.visit.day == clinic.service_day() - timedelta(days=1)
    assert (token.daybook.day, token.visit.label) == (clinic.service_day(), "A-001")
    assert waiting(asha, opd).visit.label == "A-002"


def test_a_number_that_somebody_holds_today_is_not_taken_in_to_wait(
    clinic: Clinic, opd: Department, asha: Patient
) -> None:
    number = day_turned(clinic, printed(opd, 1)[0])
    waiting(asha, opd)
    refused(lambda: took_in(number), LabelTaken)
    assert took_in(number, outcome=Outcome.SEEN).status == Status.COMPLETED


def test_a_number_that_is_on_todays_paper_is_not_taken_in_to_wait(
    clinic: Clinic, opd: Department
) -> None:
    number = day_turned(clinic, printed(opd, 1)[0])
    paper.print_numbers(opd, 1, by=SYSTEM)
    refused(lambda: took_in(number), LabelTaken)


def test_whoever_waits_today_does_not_also_wait_from_yesterday(
    clinic: Clinic, opd: Department
) -> None:
    numbers = printed(opd, 9)
    dora = cast.patient(clinic, "Dora", phone="9845012345", birth_date="1980-05-01")
    number = day_turned(clinic, numbers[-1])
    issuing.issue(dora, opd, by=SYSTEM)
    row = somebody("Dora", dora.phone, 1980)
    refused(lambda: took_in(number, person=row), HoldsAnother)
    assert took_in(number, person=row, outcome=Outcome.SEEN).visit.patient == dora
