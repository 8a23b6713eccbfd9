"""What is made once and shown many times: a part of a page that is the same in all its rows, an
address, and the looks of somebody who has not changed since the page was last drawn.

A desk with fifty rows is drawn again after every change, and most of it is as it was.
What it gains is in docs/bench.md.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from queues.models.public_id import NOBODY

register = template.Library()
LOOKS_KEPT = 20_000  # of all who wait at all desks; about 1 KB each


class Named(Protocol):
    public_id: UUID


class Labelled(Named, Protocol):
    label: str


class Blank(NamedTuple):
    """A row of nobody: what stands in it is replaced in every row. No keyboard types these marks."""

    public_id: UUID = NOBODY
    label: str = "\ue000"
    once: str = "\ue001"  # the key of a form that acts once


BLANK = Blank()


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """{% kept as menu %}…{% endkept %} draws it; {{ menu }} shows it wherever it is wanted. With
    {% kept as acts of row %} it is drawn for a blank row, and {{ acts|filled:row }} fills it in."""
    words = token.split_contents()
    if words[1::2] not in (["as"], ["as", "of"]) or len(words) not in (3, 5):
        raise template.TemplateSyntaxError(
            "write it as {% kept as name %} or {% kept as name of row %}"
        )
    drawn = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(words[2], drawn, words[4] if len(words) == 5 else "")


class Kept(template.Node):
    def __init__(self, name: str, drawn: NodeList, row: str) -> None:
        self.name = name
        self.nodelist = drawn
        self.row = row

    def render(self, context: Context) -> str:
        with context.push(**({self.row: BLANK} if self.row else {})):
            drawn = self.nodelist.render(context)
        context[self.name] = drawn
        return ""


@register.filter
def of(address: str, row: Named) -> SafeString:
    """The address of a row, from the one that was made for nobody."""
    return mark_safe(address.replace(str(NOBODY), str(row.public_id)))  # noqa: S308 - a UUID  # nosec B308 B703


@register.filter
def filled(drawn: str, row: Labelled) -> SafeString:
    """What was drawn for a blank row, as it is in this one."""
    its_own = of(drawn, row).replace(BLANK.label, escape(row.label))
    return mark_safe(its_own.replace(BLANK.once, str(uuid4())))  # noqa: S308 - escaped  # nosec B308 B703


@register.simple_tag
def looks(name: str, facts: tuple[object, ...]) -> SafeString:
    """This template, which sees these facts and nothing else: the same facts look the same, so they
    are drawn once in each language."""
    draw = _looks.__wrapped__ if settings.DEBUG else _looks  # whoever works on it sees it change
    return draw(name, facts, get_language())


@lru_cache(LOOKS_KEPT)
def _looks(name: str, facts: tuple[object, ...], language: str | None) -> SafeString:
    backed = get_template(name)
    return mark_safe(backed.render({"facts": facts}))  # noqa: S308 - a template's  # nosec B308 B703
