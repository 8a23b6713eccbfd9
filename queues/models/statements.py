"""The few statements that every click runs, built once.

Django takes longer to build one of these than the database takes to run it, so they are kept as
text, made from the same fields with the same conversions: one row goes in, one row changes if it
still is as it was, one row is held, one question is asked again. All else goes through querysets.
What it gains is in docs/bench.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model, QuerySet

M = TypeVar("M", bound=Model)
Names = tuple[str, ...]
Converters = list[tuple[int, Any, Any]]  # of which column, for which expression, by what


def insert(row: Model) -> None:
    """A new row, which then knows its key."""
    sql, fields = _insertion(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row.pk = cursor.lastrowid
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(model: type[Model], where: Mapping[str, Any], **changes: Any) -> bool:
    """Change the rows that are so; False if there is none. In `where` a set means any of these."""
    set_to = ", ".join(f"{_column(model, name)} = %s" for name in changes)
    values = [_stored(model, name, value) for name, value in changes.items()]
    condition, wanted = _condition(model, where)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {_table(model)} SET {set_to} WHERE {condition}", [*values, *wanted])
        return bool(cursor.rowcount)


def read(
    model: type[Model], where: Mapping[str, Any], names: Names, *, hold: bool = False
) -> dict[str, Any] | None:
    """These columns of the one row that is so; with `hold`, locked until the transaction ends."""
    columns, converters = _selection(model, names)
    condition, wanted = _condition(model, where)
    lock = " FOR UPDATE" if hold and connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {_table(model)} WHERE {condition}{lock}", wanted)
        row = cursor.fetchone()
    return dict(zip(names, _converted(row, converters), strict=True)) if row else None


def held(model: type[M], where: Mapping[str, Any]) -> M | None:
    """The whole of the one row that is so, locked until the transaction ends."""
    names = columns_of(model)
    row = read(model, where, names, hold=True)
    return model.from_db(DEFAULT_DB_ALIAS, names, row.values()) if row else None


class Question(Generic[M]):
    """A queryset's first row, with one that it refers to: compiled once, asked again and again."""

    def __init__(self, found: QuerySet[M], related: str) -> None:
        self.related = related
        other: Any = found.model._meta.get_field(related).related_model
        self.models: tuple[type[M], type[Model]] = (found.model, other)
        mine, theirs = (columns_of(model) for model in self.models)
        columns = found.values_list(*mine, *(f"{related}__{name}" for name in theirs))
        self.sql, self.params = columns[:1].query.sql_with_params()

    def ask(self) -> M | None:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            row = cursor.fetchone()
        if row is None:
            return None
        split = len(columns_of(self.models[0]))
        mine, theirs = _made(self.models[0], row[:split]), _made(self.models[1], row[split:])
        setattr(mine, self.related, theirs)
        return mine


@cache
def columns_of(model: type[Model]) -> Names:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _made(model: type[M], row: Sequence[Any]) -> M:
    names = columns_of(model)
    return model.from_db(DEFAULT_DB_ALIAS, names, _converted(row, _selection(model, names)[1]))


def _converted(row: Sequence[Any], converters: Converters) -> list[Any]:
    values = list(row)
    for at, expression, converter in converters:
        values[at] = converter(values[at], expression, connection)
    return values


@cache
def _insertion(model: type[Model]) -> tuple[str, list[Field[Any, Any]]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(_column(model, field.attname) for field in fields)
    holes = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {_table(model)} ({columns}) VALUES ({holes})", fields


@cache
def _selection(model: type[Model], names: Names) -> tuple[str, Converters]:
    expressions = [_field(model, name).cached_col for name in names]
    converters: Converters = [
        (at, expression, converter)
        for at, expression in enumerate(expressions)
        for converter in (
            *connection.ops.get_db_converters(expression),
            *expression.get_db_converters(connection),
        )
    ]
    return ", ".join(_column(model, name) for name in names), converters


def _condition(model: type[Model], where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    terms: list[str] = []
    values: list[Any] = []
    for name, value in where.items():
        column = _column(model, name)
        if value is None:
            terms.append(f"{column} IS NULL")
        elif isinstance(value, frozenset):
            terms.append(f"{column} IN ({', '.join(['%s'] * len(value))})")
            values += [_stored(model, name, one) for one in value]
        else:
            terms.append(f"{column} = %s")
            values.append(_stored(model, name, value))
    return " AND ".join(terms), values


def _stored(model: type[Model], name: str, value: Any) -> Any:
    key = value.pk if isinstance(value, Model) else value
    return _field(model, name).get_db_prep_save(key, connection)


@cache
def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _column(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(_field(model, name).column)


@cache
def _field(model: type[Model], name: str) -> Any:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return fields.get(name) or model._meta.get_field(name if name != "pk" else "id")
