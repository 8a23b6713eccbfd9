"""Whatever portal, kiosk, phone and wall can say, they can say in every language of the house."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings

from queues.management import catalogs
from queues.tests.test_floors import imports, modules

SCREENS = ("book", "kiosk", "visit", "wall")
VIEWS = (
    "queues.views.book",
    "queues.views.kiosk",
    "queues.views.visit",
    "queues.views.wall",
    "queues.live",
)
TEMPLATES = settings.BASE_DIR / "templates"
USED = re.compile(r"{%\s*(?:extends|include)\s+\"([^\"]+)\"")
HOUSE = dict(modules())


def templates() -> set[Path]:
    """Those of the four screens, with the parts that they include and the frames they stand in."""
    found: set[Path] = set()
    to_read = [path for name in SCREENS for path in (TEMPLATES / name).rglob("*.*")]
    while to_read:
        path = to_read.pop()
        if path not in found:
            found.add(path)
            to_read += [TEMPLATES / name for name in USED.findall(path.read_text())]
    return found


def home_of(name: str) -> str | None:
    """The module that a dotted name leads to, also through what a package passes on."""
    if name in HOUSE:
        return name
    package, _, leaf = name.rpartition(".")
    passing_on = HOUSE.get(f"{package}.__init__")
    for node in ast.walk(ast.parse(passing_on.read_text())) if passing_on else ():
        if isinstance(node, ast.ImportFrom) and leaf in {alias.name for alias in node.names}:
            return node.module
    return None


def code() -> set[Path]:
    """The four views and the sockets, and all that they are made of: words, forms, refusals."""
    found: set[str] = set()
    to_read = [name for name in HOUSE if name.startswith(VIEWS)]
    while to_read:
        module = to_read.pop()
        if module not in found:
            found.add(module)
            names = [home_of(name) for name, _line in imports(HOUSE[module].read_text())]
            to_read += [name for name in names if name in HOUSE]
    return {HOUSE[name] for name in found}


@cache
def public() -> Catalog:
    """Every sentence that the three screens can show."""
    catalog = Catalog()
    root = settings.BASE_DIR
    for path in templates() | code():
        gather = catalogs.in_module if path.suffix == ".py" else catalogs.in_template
        for said in gather(path, root):
            catalog.add(said.forms, context=said.context)
    return catalog


def not_in(catalog: Catalog, wanted: Catalog) -> Iterator[str]:
    """What is wanted and has no translation, or only a guess, or not every plural form."""
    for message in wanted:
        text = message.id if isinstance(message.id, str) else message.id[0]
        there = catalog.get(text, message.context)
        if text and (there is None or not catalogs.is_translated(there)):
            yield text


@pytest.mark.parametrize("language", catalogs.languages())
def test_kiosk_phone_and_wall_speak_it_all(language: str) -> None:
    assert sorted(not_in(catalogs.translated(language), public())) == []


def test_what_they_say_is_found_wherever_it_is_written() -> None:
    """A heading of each, a part they share, a state, a label of a form, a refusal."""
    names = {path.relative_to(settings.BASE_DIR).as_posix() for path in templates() | code()}
    assert {
        "templates/kiosk/base.html",
        "templates/visit/page.html",
        "templates/wall/page.html",
        "templates/document.html",
        "queues/screens/words.py",
        "queues/forms/kiosk.py",
        "queues/screens/kiosk.py",
        "queues/actions/issuing.py",
        "queues/actions/refusals.py",
    } <= names
    assert public().get("waiting") is not None


@pytest.mark.parametrize(
    "written",
    [
        'msgid "shown"\nmsgstr ""',
        '#, fuzzy\nmsgid "shown"\nmsgstr "ظاهر"',
        'msgid "another"\nmsgstr "آخر"',
        'msgid "shown"\nmsgid_plural "all shown"\n'
        + "\n".join(f'msgstr[{form}] "{"ظاهر" * (form != 3)}"' for form in range(6)),
    ],
)
def test_a_gap_would_be_seen(written: str) -> None:
    """The negative control: left empty, guessed, left out, or without one plural form."""
    wanted = Catalog()
    wanted.add("shown")
    catalog = catalogs.parsed("ar", f"{catalogs.empty('ar')}\n{written}\n")
    assert list(not_in(catalog, wanted)) == ["shown"]


def test_a_whole_translation_is_enough() -> None:
    wanted = Catalog()
    wanted.add("shown")
    text = f'{catalogs.empty("ar")}\nmsgid "shown"\nmsgstr "ظاهر"\n'
    assert list(not_in(catalogs.parsed("ar", text), wanted)) == []
