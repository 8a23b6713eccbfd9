"""One patient, one counter, one call: whoever else calls, holds or sends on at that moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction

from queues.actions import calling, issuing, tokens
from queues.actions.refusals import CounterBusy, NobodyWaiting, WasFirst
from queues.models import Clinic, Counter, DayBook, Department, Event, Kind, Token, User
from queues.rules.rights import SYSTEM, Actor, ActorKind, Role
from queues.rules.status import IN_HAND, Status
from queues.tests import cast
from queues.tests.crowd import waiting_room
from queues.tests.races.together import losers, meeting, together, winners
from queues.tests.witness import assert_one_story, count, kinds

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 8
LONGER_THAN_A_LOCK_WAITS = 3.5  # seconds; we set 3 on MariaDB


def eight_desks(department: Department) -> list[str]:
    codes = [str(number) for number in range(1, DESKS + 1)]
    for code in codes[2:]:
        Counter.objects.create(department=department, code=code, is_open=True)
    return codes


def loaded(token: Token) -> Token:
    """A token as somebody else's request loads it."""
    rows = Token.objects.select_related("visit", "department__clinic", "counter", "assigned")
    return rows.get(pk=token.pk)


def somebody(clinic: Clinic, name: str) -> Actor:
    return Actor(ActorKind.USER, cast.user(clinic, name, Role.NURSE).public_id, origin="desk")


# Eight desks until nobody waits


def call_until_empty(department: Department, code: str) -> list[Token]:
    called = []
    while True:
        try:
            called.append(calling.call_next(cast.counter(department, code), by=SYSTEM))
        except NobodyWaiting:
            return called
        assert Token.objects.filter(counter__code=code, status__in=IN_HAND).count() == 1
        tokens.complete(loaded(called[-1]), by=SYSTEM)


def complete_and_call_until_empty(department: Department, code: str) -> list[Token]:
    """The same with one click a patient, from one page that stays open."""
    called = [calling.call_next(cast.counter(department, code), by=SYSTEM)]
    while token := calling.complete_and_call_next(cast.counter(department, code), by=SYSTEM):
        called.append(token)
    return called


@pytest.mark.parametrize("until_empty", [call_until_empty, complete_and_call_until_empty])
def test_eight_desks_call_each_patient_once(
    opd: Department, until_empty: Callable[[Department, str], list[Token]]
) -> None:
    waiting = waiting_room(opd, 120)
    desks = eight_desks(opd)
    called = winners(together([partial(until_empty, opd, code) for code in desks]))
    calls = [token.pk for tokens in called for token in tokens]
    assert sorted(calls) == sorted(token.pk for token in waiting)
    assert count(Kind.CALLED) == count(Kind.COMPLETED) == len(waiting)
    assert set(Token.objects.values_list("status", flat=True)) == {Status.COMPLETED}
    assert not Counter.objects.exclude(current=None).exists()
    assert_one_story()


def test_a_call_takes_the_first_who_waits_even_among_eight(opd: Department) -> None:
    """In the order of the journal, each call is that of the first of all who waited then."""
    waiting = waiting_room(opd, 40)
    together([partial(call_until_empty, opd, code) for code in eight_desks(opd)])
    called = Event.objects.filter(kind=Kind.CALLED).order_by("seq")
    in_order = list(called.values_list("subject", flat=True))
    places = {str(token.public_id): place for place, token in enumerate(waiting)}
    overtaken = [places[str(subject)] - place for place, subject in enumerate(in_order)]
    assert max(map(abs, overtaken)) < DESKS, "only those called at the same moment may swap"


def test_without_the_conditional_update_all_desks_call_one_patient(opd: Department) -> None:
    waiting_room(opd, DESKS)
    gap = meeting(DESKS)

    def look_then_call(code: str) -> int:
        counter = cast.counter(opd, code)
        token = Token.objects.waiting_at(opd).in_call_order()[0]
        gap.wait()
        token.status, token.counter = Status.CALLED, counter
        token.save(update_fields=["status", "counter"])
        return token.pk

    called = together([partial(look_then_call, code) for code in eight_desks(opd)])
    assert len(called) == DESKS
    assert len(set(called)) == 1, "the race is real"


# Two desks, one patient


def test_two_desks_call_one_patient_and_one_is_told_who_was_first(opd: Department) -> None:
    nadia, omar = somebody(opd.clinic, "nadia"), somebody(opd.clinic, "omar")
    names = dict(User.objects.values_list("public_id", "first_name"))
    for token in waiting_room(opd, 6):

        def call(code: str, by: Actor, token: Token = token) -> tuple[Token, Actor]:
            return calling.call(loaded(token), cast.counter(opd, code), by=by), by

        outcomes = together([partial(call, "1", nadia), partial(call, "2", omar)])
        ((won, winner),), (refusal,) = winners(outcomes), losers(outcomes)
        assert isinstance(refusal, WasFirst)
        assert winner.public_id
        assert refusal.facts["by"] == names[winner.public_id]
        assert won.counter
        assert refusal.facts["counter"] == won.counter.code
        assert refusal.facts["state"] == Status.CALLED
        for word in (won.visit.label, won.counter.code, names[winner.public_id]):
            assert word in refusal.sentence
        tokens.complete(won, by=winner)
    assert count(Kind.CALLED) == 6
    assert_one_story()


def test_without_the_conditional_update_both_desks_have_the_patient(opd: Department) -> None:
    (token,) = waiting_room(opd, 1)
    gap = meeting(2)

    def look_then_call(code: str) -> bool:
        mine = loaded(token)
        was_free = mine.status == Status.WAITING
        gap.wait()
        if was_free:
            mine.status = Status.CALLED
            mine.save(update_fields=["status"])
            Counter.objects.filter(department=opd, code=code, current=None).update()
        return was_free

    assert together([partial(look_then_call, code) for code in ("1", "2")]) == [True, True]


# Two people, one counter


def test_two_people_at_one_counter_call_one_patient(opd: Department) -> None:
    waiting_room(opd, 7)  # one more than is called, so that nobody loses for want of patients
    for _round in range(6):

        def call_next() -> Token:
            return calling.call_next(cast.counter(opd, "1"), by=SYSTEM)

        outcomes = together([call_next, call_next])
        (won,), (refusal,) = winners(outcomes), losers(outcomes)
        assert isinstance(refusal, CounterBusy)
        assert refusal.facts["label"] == won.visit.label
        assert won.visit.label in refusal.sentence
        assert Token.objects.filter(status=Status.CALLED).count() == 1
        tokens.complete(won, by=SYSTEM)
    assert count(Kind.CALLED) == 6
    assert_one_story()


def test_two_people_complete_and_call_next_at_one_counter(opd: Department) -> None:
    """A double click on 'Complete and call next' completes one patient, not two."""
    waiting_room(opd, 3)
    calling.call_next(cast.counter(opd, "1"), by=SYSTEM)
    desk = [cast.counter(opd, "1"), cast.counter(opd, "1")]  # two pages that show the same
    outcomes = together([partial(calling.complete_and_call_next, one, by=SYSTEM) for one in desk])
    assert len(winners(outcomes)) == len(losers(outcomes)) == 1
    assert count(Kind.COMPLETED) == 1
    assert Token.objects.filter(status=Status.CALLED).count() == 1
    assert_one_story()


def test_without_the_conditional_update_a_counter_gets_two_patients(opd: Department) -> None:
    first, second = waiting_room(opd, 2)
    gap = meeting(2)

    def look_then_take(token: Token) -> bool:
        counter = cast.counter(opd, "1")
        was_free = counter.current is None
        gap.wait()
        if was_free:
            counter.current = token
            counter.save(update_fields=["current"])
            Token.objects.filter(pk=token.pk).update(status=Status.CALLED, counter=counter)
        return was_free

    assert together([partial(look_then_take, token) for token in (first, second)]) == [True, True]
    assert Token.objects.filter(status=Status.CALLED, counter__code="1").count() == 2


# A call and something else


def test_a_hold_and_a_call_at_once(opd: Department) -> None:
    for token in waiting_room(opd, 8):

        def call(token: Token = token) -> str:
            return calling.call(loaded(token), cast.counter(opd, "1"), by=SYSTEM).status

        def hold(token: Token = token) -> str:
            return tokens.hold(loaded(token), by=SYSTEM).status

        outcomes = together([call, hold])
        (now,), (refusal,) = winners(outcomes), losers(outcomes)
        assert isinstance(refusal, WasFirst)
        assert refusal.facts["state"] == now == loaded(token).status
        if now == Status.CALLED:
            tokens.complete(loaded(token), by=SYSTEM)
    assert_one_story()


def test_a_transfer_and_a_call_at_once(opd: Department, lab: Department) -> None:
    """Either they are sent on and cannot be called, or called and then sent on from there."""
    for token in waiting_room(opd, 8):

        def call(token: Token = token) -> str:
            return calling.call(loaded(token), cast.counter(opd, "1"), by=SYSTEM).status

        def send_on(token: Token = token) -> str:
            return issuing.transfer(
                loaded(token), cast.department(opd.clinic, "LAB"), by=SYSTEM
            ).status

        outcomes = together([call, send_on])
        for refusal in losers(outcomes):
            assert isinstance(refusal, WasFirst)
            assert refusal.facts["state"] == Status.TRANSFERRED
        assert Status.WAITING in winners(outcomes)
        assert loaded(token).status == Status.TRANSFERRED
        assert cast.counter(opd, "1").current is None
    assert Token.objects.waiting_at(lab).count() == count(Kind.ARRIVED) == 8
    assert_one_story()


def test_two_departments_call_one_patient_at_once(opd: Department, lab: Department) -> None:
    """Who waits in two places goes to one of them first."""
    for token in waiting_room(opd, 6):
        in_lab = issuing.issue(token.visit.patient, lab, by=SYSTEM)

        def call(token: Token, where: Department) -> Token:
            return calling.call(loaded(token), cast.counter(where, "1"), by=SYSTEM)

        outcomes = together([partial(call, token, opd), partial(call, in_lab, lab)])
        (won,), (refusal,) = winners(outcomes), losers(outcomes)
        assert refusal.code == "in_other_hands"
        assert refusal.facts["token_id"] == str(won.public_id)
        tokens.complete(won, by=SYSTEM)
        for left in Token.objects.live().filter(visit=token.visit):
            tokens.cancel(loaded(left), by=SYSTEM)
    assert_one_story()


@pytest.mark.parametrize("also", [Status.ON_HOLD, Status.TRANSFERRED])
def test_without_the_conditional_update_both_get_the_patient(opd: Department, also: Status) -> None:
    (token,) = waiting_room(opd, 1)
    gap = meeting(2)

    def look_then_move(status: Status) -> bool:
        mine = loaded(token)
        was_waiting = mine.status == Status.WAITING
        gap.wait()
        if was_waiting:
            mine.status = status
            mine.save(update_fields=["status"])
        return was_waiting

    moves = [partial(look_then_move, status) for status in (Status.CALLED, also)]
    assert together(moves) == [True, True], "each was told that it had the patient"


# A desk that had to wait too long


@pytest.mark.parametrize("with_complete", [False, True])
def test_a_call_that_waited_too_long_for_the_journal_is_tried_again(
    opd: Department, with_complete: bool
) -> None:
    """The first try gives up at the journal, after token and counter were changed; it rolls
    back, and the second try must start from what is true, not from what it remembers."""
    waiting_room(opd, 3)
    first = calling.call_next(cast.counter(opd, "1"), by=SYSTEM) if with_complete else None
    holding = meeting(2)

    def hold_the_journal() -> Token | None:
        with transaction.atomic(), connection.cursor() as cursor:
            DayBook.objects.select_for_update().get(department=opd)
            holding.wait()
            cursor.execute(SLEEP[connection.vendor])
        return None

    def call() -> Token | None:
        counter = cast.counter(opd, "1")
        holding.wait()
        if with_complete:
            return calling.complete_and_call_next(counter, by=SYSTEM)
        return calling.call_next(counter, by=SYSTEM)

    _none, called = together([hold_the_journal, call])
    assert isinstance(called, Token), called
    assert called.visit.label == ("A-002" if with_complete else "A-001")
    if first:
        assert loaded(first).status == Status.COMPLETED
    assert kinds().count(Kind.CALLED) == (2 if with_complete else 1)
    assert_one_story()


SLEEP = {
    "mysql": f"SELECT SLEEP({LONGER_THAN_A_LOCK_WAITS})",
    "sqlite": "SELECT 1",  # one writer at a time: who comes second has not begun yet
}
