"""The states of a token and the moves between them, as the issue lists them."""

from __future__ import annotations

from queues.rules.status import IN_HAND, LIVE, STARTS_FROM, Move, Status


def test_the_table_is_the_hospitals() -> None:
    table = {
        "call": {"waiting"},
        "start": {"called"},
        "complete": {"called", "serving"},
        "no_show": {"called"},
        "recall": {"called"},
        "put_back": {"called"},
        "hold": {"waiting"},
        "resume": {"on_hold"},
        "return": {"no_show"},
        "transfer": {"waiting", "called", "serving"},
        "cancel": {"waiting", "called", "on_hold"},
        "priority": {"waiting", "on_hold"},
    }
    assert table == STARTS_FROM


def test_every_move_but_undo_says_where_it_starts() -> None:
    assert set(Move) - set(STARTS_FROM) == {Move.UNDO}


def test_who_is_in_hand_is_live_and_nothing_ended_is() -> None:
    assert IN_HAND < LIVE
    assert set(Status) - LIVE == {"completed", "no_show", "cancelled", "transferred"}


def test_from_an_end_only_a_no_show_comes_back() -> None:
    back = {state for states in STARTS_FROM.values() for state in states if state not in LIVE}
    assert back == {"no_show"}
