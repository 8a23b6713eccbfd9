"""Nobody climbs: each floor imports only from those below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
FLOORS = {
    "queues.rules": 1,
    "queues.models": 2,
    "queues.screens": 3,
    "queues.journal": 3,
    "queues.hints": 3,
    "queues.forms": 3,
    "queues.actions": 4,
    "queues.views": 5,
    "queues.api": 5,
    "queues.live": 5,
    "queues.management": 5,
    "queues.admin": 5,
    "queues.signals": 5,
    "queues.templatetags": 5,
    "nextpatient": 6,
}
FACES = 5
MAY_NOT_USE_DJANGO = "queues.rules"


def room_of(module: str) -> str | None:
    return next((room for room in FLOORS if module == room or module.startswith(f"{room}.")), None)


def imports(source: str) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, wherever in the file, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def climbs(module: str, source: str) -> Iterator[str]:
    """What in a file breaks the plan of the house."""
    mine = room_of(module)
    for imported, line in imports(source):
        where = f"{module}:{line} imports {imported}"
        theirs = room_of(imported)
        if mine == MAY_NOT_USE_DJANGO and imported.split(".")[0] == "django":
            yield where
        if mine is None or theirs is None or mine == theirs:
            continue
        if FLOORS[theirs] > FLOORS[mine] or FLOORS[theirs] == FLOORS[mine] == FACES:
            yield where


def modules() -> list[tuple[str, Path]]:
    found = [*HOUSE.rglob("*.py"), *(HOUSE.parent / "nextpatient").rglob("*.py")]
    kept = [path for path in found if not {"tests", "migrations"} & set(path.parts)]
    return [(".".join(path.relative_to(HOUSE.parent).with_suffix("").parts), path) for path in kept]


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: str(value)[-40:])
def test_no_file_climbs(module: str, path: Path) -> None:
    assert list(climbs(module, path.read_text())) == []


def test_a_climb_would_be_seen() -> None:
    """The negative control: a rule that asks a table, in a function where it might hide."""
    source = "def hidden():\n    from queues.models import Token\n    import django.db\n"
    assert len(list(climbs("queues.rules.climber", source))) == 3


def test_actions_import_one_another_without_a_circle() -> None:
    edges = {
        module: {
            name for name, _line in imports(path.read_text()) if name.startswith("queues.actions.")
        }
        for module, path in modules()
        if module.startswith("queues.actions.")
    }

    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        for step in edges.get(start, set()) - seen:
            if step == goal or reaches(step, goal, seen | {step}):
                return True
        return False

    assert [module for module in edges if reaches(module, module, set())] == []


def test_only_actions_and_the_journal_write() -> None:
    """No save, update, create or delete outside of them; forms' and files' own words aside."""
    writes = {"save", "create", "bulk_create", "update_or_create", "get_or_create", "bulk_update"}
    may = ("queues.actions", "queues.journal", "queues.models", "queues.management")
    found = [
        f"{path.relative_to(HOUSE.parent)}:{node.lineno}"
        for module, path in modules()
        if module.startswith("queues.") and not module.startswith(may)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in writes
    ]
    assert found == []
