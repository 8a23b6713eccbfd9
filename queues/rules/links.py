"""The secret of a visit's link, and the secrets of keys: what is shown and what is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets


def nonce() -> str:
    return secrets.token_hex(16)


def link_secret(key: str, nonce: str) -> str:
    """256 bits that can be shown and printed again, since the nonce alone is kept."""
    signed = hmac.digest(key.encode(), nonce.encode(), "sha256")
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


_SECRET = re.compile(
    r"(?:^|/t/|/book/a/)([A-Za-z0-9_-]{43})/?$"
)  # 256 bits in base64, without padding


def secret_in(text: str) -> str:
    """The secret of a visit or an appointment, from its address or by itself as a scanner types it;
    or nothing."""
    found = _SECRET.search(text.strip())
    return found[1] if found else ""


def new_key() -> str:
    return f"np_{secrets.token_urlsafe(32)}"


def hashed(secret: str) -> str:
    """How a secret is stored. It is random and long, so a plain hash cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()
