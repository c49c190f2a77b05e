"""Where do the two databases differ in SQL? Only here.

``json_list(column)`` and ``json_map(key, value)`` gather the rows of a subquery into JSON text; ``in_list(column,
name)`` compares with one bound list of any length; ``like(column, pattern)`` means the same on both;
``json_value(column, key)`` is one text of a JSON object; ``place_of(text, part)`` says where a text holds another.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_encode = msgspec.json.Encoder().encode


class json_list(FunctionElement[str]):  # noqa: N801  (a SQL function)
    """Gather one column into a JSON array."""

    type = sa.Text()
    inherit_cache = True


class json_map(FunctionElement[str]):  # noqa: N801  (a SQL function)
    """Gather two columns into a JSON object."""

    type = sa.Text()
    inherit_cache = True


class _each(FunctionElement[str]):  # noqa: N801  (a SQL function)
    """The elements of a JSON array of strings, as rows."""

    type: Any = sa.Text()
    inherit_cache = True
    numbers = False


class _each_number(_each):  # noqa: N801  (a SQL function)
    """The elements of a JSON array of integers, as rows."""

    type: Any = sa.BigInteger()
    inherit_cache = True
    numbers = True


class json_value(FunctionElement[str]):  # noqa: N801  (a SQL function)
    """The text that a JSON object of texts has under a key."""

    type = sa.Text()
    inherit_cache = True


class place_of(FunctionElement[int]):  # noqa: N801  (a SQL function)
    """Where a text holds another, from 1 on; 0 where it does not."""

    type: Any = sa.Integer()
    inherit_cache = True


class _like(FunctionElement[bool]):  # noqa: N801  (a SQL operator)
    """Whether a text is like a pattern, letter for letter."""

    type: Any = sa.Boolean()
    inherit_cache = True
    sqlite, postgresql = "GLOB", "LIKE"


class _ilike(_like):  # noqa: N801  (a SQL operator)
    """Whether a text is like a pattern, A to Z like a to z."""

    type: Any = sa.Boolean()
    inherit_cache = True
    sqlite, postgresql = "LIKE", "ILIKE"


class _Glob(sa.types.TypeDecorator[str]):
    """Binds a pattern of LIKE as one of GLOB, which is SQLite's only one that tells A from a."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Return the pattern in the letters of the database."""
        return value if value is None else bound_pattern(value, dialect.name)


_GLOB = {ord("%"): "*", ord("_"): "?", ord("*"): "[*]", ord("?"): "[?]", ord("["): "[[]"}


@compiles(json_value, "sqlite")
def _json_value_sqlite(element: json_value, compiler: SQLCompiler, **options: Any) -> str:
    column, key = [compiler.process(one, **options) for one in element.clauses]
    return f"(SELECT value FROM json_each({column}) WHERE key = {key})"  # noqa: S608 - a column and a bound parameter


@compiles(json_value, "postgresql")
def _json_value_postgresql(element: json_value, compiler: SQLCompiler, **options: Any) -> str:
    column, key = [compiler.process(one, **options) for one in element.clauses]
    return f"(({column})::jsonb ->> {key})"


@compiles(place_of, "sqlite")
def _place_of_sqlite(element: place_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(place_of, "postgresql")
def _place_of_postgresql(element: place_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@compiles(_like, "sqlite")
def _like_sqlite(element: _like, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = [compiler.process(one, **options) for one in element.clauses]
    return f"({column} {element.sqlite} {pattern})"


@compiles(_like, "postgresql")
def _like_postgresql(element: _like, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = [compiler.process(one, **options) for one in element.clauses]
    return f"({column} {element.postgresql} {pattern} ESCAPE '')"


@compiles(json_list, "sqlite")
def _json_list_sqlite(element: json_list, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(json_list, "postgresql")
def _json_list_postgresql(element: json_list, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_agg({compiler.process(element.clauses, **options)})::text"


@compiles(json_map, "sqlite")
def _json_map_sqlite(element: json_map, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_object({compiler.process(element.clauses, **options)})"


@compiles(json_map, "postgresql")
def _json_map_postgresql(element: json_map, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_object_agg({compiler.process(element.clauses, **options)})::text"


@compiles(_each, "sqlite")
def _each_sqlite(element: _each, compiler: SQLCompiler, **options: Any) -> str:
    rows = f"json_each({compiler.process(element.clauses, **options)})"
    return f"(SELECT value FROM {rows})"  # noqa: S608 - a bound parameter is all that is filled in


@compiles(_each, "postgresql")
def _each_postgresql(element: _each, compiler: SQLCompiler, **options: Any) -> str:
    values = f"jsonb_array_elements_text(({compiler.process(element.clauses, **options)})::jsonb)"
    return f"(SELECT {values}::{'bigint' if element.numbers else 'text'})"


def in_list(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Compare a text or integer column with the list bound as ``name``; bind it with :func:`bound_list`."""
    each = _each_number if isinstance(column.type, sa.Integer) else _each
    return column.op("IN", is_comparison=True)(each(sa.bindparam(name, type_=sa.Text)))


def like(
    column: sa.ColumnElement[Any], pattern: str | sa.BindParameter[str], *, any_case: bool = False
) -> sa.ColumnElement[bool]:
    """Compare a text with a pattern: ``%`` stands for any letters, ``_`` for one, and nothing takes that from them.

    A parameter has to be bound with :func:`bound_pattern`.
    """
    if isinstance(pattern, str):
        pattern = sa.literal(pattern, sa.Text() if any_case else _Glob())
    return _ilike(column, pattern) if any_case else _like(column, pattern)


def insert(tx: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert into a table that can say what to do ``on_conflict``."""
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)


def bound_list(values: Collection[str] | Collection[int]) -> str:
    """Return the bound form of a list for :func:`in_list`."""
    try:
        return _encode(list(values)).decode()
    except UnicodeEncodeError:  # half a character, which is in no row
        return json.dumps(list(values))


def bound_pattern(pattern: str, dialect: str, *, any_case: bool = False) -> str:
    """Return the bound form of a pattern for :func:`like`, in the letters of the database."""
    return pattern.translate(_GLOB) if dialect == "sqlite" and not any_case else pattern
