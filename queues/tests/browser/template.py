"""A demo hospital whose database is made once, and copied for each test that wants one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.conf import settings
from django.db import connection

from queues.tests.hospital import Hospital


class Template:
    """Its database serves nobody; `hospital()` serves a copy of it."""

    def __init__(self, folder: Path) -> None:
        self.name = f"test_browser_{uuid4().hex[:8]}"
        self.folder = folder
        if connection.vendor != "sqlite":
            outside(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        original = Hospital(self.address(self.name))
        if not is_collected():  # pages name the files as they are now
            original.manage("collectstatic", "--no-input")
        original.manage("messages", "--compile")
        original.open()
        self.key = original.key

    @contextmanager
    def hospital(self, log: Path, **settings: str) -> Iterator[Hospital]:
        """A hospital on the morning of the demo, its server running."""
        name = f"{self.name}_{uuid4().hex[:8]}"
        self.copy_to(name)
        hospital = Hospital(self.address(name), log)
        hospital.key = self.key
        hospital.environment |= settings
        try:
            hospital.start()
            yield hospital
        finally:
            hospital.kill()
            self.drop(name)

    def address(self, name: str) -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.folder}/{name}.sqlite3"
        return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))

    def copy_to(self, name: str) -> None:
        if connection.vendor == "sqlite":
            shutil.copy(self.folder / f"{self.name}.sqlite3", self.folder / f"{name}.sqlite3")
        else:
            outside(*copying(self.name, name))

    def lose(self, hospital: Hospital) -> None:
        """Its disk is gone, and an empty one is there."""
        name = urlsplit(hospital.environment["DATABASE_URL"]).path.rpartition("/")[2]
        if connection.vendor == "sqlite":
            self.drop(name.removesuffix(".sqlite3"))
        else:
            outside(f"DROP DATABASE {name}", f"CREATE DATABASE {name} CHARACTER SET utf8mb4")

    def drop(self, name: str) -> None:
        if connection.vendor == "sqlite":
            for file in self.folder.glob(f"{name}.sqlite3*"):
                file.unlink()
        else:
            outside(f"DROP DATABASE {name}")


def is_collected() -> bool:
    """Whether no file of ours is newer than what was made of them all. `./dev test` has collected
    them, and its other run may be serving them."""
    made = settings.STATIC_ROOT / "staticfiles.json"
    ours = (file for folder in settings.STATICFILES_DIRS for file in folder.rglob("*"))
    return made.exists() and all(each.stat().st_mtime <= made.stat().st_mtime for each in ours)


def copying(original: str, copy: str) -> list[str]:
    """MariaDB has no statement that copies a database: its tables are made as the original's
    were, foreign keys and all, and then filled."""
    statements = [f"CREATE DATABASE {copy} CHARACTER SET utf8mb4", f"USE {copy}"]
    statements += ["SET foreign_key_checks = 0"]
    for [table] in outside(f"SHOW TABLES FROM {original}"):
        [[_name, create]] = outside(f"SHOW CREATE TABLE {original}.{table}")
        statements += [create, f"INSERT INTO {copy}.{table} SELECT * FROM {original}.{table}"]
    return statements


def outside(*statements: str) -> list[tuple[str, ...]]:
    """Rows of the last statement, run on a thread and a connection of its own: Playwright keeps
    an event loop on the main thread, where Django lets nobody near a database."""

    def run() -> list[tuple[str, ...]]:
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()
