"""How a screen that nobody knows yet is let in: a short code that people read out, and secrets that
nobody sees."""

from __future__ import annotations

import secrets
from datetime import timedelta

LETTERS = "BCDFGHJKLMNPQRTVWXYZ3479"  # none is taken for another, and they spell no word
LENGTH, GROUP = 8, 4
ASKS_FOR = timedelta(minutes=10)


def new_code() -> str:
    """36 bits: enough for ten minutes in which few may guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def new_secret() -> str:
    """256 bits."""
    return secrets.token_urlsafe(32)


def shown(code: str) -> str:
    """As it is read out: in two groups."""
    return f"{code[:GROUP]}-{code[GROUP:]}"


def read(typed: str) -> str:
    """As it is kept, however it was typed."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())
