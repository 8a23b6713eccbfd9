"""Looks through every column of every table, whatever it is called and whoever wrote it."""

from __future__ import annotations

import json

from django.db import connection


def where_written(*words: str) -> set[str]:
    """The tables in which one of these stands, in any case, in JSON too."""
    sought = {spelling.casefold() for word in words for spelling in (word, _in_json(word))}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return {table for table in tables if _holds(table, sought)}


def _holds(table: str, sought: set[str]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        columns = [text.casefold() for row in cursor for text in map(str, row)]
    return any(word in text for text in columns for word in sought)


def _in_json(word: str) -> str:
    return json.dumps(word)[1:-1]
