"""Which clips there are for a wall to play: none where no voice made them, and then it chimes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

INDEX = "index.json"  # written last, so that what it lists is there


def speech(languages: Iterable[str]) -> dict[str, Any]:
    """The languages that a wall speaks, in this order, and the names of their clips."""
    index = _index()
    made = index.get("clips", {})
    return {
        "version": index.get("version", ""),
        "clips": {language: made[language] for language in languages if language in made},
    }


def path_of(version: str, language: str, name: str) -> Path | None:
    """The file of a clip that the index lists."""
    index = _index()
    is_listed = name in index.get("clips", {}).get(language, ())
    if version != index.get("version") or not is_listed:
        return None
    return Path(settings.CLIPS, language, f"{name}.wav")


def _index() -> dict[str, Any]:
    written = Path(settings.CLIPS, INDEX)
    if not written.is_file():
        return {}
    index: dict[str, Any] = json.loads(written.read_text())
    return index
