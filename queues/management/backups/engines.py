"""How each engine gives away all that it holds at one moment, and takes it back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import IO, Protocol

from django.core.management.base import CommandError
from django.db import connection


class Engine(Protocol):
    def copy_out(self, file: Path) -> None:
        """While the hospital goes on working."""

    def copy_in(self, file: Path) -> None:
        """In place of everything that is there."""

    def others(self) -> bool:
        """Whether somebody else is connected: a server, its duties."""


def engine() -> Engine:
    return Sqlite() if connection.vendor == "sqlite" else Mysql()


class Sqlite:
    def copy_out(self, file: Path) -> None:
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            [[state]] = copy.execute("PRAGMA integrity_check(1)").fetchall()
        if state != "ok":
            raise CommandError(f"the database is damaged: {state}")

    def copy_in(self, file: Path) -> None:
        connection.ensure_connection()
        with closing(sqlite3.connect(file)) as copy:
            copy.backup(connection.connection)
        connection.close()

    def others(self) -> bool:
        """Only who is alone may leave the write-ahead log; the next to connect goes back to it."""
        connection.close()
        with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0)) as alone:
            try:
                alone.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.OperationalError:
                return True
        return False


class Mysql:
    """By the programs that come with the server: they know all its types, and its next version."""

    def copy_out(self, file: Path) -> None:
        options = ("--single-transaction", "--quick", "--no-tablespaces", "--hex-blob")
        with file.open("wb") as out:
            _run(("mariadb-dump", "mysqldump"), options, stdout=out)

    def copy_in(self, file: Path) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")
        connection.close()
        with file.open("rb") as dump:
            _run(("mariadb", "mysql"), (), stdin=dump)

    def others(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM information_schema.processlist"
                " WHERE db = DATABASE() AND id <> CONNECTION_ID()"
            )
            [others] = cursor.fetchone()
        return bool(others)


def _run(
    programs: tuple[str, str],
    options: tuple[str, ...],
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
) -> None:
    """With Django's own way to the database; the password goes by the environment."""
    found = next(filter(None, map(shutil.which, programs)), None)
    if found is None:
        raise CommandError(f"{programs[0]} is not installed: it is in Debian's mariadb-client")
    arguments, secret = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    *how, database = arguments[1:]
    if unix_socket := connection.settings_dict["OPTIONS"].get("unix_socket"):
        how.append(f"--socket={unix_socket}")
    done = subprocess.run(  # noqa: S603 - a program of the engine, with no shell
        [found, *how, *options, database],
        env={**os.environ, **(secret or {})},
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"{programs[0]} failed: {done.stderr.decode(errors='replace').strip()}")
