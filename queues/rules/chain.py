"""The thread through a ledger: each event's hash covers the one before it.

With a key it is a signature too: whoever can write the whole database cannot make another. What
was written before there were keys has plain hashes, and is proved as what it is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

BEGINNING = ""  # what the first event of a ledger follows
NO_KEY = b""

canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def link(previous: str, facts: Mapping[str, Any], key: bytes = NO_KEY) -> str:
    """The hash of an event that follows `previous`."""
    return sign(f"{previous}\n{canonical(facts)}", key)


def digest(text: str, key: bytes = NO_KEY) -> str:
    """Stands in the chain for a note, so that the note itself can be blanked later. With a key
    nobody finds it again by trying what it may have been; and no note is typed that has the
    signature of an event, which begins otherwise."""
    if not text:
        return ""
    return sign(f"note\n{text}" if key else text, key)


def sign(text: str, key: bytes) -> str:
    if key:
        return hmac.digest(key, text.encode(), "sha256").hex()
    return hashlib.sha256(text.encode()).hexdigest()
