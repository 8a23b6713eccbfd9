"""What is made once for a page and shown in many rows: a part of it, an address."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from queues.models.public_id import NOBODY

register = template.Library()


class Named(Protocol):
    public_id: UUID


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """{% kept as menu %}…{% endkept %} draws it; {{ menu }} shows it wherever it is wanted."""
    words = token.split_contents()
    if len(words) != 3 or words[1] != "as":
        raise template.TemplateSyntaxError("write it as {% kept as name %}")
    drawn = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(words[2], drawn)


class Kept(template.Node):
    def __init__(self, name: str, drawn: NodeList) -> None:
        self.name = name
        self.nodelist = drawn

    def render(self, context: Context) -> str:
        context[self.name] = self.nodelist.render(context)
        return ""


@register.filter
def of(address: str, row: Named) -> SafeString:
    """The address of a row, from the one that was made for nobody."""
    return mark_safe(address.replace(str(NOBODY), str(row.public_id)))  # noqa: S308 - a UUID  # nosec B308 B703
