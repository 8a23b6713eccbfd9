"""What is made once and shown many times: a part of a page that is the same in all its rows, an
address, and the looks of somebody who has not changed since the page was last drawn.

A desk with fifty rows is drawn again after every change, and most of it is as it was.
What it gains is in docs/bench.md.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from queues.models.public_id import NOBODY

register = template.Library()
LOOKS_KEPT = 20_000  # of all who wait at all desks; about 1 KB each


class Named(Protocol):
    public_id: UUID


class Blank(NamedTuple):
    """A row of nobody: what stands in it is replaced in every row. No keyboard types these marks."""

    public_id: UUID = NOBODY
    once: str = "\ue000"  # the key of a form that acts once
    label: str = "\ue001"
    priority: str = "\ue002"
    position: str = "\ue003"
    waited: str = "\ue004"
    to_come: str = "\ue005"


BLANK = Blank()
MARKS = re.compile(f"({NOBODY}|[{BLANK.once}-{BLANK.to_come}])")
FACTS = [
    (mark, name) for name, mark in BLANK._asdict().items() if name not in ("public_id", "once")
]


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """{% kept as menu %}…{% endkept %} draws it; {{ menu }} shows it wherever it is wanted. With
    {% kept as line of row %} it is drawn for a blank row, and {{ line|filled:row }} fills it in."""
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
        context[self.name] = MARKS.split(drawn) if self.row else drawn
        return ""


@register.filter
def of(address: str, row: Named) -> SafeString:
    """The address of a row, from the one that was made for nobody."""
    return mark_safe(address.replace(str(NOBODY), str(row.public_id)))  # noqa: S308 - a UUID  # nosec B308 B703


@register.filter
def filled(drawn: list[str], row: Named) -> SafeString:
    """What was drawn for a blank row, as it is in this one: every second piece is a mark."""
    facts = {mark: html.escape(str(getattr(row, name))) for mark, name in FACTS}
    facts |= {str(NOBODY): str(row.public_id), BLANK.once: str(uuid4())}
    pieces = drawn.copy()
    pieces[1::2] = [facts[mark] for mark in drawn[1::2]]
    return mark_safe("".join(pieces))  # noqa: S308 - escaped  # nosec B308 B703


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
