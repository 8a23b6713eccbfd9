"""The thread through a ledger: each event's hash covers the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

BEGINNING = ""  # what the first event of a ledger follows


def link(previous: str, facts: Mapping[str, Any]) -> str:
    """The hash of an event that follows `previous`."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def digest(text: str) -> str:
    """Stands in the chain for a note, so that the note itself can be blanked later."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
