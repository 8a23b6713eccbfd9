"""Secrets: what is shown and what is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import pytest

from queues.rules.links import hashed, link_secret, new_key, nonce, secret_in


def test_a_links_secret_is_256_bits_made_from_the_key_and_the_nonce() -> None:
    secret = link_secret("key", "nonce")
    by_hand = hmac.new(b"key", b"nonce", hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(f"{secret}=") == by_hand
    assert len(by_hand) * 8 == 256
    assert re.fullmatch(r"[\w-]{43}", secret), "fit for an address"


def test_it_can_be_made_again_and_only_with_the_key() -> None:
    assert link_secret("key", "nonce") == link_secret("key", "nonce")
    assert link_secret("another key", "nonce") != link_secret("key", "nonce")
    assert link_secret("key", "another nonce") != link_secret("key", "nonce")


def test_nonces_and_keys_never_repeat() -> None:
    assert len({nonce() for _ in range(100)}) == 100
    assert len({new_key() for _ in range(100)}) == 100


def test_a_key_has_enough_chance_in_it() -> None:
    assert re.fullmatch(r"np_[\w-]{43}", new_key())
    assert len(nonce()) == 32


def test_what_is_stored_is_a_plain_hash() -> None:
    assert hashed("np_x") == hashlib.sha256(b"np_x").hexdigest()


SECRET = link_secret("key", "nonce")


@pytest.mark.parametrize(
    "typed",
    [
        SECRET,
        f" {SECRET}\n",
        f"https://example.org/t/{SECRET}/",
        f"http://127.0.0.1:8000/t/{SECRET}",
    ],
)
def test_a_scanner_types_the_address_or_the_secret_alone(typed: str) -> None:
    assert secret_in(typed) == SECRET


@pytest.mark.parametrize("typed", ["", "PABCD-2345", SECRET[:-1], f"x{SECRET}", f"/x/{SECRET}/"])
def test_what_is_no_secret_is_none(typed: str) -> None:
    assert secret_in(typed) == ""
