"""Everything at once: desks, kiosks, the clock and an administrator, with no order among them.

Refusals are what such an hour is made of. A deadlock, a lost lock or a broken row is not: `together`
lets nothing but a refusal pass.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest

from queues.actions import calling, clock, counters, departments, issuing, tokens, undoing
from queues.actions.refusals import Refused
from queues.models import Clinic, Counter, DayBook, Department, Patient, Token
from queues.rules.priority import Policy, Priority
from queues.rules.rights import SYSTEM
from queues.tests import cast
from queues.tests.crowd import crowd, waiting_room
from queues.tests.races.together import losers, together, winners
from queues.tests.witness import assert_one_story

pytestmark = pytest.mark.django_db(transaction=True)

HANDS, DEEDS = 8, 40
CODES = ("OPD", "LAB")


class Hand:
    """Somebody who does one thing after another, drawn by chance from a seed of their own."""

    def __init__(self, clinic: Clinic, people: list[Patient], seed: int) -> None:
        self.clinic, self.people = clinic, people
        self.chance = random.Random(seed)
        self.deeds: list[Callable[[], object]] = [
            *[self.issue] * 3,
            *[self.call_next] * 4,
            *[self.move] * 8,
            self.complete_and_call_next,
            self.send_on,
            self.undo,
            self.clock,
            self.counter,
            self.policy,
        ]

    def work(self) -> int:
        """How much was done; a refusal is an answer like another."""
        done = 0
        for _deed in range(DEEDS):
            try:
                self.chance.choice(self.deeds)()
                done += 1
            except Refused:
                continue
        return done

    def issue(self) -> object:
        priority = self.chance.choice([None, *Priority])
        patient = self.chance.choice(self.people)
        return issuing.issue(patient, self.department(), by=SYSTEM, priority=priority)

    def call_next(self) -> object:
        return calling.call_next(self.desk(), by=SYSTEM)

    def complete_and_call_next(self) -> object:
        return calling.complete_and_call_next(self.desk(), by=SYSTEM)

    def move(self) -> object:
        token = self.token()
        deeds: list[Callable[[], object]] = [
            partial(tokens.start, token, by=SYSTEM),
            partial(tokens.complete, token, by=SYSTEM),
            partial(tokens.no_show, token, by=SYSTEM),
            partial(tokens.recall, token, by=SYSTEM),
            partial(tokens.put_back, token, by=SYSTEM),
            partial(tokens.hold, token, by=SYSTEM),
            partial(tokens.resume, token, by=SYSTEM),
            partial(tokens.return_, token, by=SYSTEM),
            partial(tokens.cancel, token, by=SYSTEM),
            partial(tokens.set_priority, token, self.chance.choice(list(Priority)), by=SYSTEM),
            partial(calling.call, token, self.desk(token.department.code), by=SYSTEM),
        ]
        return self.chance.choice(deeds)()

    def send_on(self) -> object:
        token = self.token()
        other = CODES[token.department.code == CODES[0]]
        return issuing.transfer(token, cast.department(self.clinic, other), by=SYSTEM)

    def undo(self) -> object:
        return undoing.undo(self.token(), by=SYSTEM)

    def clock(self) -> object:
        return clock.mark_no_shows()

    def counter(self) -> object:
        return counters.change(self.desk(), {"is_open": self.chance.random() < 0.8}, by=SYSTEM)

    def policy(self) -> object:
        settings = {
            "policy": self.chance.choice(list(Policy)),
            "assigns_at_issue": self.chance.random() < 0.5,
            "no_show_minutes": self.chance.choice([0, 10, 10]),
        }
        return departments.change(self.department(), settings, by=SYSTEM)

    def department(self) -> Department:
        return cast.department(self.clinic, self.chance.choice(CODES))

    def desk(self, code: str = "") -> Counter:
        where = cast.department(self.clinic, code or self.chance.choice(CODES))
        return cast.counter(where, self.chance.choice("12"))

    def token(self) -> Token:
        pks = list(Token.objects.order_by("pk").values_list("pk", flat=True))
        rows = Token.objects.select_related("visit", "department__clinic", "counter", "assigned")
        return rows.get(pk=self.chance.choice(pks))


@pytest.mark.parametrize("seed", range(3))
def test_a_busy_hour_leaves_one_story(opd: Department, seed: int) -> None:
    people = crowd(opd.clinic, 30)
    waiting_room(opd, 10)
    hands = [Hand(opd.clinic, people, seed * HANDS + number) for number in range(HANDS)]
    outcomes = together([hand.work for hand in hands])
    assert not losers(outcomes)
    assert sum(winners(outcomes)) > HANDS, "something was done"
    assert DayBook.objects.filter(department__code__in=CODES).count() == 2
    assert_one_story()
