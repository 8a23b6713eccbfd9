"""An answer of HTTP, as far as it has come."""

from __future__ import annotations

import re

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
END = b"\r\n\r\n"


def whole(heard: bytes) -> tuple[bytes, bytes] | None:
    """Its head and its body; None while some of it is still to come."""
    head, end, body = heard.partition(END)
    if not end:
        return None
    length = LENGTH.search(head)
    return None if length and len(body) < int(length[1]) else (head, body)
