"""A hospital whose database is made once, and copied for each test that wants one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.db import connection
from pytest_django import DjangoDbBlocker

from queues.tests.hospital import Hospital


class Template:
    """Its database serves nobody; those of the tests are copies of it."""

    def __init__(self, folder: Path, *found: str, **settings: str) -> None:
        self.name = f"test_hospital_{uuid4().hex[:8]}"
        self.folder = folder
        self.settings = settings
        if connection.vendor != "sqlite":
            outside(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        original = Hospital(self.address(self.name))
        original.environment |= settings
        original.open(*found)
        self.key = original.key

    @contextmanager
    def copied(self, log: Path | None = None, **settings: str) -> Iterator[Hospital]:
        """A hospital that nobody has started yet."""
        name = f"{self.name}_{uuid4().hex[:8]}"
        self.copy_to(name)
        hospital = Hospital(self.address(name), log)
        hospital.key = self.key
        hospital.environment |= self.settings | settings
        try:
            yield hospital
        finally:
            hospital.kill()
            self.drop(name)

    @contextmanager
    def hospital(self, log: Path, **settings: str) -> Iterator[Hospital]:
        """One whose server runs."""
        with self.copied(log, **settings) as hospital:
            hospital.start()
            yield hospital

    def address(self, name: str) -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.folder}/{name}.sqlite3"
        return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))

    def copy_to(self, name: str) -> None:
        if connection.vendor == "sqlite":
            for file in self.folder.glob(f"{self.name}.sqlite3*"):  # and what is beside it
                shutil.copy(file, self.folder / file.name.replace(self.name, name, 1))
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


@contextmanager
def made_once(
    folder: Path, blocker: DjangoDbBlocker, *found: str, **settings: str
) -> Iterator[Template]:
    """One for many tests, which each say themselves that they ask a database."""
    with blocker.unblock():
        made = Template(folder, *found, **settings)
    yield made
    with blocker.unblock():
        made.drop(made.name)


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
