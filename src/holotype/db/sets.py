"""How is a column compared with thousands of numbers? With text that is written once and read by the database.

SQLite reads 10,000 numbers from JSON in 2 ms, beside other threads. A function that it calls back for each row would be
quicker alone, and slower than everything else as soon as threads wait for the interpreter. PostgreSQL hashes an array.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class IdSet:
    """Ids that a column can be compared with."""

    __slots__ = ("ids", "text")

    def __init__(self, ids: Collection[int]) -> None:
        """Keep the ids, in their order and as text; sorted, SQLite takes them in at a third less."""
        self.ids = frozenset(ids)
        self.text = ",".join(map(str, sorted(self.ids)))


class _Bound(sa.types.UserDefinedType[IdSet]):
    """Binds a set as JSON or as an array."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        """Return what is sent for a set."""
        form = "[{}]" if dialect.name == "sqlite" else "{{{}}}"
        return lambda value: form.format(value.text)


class _held(FunctionElement[bool]):  # noqa: N801  (a SQL function)
    """Whether the second argument is in the set that is the first."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(_held, "sqlite")
def _held_sqlite(element: _held, compiler: SQLCompiler, **options: Any) -> str:
    bound, column = [compiler.process(one, **options) for one in element.clauses]
    rows = f"json_each({bound})"
    return f"coalesce(+{column} IN (SELECT value FROM {rows}), 0)"  # noqa: S608 - a bound parameter is all that is in it


@compiles(_held, "postgresql")
def _held_postgresql(element: _held, compiler: SQLCompiler, **options: Any) -> str:
    bound, column = [compiler.process(one, **options) for one in element.clauses]
    return f"coalesce({column} = ANY (({bound})::bigint[]), false)"


def held_in(column: sa.ColumnElement[Any], ids: IdSet) -> sa.ColumnElement[bool]:
    """Compare a column of ids with a set; no index is drawn to it."""
    return _held(sa.literal(ids, _Bound()), column)
