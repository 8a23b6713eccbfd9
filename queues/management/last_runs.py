"""When each duty was last done on this machine: a small file, which the web server reads for its
meters. To write it into the database would cost a commit every few seconds."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings


def _file() -> Path:
    return Path(settings.VAR) / "duties.json"


def write(moments: dict[str, float]) -> None:
    """In one step, so that nobody reads half of it."""
    new = _file().with_suffix(f".{os.getpid()}.new")
    new.write_text(json.dumps(moments))
    new.replace(_file())


def read() -> dict[str, float]:
    """Empty where no duties run."""
    try:
        moments: dict[str, float] = json.loads(_file().read_text())
    except FileNotFoundError:
        return {}
    return moments
