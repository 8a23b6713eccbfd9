"""A form that acts once, however often it is sent."""

from __future__ import annotations

from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def once_key(key: str = "") -> SafeString:
    """Drawn anew for each form that is shown: a double click sends the same one twice. A row that is
    drawn blank has a mark there."""
    return format_html('<input type="hidden" name="once" value="{}">', key or uuid4())
