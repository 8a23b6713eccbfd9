"""The secrets of apps for codes lie sealed in the database: a copy of it makes nobody's codes."""

from __future__ import annotations

import base64
import hashlib
import logging
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

log = logging.getLogger(__name__)
SEALED = "gAAAA"  # how Fernet begins; no secret in base 32 or 16 does


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(text: str) -> str:
    """What was stored before there was a seal is as it was. What no key of ours opens is a secret
    that nobody knows: no code fits, and a colleague resets the factors."""
    if not text.startswith(SEALED):
        return text
    try:
        return _keys().decrypt(text.encode()).decode()
    except InvalidToken:
        log.error("a second factor was sealed with a SECRET_KEY that is not here any more")
        return base64.b32encode(secrets.token_bytes(20)).decode()


def _keys() -> MultiFernet:
    """The first seals, and each of them opens."""
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"seal {key}".encode()).digest()))
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
