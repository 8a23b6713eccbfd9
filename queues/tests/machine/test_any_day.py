"""Any day at all: every action in every order, held against the model and against the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from queues.actions import calling, counters, departments, issuing, patients, tokens, undoing
from queues.actions.refusals import AlreadyWaiting, CannotUndo, Refused, WasFirst
from queues.forms import PatientForm
from queues.models import Counter, DayBook, Department, Event, Patient, Token, Visit
from queues.rules.priority import Policy, Priority
from queues.rules.rights import SYSTEM
from queues.tests import cast
from queues.tests.machine import model
from queues.tests.witness import assert_hands_agree, assert_one_story

PLACES = {"OPD": "A", "LAB": "L"}
DESKS = ("1", "2")
MOST_PEOPLE = 8

some_place = st.sampled_from(list(PLACES))
some_desk = st.sampled_from(DESKS)
some_priority = st.sampled_from(model.URGENCY)
some_index = st.integers(0, 30)
some_seed = st.integers(0, 2**64)

DEEDS: dict[str, Callable[[Token], Token]] = {
    "start": lambda token: tokens.start(token, by=SYSTEM),
    "complete": lambda token: tokens.complete(token, by=SYSTEM),
    "no_show": lambda token: tokens.no_show(token, by=SYSTEM),
    "recall": lambda token: tokens.recall(token, by=SYSTEM),
    "put_back": lambda token: tokens.put_back(token, by=SYSTEM),
    "hold": lambda token: tokens.hold(token, by=SYSTEM),
    "resume": lambda token: tokens.resume(token, by=SYSTEM),
    "return": lambda token: tokens.return_(token, by=SYSTEM),
    "cancel": lambda token: tokens.cancel(token, by=SYSTEM),
}


class AnyDay(RuleBasedStateMachine):
    """One day of a hospital with two departments, two desks each, and a few people."""

    @initialize(seed=some_seed)
    def found(self, seed: int) -> None:
        self.clinic = cast.clinic()
        self.hospital = model.Hospital({code: model.Place(p) for code, p in PLACES.items()})
        self.people: list[Patient] = []
        for _first in range(4):
            self.register()
        self.an_ordinary_quarter_of_an_hour(seed)
        self.an_ordinary_quarter_of_an_hour(seed + 1)

    # Beginning and end of an example: nothing of it stays

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self) -> None:
        try:
            assert_one_story()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    # Chance alone mostly asks for what is refused. So that a day is a day, half of it is this.

    @rule(seed=some_seed)
    def an_ordinary_quarter_of_an_hour(self, seed: int) -> None:
        """A few things that the model says can be done."""
        chance = Random(seed)
        for _deed in range(6):
            possible = list(self.possible())
            chance.choice(possible)()

    def possible(self) -> Iterator[Callable[[], None]]:
        waits = list(self.hospital.waits.values())
        for place, department in self.hospital.places.items():
            if department.state != "open":
                yield from [partial(self.pause_or_open, place, "open")] * 10
                continue
            for person in range(len(self.people)):
                if not self.hospital.live_at(person, place):
                    yield partial(self.issue, person, place, model.URGENCY[person % 6])
            for desk, is_open in department.desks.items():
                if not is_open:
                    yield partial(self.open_or_close_a_counter, place, desk, True)
                elif self.hospital.at(place, desk):
                    yield partial(self.complete_and_call_next, place, desk)
                elif self.hospital.first(place):
                    yield from [partial(self.call_next, place, desk)] * 5
        for index, wait in enumerate(waits):
            for move, (comes_from, _leads_to) in model.MOVES.items():
                if wait.status in comes_from:
                    yield from [partial(self.move, index, move)] * 2
            if wait.status in {model.WAITING, model.SERVING}:
                yield partial(self.transfer, index, "LAB" if wait.place == "OPD" else "OPD")
            if wait.status == model.WAITING:
                yield partial(self.set_priority, index, model.URGENCY[index % 6])
            if wait.earlier:
                yield partial(self.undo, index)

    # What people do

    @precondition(lambda self: len(self.people) < MOST_PEOPLE)
    @rule()
    def register(self) -> None:
        person = PatientForm(self.clinic, {"name": "Somebody", "age": 30}, by_staff=True)
        assert person.is_valid()
        registered = self.happens(
            1, lambda: patients.register(self.clinic, person.person(), by=SYSTEM)
        )
        self.people.append(registered.patient)

    @rule(index=some_index, place=some_place, priority=some_priority)
    def issue(self, index: int, place: str, priority: str) -> None:
        person = index % len(self.people)
        patient = self.people[person]

        def act() -> Token:
            where = cast.department(self.clinic, place)
            return issuing.issue(patient, where, by=SYSTEM, priority=Priority(priority))

        if self.hospital.places[place].state != "open":
            self.is_refused(act)
        elif self.hospital.live_at(person, place):
            assert isinstance(self.is_refused(act), AlreadyWaiting)
        else:
            token = self.happens(1, act)
            assert token.visit.label == self.hospital.next_label(person, place)
            self.arrives(token, person, priority)

    @rule(place=some_place, desk=some_desk)
    def call_next(self, place: str, desk: str) -> None:
        first = self.hospital.first(place)
        free = self.hospital.works(place, desk) and self.hospital.at(place, desk) is None

        def act() -> Token:
            return calling.call_next(self.counter(place, desk), by=SYSTEM)

        if free and first:
            assert self.happens(1, act).pk == first
            self.hospital.change(first, model.CALLED, desk)
        else:
            self.is_refused(act)

    @rule(place=some_place, desk=some_desk)
    def complete_and_call_next(self, place: str, desk: str) -> None:
        current, first = self.hospital.at(place, desk), self.hospital.first(place)

        def act() -> Token | None:
            return calling.complete_and_call_next(self.counter(place, desk), by=SYSTEM)

        if current is None or not self.hospital.works(place, desk):
            self.is_refused(act)
            return
        person = self.hospital.waits[current].person
        self.hospital.change(current, model.COMPLETED)
        first = self.hospital.first(place)  # whoever it completed may be free for another place
        called = self.happens(2 if first else 1, act)
        assert (called.pk if called else None) == first, person
        if first:
            self.hospital.change(first, model.CALLED, desk)

    @precondition(lambda self: self.hospital.waits)
    @rule(index=some_index, desk=some_desk)
    def call(self, index: int, desk: str) -> None:
        key, wait = self.some(index)
        may = (
            wait.status == model.WAITING
            and self.hospital.works(wait.place, desk)
            and self.hospital.at(wait.place, desk) is None
            and not self.hospital.in_hand(wait.person)
        )

        def act() -> Token:
            return calling.call(self.token(key), self.counter(wait.place, desk), by=SYSTEM)

        if may:
            self.happens(1, act)
            self.hospital.change(key, model.CALLED, desk)
        else:
            self.is_refused(act)

    @precondition(lambda self: self.hospital.waits)
    @rule(index=some_index, move=st.sampled_from(list(DEEDS)))
    def move(self, index: int, move: str) -> None:
        key, wait = self.some(index)
        comes_from, leads_to = model.MOVES[move]

        def act() -> Token:
            return DEEDS[move](self.token(key))

        if wait.status not in comes_from:
            refusal = self.is_refused(act)
            assert isinstance(refusal, WasFirst)
            assert refusal.facts["state"] == wait.status
        elif move == "return" and self.hospital.live_at(wait.person, wait.place):
            assert isinstance(self.is_refused(act), AlreadyWaiting)
        else:
            self.happens(1, act)
            if move not in model.LEAVE_NO_TRACE:
                self.hospital.change(key, leads_to or wait.status)
            if move in model.CANNOT_BE_UNDONE:
                wait.earlier = None

    @precondition(lambda self: self.hospital.waits)
    @rule(index=some_index, place=some_place)
    def transfer(self, index: int, place: str) -> None:
        key, wait = self.some(index)
        may = (
            wait.status in {model.WAITING, model.CALLED, model.SERVING}
            and place != wait.place
            and self.hospital.places[place].state == "open"
            and not self.hospital.live_at(wait.person, place)
        )

        def act() -> Token:
            where = cast.department(self.clinic, place)
            return issuing.transfer(self.token(key), where, by=SYSTEM)

        if not may:
            self.is_refused(act)
            return
        follower = self.happens(2, act)
        self.hospital.change(key, model.TRANSFERRED)
        wait.follower = follower.pk
        assert follower.visit.label == self.hospital.labels[wait.person]
        self.arrives(follower, wait.person, wait.priority)

    @precondition(lambda self: self.hospital.waits)
    @rule(index=some_index, priority=some_priority)
    def set_priority(self, index: int, priority: str) -> None:
        key, wait = self.some(index)

        def act() -> Token:
            return tokens.set_priority(self.token(key), Priority(priority), by=SYSTEM)

        if wait.status in {model.WAITING, model.ON_HOLD} and wait.priority == priority:
            self.happens(0, act)
        elif wait.status in {model.WAITING, model.ON_HOLD}:
            self.happens(1, act)
            self.hospital.change(key, wait.status)
            wait.priority = priority
        else:
            self.is_refused(act)

    @precondition(lambda self: self.hospital.waits)
    @rule(index=some_index)
    def undo(self, index: int) -> None:
        """Whether it may is for other tests to say; if it is done, it leads back by one step."""
        key, _wait = self.some(index)
        events, before = self.events(), self.everything()
        try:
            token = undoing.undo(self.token(key), by=SYSTEM)
        except CannotUndo:
            assert self.everything() == before
            return
        wait = self.hospital.waits[token.pk]
        assert wait.earlier, "there was nothing to undo"
        if wait.status == model.TRANSFERRED:
            assert wait.follower
            self.hospital.change(wait.follower, model.CANCELLED)
            self.hospital.waits[wait.follower].earlier = None
        assert self.events() - events == (2 if wait.status == model.TRANSFERRED else 1)
        wait.status, wait.desk, wait.priority = wait.earlier
        wait.earlier = None

    # What those in charge do

    @rule(place=some_place, desk=some_desk, is_open=st.booleans())
    def open_or_close_a_counter(self, place: str, desk: str, is_open: bool) -> None:
        desks = self.hospital.places[place].desks

        def act() -> Counter:
            return counters.change(self.counter(place, desk), {"is_open": is_open}, by=SYSTEM)

        if not is_open and self.hospital.at(place, desk):
            self.is_refused(act)
        else:
            self.happens(desks[desk] != is_open, act)
            desks[desk] = is_open

    @rule(place=some_place, state=st.sampled_from(["open", "open", "paused", "closed"]))
    def pause_or_open(self, place: str, state: str) -> None:
        department = self.hospital.places[place]
        self.happens(department.state != state, lambda: self.change(place, state=state))
        department.state = state

    @rule(place=some_place, policy=st.sampled_from(list(Policy)))
    def set_policy(self, place: str, policy: Policy) -> None:
        """One event for the change, and one for each who stands elsewhere because of it."""
        department = self.hospital.places[place]
        old = {token.pk: (token.band, token.rank) for token in Token.objects.all()}
        events = self.events()
        self.change(place, policy=policy)
        new = {token.pk: (token.band, token.rank) for token in Token.objects.all()}
        moved = [key for key in new if new[key] != old[key]]
        assert self.events() - events == (department.policy != policy) + len(moved)
        department.policy = str(policy)

    # What must be true after each of them

    @invariant()
    def tables_say_what_the_model_says(self) -> None:
        found = Token.objects.values_list("pk", "status", "priority", "counter__code", "in_hand")
        for key, status, priority, desk, in_hand in found:
            wait = self.hospital.waits[key]
            assert (status, priority) == (wait.status, wait.priority)
            assert not in_hand or desk == wait.desk
        assert len(found) == len(self.hospital.waits)

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        assert_hands_agree()
        live = list(Token.objects.filter(live=True).values_list("visit", "department"))
        assert len(live) == len(set(live))

    @invariant()
    def the_queue_is_in_order(self) -> None:
        for place in PLACES:
            queue = Token.objects.filter(department__code=place, status=model.WAITING)
            in_order = list(queue.in_call_order().values_list("pk", flat=True))
            assert in_order == self.hospital.queue(place)

    # How an action is watched

    def happens(self, events: int, act: Callable[[], Any]) -> Any:
        """It is done, and the journal gains so many events."""
        before = self.events()
        done = act()
        assert self.events() - before == events
        return done

    def is_refused(self, act: Callable[[], object]) -> Refused:
        """It is not done, and the database is what it was."""
        before = self.everything()
        with pytest.raises(Refused) as refusal, transaction.atomic():
            act()
        assert self.everything() == before
        assert refusal.value.sentence
        return refusal.value

    def events(self) -> int:
        return Event.objects.count()

    def everything(self) -> list[Any]:
        tables: tuple[Any, ...] = (Token, Visit, Counter, Department, DayBook)
        rows = [list(table.objects.order_by("pk").values()) for table in tables]
        return [*rows, self.events()]

    def arrives(self, token: Token, person: int, priority: str) -> None:
        self.hospital.waits[token.pk] = model.Wait(
            person, token.department.code, priority, token.arrived_at, token.issued_seq
        )

    def some(self, index: int) -> tuple[int, model.Wait]:
        return list(self.hospital.waits.items())[index % len(self.hospital.waits)]

    def token(self, key: int) -> Token:
        rows = Token.objects.select_related("visit", "department__clinic", "counter", "assigned")
        return rows.get(pk=key)

    def counter(self, place: str, desk: str) -> Counter:
        return cast.counter(cast.department(self.clinic, place), desk)

    def change(self, place: str, **settings: Any) -> Department:
        return departments.change(cast.department(self.clinic, place), settings, by=SYSTEM)


@pytest.mark.django_db
def test_any_day() -> None:
    run_state_machine_as_test(
        AnyDay,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # to shorten a failing day takes longer than to read it
            suppress_health_check=list(HealthCheck),
        ),
    )
