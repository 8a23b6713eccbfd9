"""The keys that belong to a database: without them its links are dead and nobody stays logged in."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

NAMES = ("SECRET_KEY", "LINK_KEY")


def in_force() -> dict[str, str]:
    """Wherever they come from: settings read all of them into the environment."""
    return {name: os.environ[name] for name in NAMES}


def written(keys: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in keys.items())


def read(file: Path) -> dict[str, str]:
    lines = file.read_text().splitlines() if file.exists() else []
    return {name: value for name, _, value in (line.partition("=") for line in lines) if value}


def put_back(keys: dict[str, str]) -> list[str]:
    """Into the file of this machine, where they are in force from there. Names those that the
    environment or .env give otherwise: they win over the file, and only a person can change them."""
    made = _file()
    here, now = read(made), in_force()
    changed = {name: key for name, key in keys.items() if here.get(name) == now[name] != key}
    if changed:
        new = made.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(written({**here, **changed}))
        made.replace(made.with_suffix(".before-restore"))
        new.replace(made)
    return [name for name, key in keys.items() if now[name] not in (key, here.get(name))]


def _file() -> Path:
    return Path(settings.VAR) / "keys.env"
