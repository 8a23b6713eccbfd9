"""What stands in deploy/, read as those programs read it that use it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

ROOT: Path = settings.BASE_DIR
DEPLOY = ROOT / "deploy"
OURS = ("prepare", "web", "duties")


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text()


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))
    return read


def dockerfile() -> list[tuple[str, str]]:
    """Each instruction with what it says, lines that go on joined."""
    lines = [line for line in text_of("Dockerfile").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    found = (
        re.fullmatch(r"(?:HEALTHCHECK .*)?\s*([A-Z]+) (.*)", line) for line in joined.splitlines()
    )
    return [(match[1], match[2]) for match in found if match]


def unit(name: str) -> list[tuple[str, str]]:
    lines = (line.partition("=") for line in text_of(name).splitlines() if line[:1].isalpha())
    return [(key, value) for key, _, value in lines]


def known_settings() -> set[str]:
    """The names that settings.py reads from the environment."""
    text = (ROOT / "nextpatient" / "settings.py").read_text()
    return set(re.findall(r'\benv\.\w+\("([A-Z_]+)"', text))


def explained_settings() -> set[str]:
    """The names in .env.example."""
    text = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE))


def commands_in(shell: str) -> list[list[str]]:
    """What a shell runs, one after another."""
    return [shlex.split(part) for part in shell.split("&&")]
