"""An action that was overtaken begins anew, and knows what it lacked."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from queues.actions import transactions
from queues.actions.transactions import (
    TRIES,
    TRIES_OVERTAKEN,
    Overtaken,
    lacked_before,
    transacted,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_a_try_lacked_is_known_to_the_next() -> None:
    known = []

    @transacted
    def act() -> str:
        known.append(set(lacked_before()))
        if len(known) < 3:
            raise Overtaken([len(known)])
        return "done"

    assert act() == "done"
    assert known == [set(), {1}, {1, 2}]
    assert lacked_before() == set(), "the next action begins with nothing"


def test_within_a_larger_action_it_is_the_larger_that_begins_anew() -> None:
    tries = []

    @transacted
    def part() -> None:
        if 7 not in lacked_before():
            raise Overtaken([7])

    @transacted
    def whole() -> None:
        tries.append(1)
        part()

    whole()
    assert len(tries) == 2


def test_who_is_overtaken_for_ever_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    tries = []

    @transacted
    def act() -> None:
        tries.append(1)
        raise Overtaken

    with pytest.raises(Overtaken):
        act()
    assert len(tries) == TRIES_OVERTAKEN
    assert " act: raise Overtaken" in caplog.text, "the log tells where"


def test_who_is_crowded_out_for_ever_is_told_the_same(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "LONGEST_PAUSE", 0)
    says = {"sqlite": ("database is locked",), "mysql": (1213, "Deadlock found")}
    tries = []

    @transacted
    def act() -> None:
        tries.append(1)
        raise OperationalError(*says[connection.vendor])

    with pytest.raises(Overtaken):
        act()
    assert len(tries) == TRIES
    assert "always crowded" in caplog.text
