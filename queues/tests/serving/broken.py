"""A thread's connection to the database that is gone, though nobody here has closed it."""

from __future__ import annotations

from concurrent.futures import Executor

from django.db import connection


def cut(thread: Executor) -> None:
    """As a server does that is started anew; a file of SQLite's does not go away."""
    if connection.vendor != "mysql":
        thread.submit(lambda: connection.close()).result()
        return
    with connection.cursor() as cursor:
        cursor.execute("KILL %s", [thread.submit(_number).result()])


def _number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        return int(cursor.fetchone()[0])
