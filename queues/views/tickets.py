"""The code that leads a phone to its page."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr(url: str) -> SafeString:
    """As inline SVG, dark on white in any theme, so that every camera reads it."""
    drawn = segno.make(url, error="m", micro=False)
    svg = drawn.svg_inline(omitsize=True, border=3, dark="#000", light="#fff", svgclass="qr")
    return mark_safe(svg)  # noqa: S308 (drawn by us, from an address of ours)  # nosec B308 B703
