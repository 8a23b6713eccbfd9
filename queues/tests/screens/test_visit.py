"""What a phone is told, and what it costs."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from queues.actions import calling, issuing, tokens
from queues.models import Counter, Department, Patient, Token
from queues.rules.rights import SYSTEM
from queues.screens import boards, visit
from queues.tests.views.crowd import wait_in

HUNDREDS = 300
A_PHONE = 0.001  # seconds; measured at 0.00004 to 0.0002


@pytest.fixture
def token(asha: Patient, opd: Department) -> Token:
    return issuing.issue(asha, opd, by=SYSTEM)


def test_who_waits_hears_whole_sentences(token: Token, opd: Department) -> None:
    told = visit.told(boards.newest(opd), token.visit.label)
    assert told["state"] == "waiting"
    assert told["position"] == "1"
    assert told["ahead"] == "Nobody is ahead of you."
    assert told["near"] == "You are next. Please stay close."
    assert told["reckoned"] == "You may be called at any moment."


def test_page_and_phone_say_the_same(opd: Department, ben: Patient, asha: Patient) -> None:
    issuing.issue(ben, opd, by=SYSTEM)
    mine = issuing.issue(asha, opd, by=SYSTEM)
    told = visit.told(boards.newest(opd), mine.visit.label)
    [stop] = visit.visit(mine.visit)["live"]
    assert {"state": stop["state"], **stop["says"]} == told


def test_it_looks_otherwise_when_called_and_when_called_again(
    token: Token, opd: Department, desk_a: Counter
) -> None:
    calling.call_next(desk_a, by=SYSTEM)
    called = visit.told(boards.newest(opd), token.visit.label)["state"]
    tokens.recall(Token.objects.get(), by=SYSTEM)
    again = visit.told(boards.newest(opd), token.visit.label)["state"]
    assert called.startswith("called 1 ")
    assert again.startswith("called 1 ")
    assert called != again


def test_who_has_left_is_gone(token: Token, opd: Department) -> None:
    tokens.cancel(token, by=SYSTEM)
    assert visit.told(boards.newest(opd), token.visit.label)["state"] == "gone"


def test_the_last_call_of_the_department(
    token: Token, opd: Department, desk_a: Counter, ben: Patient
) -> None:
    issuing.issue(ben, opd, by=SYSTEM)
    calling.call_next(desk_a, by=SYSTEM)
    last = visit.told(boards.newest(opd), "A-002")["last"]
    assert last.startswith("Last called: A-001 to counter 1, at ")


def test_whoever_was_given_a_counter_hears_of_it_and_of_its_room(
    opd: Department, asha: Patient, desk_b: Counter
) -> None:
    Department.objects.update(assigns_at_issue=True)
    Counter.objects.filter(pk=desk_b.pk).update(name="Room 12")
    Counter.objects.filter(department=opd).exclude(pk=desk_b.pk).update(is_open=False)
    opd.refresh_from_db()
    mine = issuing.issue(asha, opd, by=SYSTEM)
    told = visit.told(boards.newest(opd), mine.visit.label)
    assert told["assigned"] == "You will be called to counter 2, Room 12."
    Counter.objects.filter(pk=desk_b.pk).update(is_open=False)
    assert visit.told(boards.read(opd), mine.visit.label)["assigned"] == ""


def test_of_a_paused_department_nothing_is_reckoned(token: Token, opd: Department) -> None:
    Department.objects.update(state="paused", state_reason="Fire drill.")
    told = visit.told(boards.read(opd), token.visit.label)
    assert told["closed"] == "Outpatients is paused. Fire drill."
    assert told["reckoned"] == told["wait"] == told["near"] == ""


def test_three_hundred_phones_are_cheap(opd: Department) -> None:
    """One board, then a few look-ups each: the database is asked for the counters and the calls alone."""
    wait_in(opd, HUNDREDS)
    board = boards.read(opd)
    labels = [place.label for place in board.places]
    with CaptureQueriesContext(connection) as seen, translation.override("ar"):
        began = time.perf_counter()
        for label in labels:
            visit.told(board, label)
        took = time.perf_counter() - began
    print(f"{len(labels)} phones in {took * 1000:.1f} ms")  # noqa: T201
    assert len(labels) == HUNDREDS
    assert len(seen) == 2
    assert took < HUNDREDS * A_PHONE
