"""A database that is nobody's, made from nothing for one simulated day, beside the hospital's.

The command becomes a process that was never told the hospital's address: it starts anew, with
another DATABASE_URL and no Redis. To exchange the connection within the process would have been
less to run, but then one forgotten thread or one statement that was built before is enough to
write a made-up patient among real ones. And whichever database it is given, it refuses one in
which there is a clinic.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from queues.models import Clinic


def start_anew(path: Path, *words: str) -> NoReturn:
    """This process ends, and the same command begins in it on that empty file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (path, *_beside(path)):
        leftover.unlink(missing_ok=True)
    elsewhere = {**os.environ, "DATABASE_URL": f"sqlite:///{path}", "REDIS_URL": ""}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    sys.stdout.flush()
    os.execve(sys.executable, command, elsewhere)  # noqa: S606 - ourselves, with no shell


def make_tables() -> None:
    """In an empty database, or in one whose tables are empty."""
    call_command("migrate", interactive=False, verbosity=0)
    if Clinic.objects.exists():
        raise CommandError(
            "There is a clinic in this database, and a simulated day would mix with its days. "
            "Leave out --here: then the day has a database of its own."
        )
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")  # it may be made again at any time


def _beside(path: Path) -> Sequence[Path]:
    return [path.with_name(f"{path.name}{ending}") for ending in ("-wal", "-shm", "-journal")]
