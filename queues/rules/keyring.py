"""The keys that sign the history: the first signs, and the others still prove what they signed."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

SHORTEST_SECRET = 32
_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")


class NotAKeyring(ValueError):
    """The text is not of the form; no part of it is repeated, since it holds secrets."""


@dataclass(frozen=True, repr=False)
class Key:
    """A key for each purpose, so that what is signed for the one proves nothing for the other."""

    id: str
    for_events: bytes
    for_heads: bytes

    @classmethod
    def of(cls, id_: str, secret: str) -> Key:
        return cls(id_, _derived(secret, "events"), _derived(secret, "heads"))

    def __repr__(self) -> str:
        return f"Key {self.id}"


@dataclass(frozen=True)
class Keyring:
    keys: tuple[Key, ...]

    @property
    def signs(self) -> Key:
        return self.keys[0]

    def find(self, id_: str) -> Key | None:
        return next((key for key in self.keys if key.id == id_), None)


@lru_cache(maxsize=8)
def keyring(text: str) -> Keyring:
    """The keys of a text like `id:secret,id2:secret2`, derived once."""
    pairs = [pair.strip().partition(":") for pair in text.split(",")]
    for number, (id_, _colon, secret) in enumerate(pairs, 1):
        if not _ID.fullmatch(id_) or len(secret) < SHORTEST_SECRET:
            raise NotAKeyring(
                f"key {number} should be an id of at most 16 letters, digits, - or _,"
                f" a colon, and a secret of at least {SHORTEST_SECRET} characters"
            )
    if len({id_ for id_, _colon, _secret in pairs}) < len(pairs):
        raise NotAKeyring("two keys have the same id")
    return Keyring(tuple(Key.of(id_, secret) for id_, _colon, secret in pairs))


def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"nextpatient {purpose}".encode(), "sha256")
