"""The thread through a ledger."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from queues.rules.chain import BEGINNING, digest, link

facts = st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=20))


def test_a_link_is_a_sha256_of_the_one_before_and_the_facts() -> None:
    by_hand = hashlib.sha256(b'before\n{"kind":"called","seq":2}').hexdigest()
    assert link("before", {"seq": 2, "kind": "called"}) == by_hand


@given(facts, facts)
def test_other_facts_are_another_link(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (link(BEGINNING, one) == link(BEGINNING, other)) == (one == other)


@given(facts, st.text(max_size=64), st.text(max_size=64))
def test_another_past_is_another_link(same: dict[str, Any], one: str, other: str) -> None:
    hashes = link(digest(one), same), link(digest(other), same)
    assert (hashes[0] == hashes[1]) == (one == other)


def test_the_order_of_the_facts_does_not_matter() -> None:
    assert link("", {"a": 1, "b": 2}) == link("", {"b": 2, "a": 1})


def test_no_note_has_no_digest() -> None:
    assert digest("") == ""
    assert digest("chest pain") == hashlib.sha256(b"chest pain").hexdigest()


KEY = b"k" * 32


def test_with_a_key_a_link_is_an_hmac() -> None:
    by_hand = hmac.new(KEY, b'before\n{"kind":"called","seq":2}', "sha256").hexdigest()
    assert link("before", {"seq": 2, "kind": "called"}, KEY) == by_hand


@given(facts, st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_another_key_is_another_link(same: dict[str, Any], one: bytes, other: bytes) -> None:
    assert (link(BEGINNING, same, one) == link(BEGINNING, same, other)) == (one == other)


def test_a_note_cannot_be_typed_so_that_it_signs_an_event() -> None:
    typed = 'before\n{"seq":2}'
    assert digest(typed, KEY) != link("before", {"seq": 2}, KEY)
