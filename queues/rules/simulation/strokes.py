"""Elements of an SVG as text: attributes in the order in which they are given, so that the same
picture is the same bytes."""

from __future__ import annotations

from html import escape


def element(name: str, *inside: str, **attributes: object) -> str:
    """An underscore in the name of an attribute is a dash; `class_` is class."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return f"<{name}{told}>{''.join(inside)}</{name}>" if inside else f"<{name}{told}/>"


def box(x: float, y: float, width: float, height: float, class_: str, *inside: str) -> str:
    return element("rect", *inside, x=x, y=y, width=width, height=height, class_=class_)


def words(x: float, y: float, text: str, class_: str = "") -> str:
    return prose("text", text, x=x, y=y, class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(d: str, class_: str, *inside: str, **more: object) -> str:
    return element("path", *inside, d=d, class_=class_, **more)


def hint(text: str) -> str:
    """What a pointer, or a screen reader, is told of the element that it is in."""
    return prose("title", text)


def prose(name: str, text: str, **attributes: object) -> str:
    """An element of words, whatever is in them."""
    return element(name, escape(text, quote=False), **attributes)


def _plain(value: object) -> str:
    """One digit behind the point is a fifth of what an eye can see."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
