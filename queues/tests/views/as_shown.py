"""The main form of a page, filled as the page shows it: what a browser sends that changes nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

MAIN = "card stack"  # the form that a page is there for


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.inside = False
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self.inside = (has.get("class") or "").startswith(MAIN)
        elif tag == "select":
            self.select = has.get("name") or ""
        elif self.inside and tag == "option" and "selected" in has:
            self._keep(self.select, has)
        elif self.inside and tag == "input" and _is_sent(has):
            self._keep(has.get("name") or "", has)

    def _keep(self, name: str, has: dict[str, str | None]) -> None:
        self.fields.setdefault(name, []).append(has.get("value") or "")


def _is_sent(has: dict[str, str | None]) -> bool:
    return has.get("type") not in ("checkbox", "radio") or "checked" in has


def as_shown(page: Any) -> dict[str, Any]:
    """Without the key of the act: each sending has its own."""
    parser = _Fields()
    parser.feed(page.content.decode())
    own = {"once", "csrfmiddlewaretoken"}
    return {name: texts for name, texts in parser.fields.items() if name not in own}
