"""The few statements that every click runs, built once.

Django takes longer to build one of these than the database takes to run it, so they are kept as
text, made from the same fields with the same conversions: one row goes in, one row changes if it
still is as it was, rows are held or found with what they refer to, one question is asked again.
All else goes through querysets.
What it gains is in docs/bench.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import RawSQL

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
        table = _table(model) + _by(where)
        cursor.execute(f"UPDATE {table} SET {set_to} WHERE {condition}", [*values, *wanted])  # nosec B608
        return bool(cursor.rowcount)


def read(
    model: type[Model], where: Mapping[str, Any], names: Names, *, hold: bool = False
) -> dict[str, Any] | None:
    """These columns of the one row that is so; with `hold`, locked until the transaction ends."""
    columns, converters = _selection(model, names)
    condition, wanted = _condition(model, where)
    lock = " FOR UPDATE" if hold and connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {_table(model)} WHERE {condition}{lock}", wanted)  # nosec B608
        row = cursor.fetchone()
    return dict(zip(names, _converted(row, converters), strict=True)) if row else None


def held(model: type[M], where: Mapping[str, Any]) -> M | None:
    """The whole of the one row that is so, locked until the transaction ends."""
    names = columns_of(model)
    row = read(model, where, names, hold=True)
    return model.from_db(DEFAULT_DB_ALIAS, names, row.values()) if row else None


def found(model: type[M], where: Mapping[str, Any], *related: str) -> M | None:
    """The one row that is so, with what it refers to, as `select_related` names it."""
    rows = _found(model, where, related, " LIMIT 1")
    return rows[0] if rows else None


def every(model: type[M], where: Mapping[str, Any], *related: str) -> list[M]:
    """All the rows that are so, with what they refer to, in no order."""
    return _found(model, where, related)


def _found(model: type[M], where: Mapping[str, Any], related: Names, limit: str = "") -> list[M]:
    sql, parts = _joined(model, related)
    condition, wanted = _condition(model, where, qualified=True)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE {condition}{limit}", wanted)
        return [_assembled(parts, row) for row in cursor.fetchall()]


def values(model: type[Model], where: Mapping[str, Any], names: Names) -> list[tuple[Any, ...]]:
    """These columns of all the rows that are so."""
    columns, converters = _selection(model, names)
    condition, wanted = _condition(model, where)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {_table(model)} WHERE {condition}", wanted)  # nosec B608
        return [tuple(_converted(row, converters)) for row in cursor.fetchall()]


def largest(model: type[Model], *wanted: tuple[str, Mapping[str, Any]]) -> list[Any]:
    """In one question, the largest value of each column among its rows; None where there are none."""
    texts, values = [], []
    for name, where in wanted:
        condition, its = _condition(model, where)
        texts.append(f"(SELECT MAX({_column(model, name)}) FROM {_table(model)} WHERE {condition})")  # nosec B608
        values += its
    converters = _selection(model, tuple(name for name, _where in wanted))[1]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(texts)}", values)
        return _converted(cursor.fetchone(), converters)


class Hole(NamedTuple):
    """What a question leaves open: a value of this column, named when it is asked."""

    name: str
    model: type[Model]
    column: str


def hole(name: str, model: type[Model], column: str = "") -> RawSQL:
    return RawSQL("%s", [Hole(name, model, column or name)])


class Question(Generic[M]):
    """A queryset's rows, with what they refer to: compiled once, asked again and again."""

    def __init__(self, found: QuerySet[M], *related: str) -> None:
        self.parts = _parts(found.model, related)
        rows = found.values_list(*_names(self.parts))
        self._all, self._first = _compiled(rows), _compiled(rows[:1])

    def first(self, **given: Any) -> M | None:
        rows = _asked(self._first, given)
        return _assembled(self.parts, rows[0]) if rows else None

    def all(self, **given: Any) -> list[M]:
        return [_assembled(self.parts, row) for row in _asked(self._all, given)]


class Columns:
    """The same of `values_list`: where there are thousands of rows, or one value is enough."""

    def __init__(self, found: QuerySet[Any, tuple[Any, ...]]) -> None:
        self.compiler = found.query.get_compiler(connection=connection)
        self._text = self.compiler.as_sql()
        selected = [expression for expression, _sql, _alias in self.compiler.select or ()]
        self.converters = self.compiler.get_converters(selected)

    def all(self, **given: Any) -> list[tuple[Any, ...]]:
        rows = _asked(self._text, given)
        if not self.converters:
            return list(rows)
        return [tuple(row) for row in self.compiler.apply_converters(rows, self.converters)]


def _compiled(rows: QuerySet[Any, tuple[Any, ...]]) -> tuple[str, tuple[Any, ...]]:
    return rows.query.sql_with_params()


def _asked(text: tuple[str, Sequence[Any]], given: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    sql, params = text
    with connection.cursor() as cursor:
        cursor.execute(sql, [_filled(one, given) for one in params])
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _filled(param: Any, given: Mapping[str, Any]) -> Any:
    return _stored(param.model, param.column, given[param.name]) if type(param) is Hole else param


class Part(NamedTuple):
    """Where in a joined row a model's columns stand, and whose attribute it becomes."""

    path: str
    model: type[Model]
    columns: slice

    @property
    def owner(self) -> str:
        return self.path.rpartition("__")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("__")[2]


@cache
def columns_of(model: type[Model]) -> Names:
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _joined(model: type[Model], related: Names) -> tuple[str, Sequence[Part]]:
    parts = _parts(model, related)
    rows = model._default_manager.order_by().values_list(*_names(parts))
    return rows.query.sql_with_params()[0], parts


def _parts(model: type[Model], related: Names) -> Sequence[Part]:
    """The model and all that is on the way to what is related, each once, owners first."""
    models: dict[str, type[Model]] = {"": model}
    for path in related:
        steps = path.split("__")
        for depth, step in enumerate(steps):
            owner, whole = "__".join(steps[:depth]), "__".join(steps[: depth + 1])
            models[whole] = _field(models[owner], step).related_model
    parts, begin = [], 0
    for path, one in models.items():
        end = begin + len(columns_of(one))
        parts.append(Part(path, one, slice(begin, end)))
        begin = end
    return parts


def _names(parts: Sequence[Part]) -> list[str]:
    prefixes = [(f"{part.path}__" if part.path else "", part.model) for part in parts]
    return [prefix + name for prefix, model in prefixes for name in columns_of(model)]


def _assembled(parts: Sequence[Part], row: Sequence[Any]) -> Any:
    made: dict[str, Model | None] = {}
    for part in parts:
        values = row[part.columns]
        made[part.path] = it = None if values[0] is None else _made(part.model, values)
        if part.path and (owner := made[part.owner]):
            setattr(owner, part.name, it)
    return made[""]


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
    return f"INSERT INTO {_table(model)} ({columns}) VALUES ({holes})", fields  # nosec B608


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


def _condition(
    model: type[Model], where: Mapping[str, Any], *, qualified: bool = False
) -> tuple[str, list[Any]]:
    terms: list[str] = []
    values: list[Any] = []
    prefix = f"{_table(model)}." if qualified else ""
    for name, value in where.items():
        column = prefix + _column(model, name)
        if value is None:
            terms.append(f"{column} IS NULL")
        elif isinstance(value, frozenset):
            terms.append(f"{column} IN ({', '.join(['%s'] * len(value))})")
            values += [_stored(model, name, one) for one in value]
        else:
            terms.append(f"{column} = %s")
            values.append(_stored(model, name, value))
    return " AND ".join(terms), values


def _by(where: Mapping[str, Any]) -> str:
    """One row is looked for by its key alone: by an index of another column, the entry there would
    be locked before the row is, and whoever holds the row comes to the entry afterwards."""
    by_key = "pk" in where and connection.vendor == "mysql"
    return " FORCE INDEX (PRIMARY)" if by_key else ""


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
