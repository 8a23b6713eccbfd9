"""The signed heads of the history, which lie outside of the database and belong to it: after a restore
those of later would say that its end was cut off."""

from __future__ import annotations

import re
import shutil
import tarfile
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[-\w]+/\d{4}-\d{2}-\d{2}\.jsonl")  # a clinic's day


def copy_out(file: Path) -> None:
    """Before the database is copied, so that they are never ahead of it."""
    home = Path(settings.HEADS)
    with tarfile.open(file, "w") as tar:
        for page in sorted(home.glob("*/*.jsonl")):
            tar.add(page, str(page.relative_to(home)))


def copy_in(file: Path, *, aside: str) -> None:
    """In place of those that are there, which stay beside them under the name `aside`."""
    home = Path(settings.HEADS)
    if home.exists():
        home.rename(home.with_name(f"{home.name}.{aside}"))
    with tarfile.open(file) as tar:
        for member in tar.getmembers():
            packed = tar.extractfile(member)
            if packed and NAME.fullmatch(member.name):
                page = home / member.name
                page.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with page.open("wb") as out:
                    shutil.copyfileobj(packed, out)
