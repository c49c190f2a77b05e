"""How are a column and a value of a query compared, and how is a condition kept away from the planner?"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from holotype.domain.query_tree import Age, Moment, Number, Size, Term

IN_ROW = {
    "stage": "stage",
    "author": "created_by",
    "created": "created_at",
    "changed": "changed_at",
    "size": "size",
    "number": "number",
    "digest": "digest",
    "files": "file_count",
}
"""The fields that are a column of the row itself."""

HEAD = 64
"""So many letters of a text its index holds."""
_LIMIT = 2**62
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


def fenced(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Return the same condition in a form that neither planner draws an index or a join to."""
    return condition.is_(sa.true())


def found(rows: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Return whether there is a row. Unlike EXISTS it is asked for each row, never turned into a join or a hash."""
    return rows.limit(sa.literal_column("1")).scalar_subquery().is_not(None)


def unindexed(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return ``+column``, of a text ``column || ''``: the same value, but no index over the column serves it."""
    if isinstance(column.type, sa.String):
        return column.concat(sa.literal_column("''"))
    plus: Any = sa.sql.operators.custom_op("+")
    return sa.UnaryExpression(column, operator=plus, type_=column.type)


def head(text: str) -> str:
    """Return the part of a text that its index holds."""
    return text[:HEAD]


def begins(column: sa.ColumnElement[Any], start: str) -> sa.ColumnElement[bool]:
    """Return whether a text begins so; in any case and collation, letter by letter."""
    return sa.func.substr(column, 1, len(start)) == start


def compare(column: sa.ColumnElement[Any], term: Term, now: int) -> sa.ColumnElement[bool]:
    """Compare a column with the value of a term: number, size, moment, age, digest or text."""
    value = term.value
    if isinstance(value, Moment):
        return _moment(column, term.operator, value)
    if isinstance(value, Age):
        at = max(now - value.micros, -_LIMIT)
        name = _MIRRORED.get(term.operator, term.operator)
        # "created=7d" can only mean the day that was seven days ago
        return (
            _moment(column, name, Moment(at, at + 86_400_000_000, "")) if name in {"=", "!="} else _op(name, column, at)
        )
    if isinstance(value, Number):
        return _op(term.operator, column, sa.literal(value.value, sa.Float))
    if isinstance(value, Size):
        return _op(term.operator, column, value.size)
    if term.field == "digest":
        same = sa.and_(column >= str(value), column <= f"{value}g")
        return sa.not_(same) if term.operator == "!=" else same
    return _op(term.operator, column, value)


def _op(name: str, column: sa.ColumnElement[Any], value: Any) -> sa.ColumnElement[bool]:
    compared: sa.ColumnElement[bool] = _OPERATORS[name](column, value)
    return compared


def _moment(column: sa.ColumnElement[Any], name: str, value: Moment) -> sa.ColumnElement[bool]:
    if name in {"=", "!="}:
        inside = sa.and_(column >= value.start, column < value.end)
        return inside if name == "=" else sa.not_(inside)
    # after a day is after its end, from a day on is from its start
    return {
        ">": column >= value.end,
        ">=": column >= value.start,
        "<": column < value.start,
        "<=": column < value.end,
    }[name]
