"""How is a statement run that is run a thousand times a second? Compiled once, then past SQLAlchemy's machinery.

SQLAlchemy writes the SQL and nobody else does; what is skipped is the 30 µs of events, contexts and result wrappers
that it spends on every execution. Parameters and columns must be plain: numbers, text, bytes, nothing to convert.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.base import Executable

Parameters = Mapping[str, Any]


class Prepared:
    """A statement, compiled once a dialect; calling it runs it on a connection and gives its rows, named tuples."""

    def __init__(self, statement: Executable, columns: Sequence[str] | None = None) -> None:
        """Prepare a statement; an insert names the columns that it is given."""
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, tx: Connection, parameters: Parameters) -> list[Any]:
        """Run the statement and return all its rows; none where it returns none."""
        compiled = self._compiled.get(tx.dialect.name) or self._compile(tx)
        return compiled.rows(tx, parameters)

    def many(self, tx: Connection, parameters: Sequence[Parameters]) -> None:
        """Run the statement once for each set of parameters."""
        compiled = self._compiled.get(tx.dialect.name) or self._compile(tx)
        compiled.many(tx, parameters)

    def one(self, tx: Connection, parameters: Parameters) -> Any:
        """Run the statement and return its first row, or nothing."""
        rows = self(tx, parameters)
        return rows[0] if rows else None

    def _compile(self, tx: Connection) -> _Compiled:
        made = self._statement.compile(dialect=tx.dialect, column_keys=self._columns)  # type: ignore[attr-defined]
        compiled = self._compiled[tx.dialect.name] = _Compiled(str(made), made.positiontup, made.params)
        return compiled


class _Compiled:
    """The SQL text for one driver, with the order of its parameters where the driver wants them in order."""

    def __init__(self, text: str, order: Sequence[str] | None, constants: Mapping[str, Any]) -> None:
        self._text = text
        self._constants = {name: value for name, value in constants.items() if value is not None}
        self._bind: Callable[[Parameters], Any] | None = None if order is None else _binder(order)
        self._make: type[tuple[Any, ...]] | None = None

    def rows(self, tx: Connection, parameters: Parameters) -> list[Any]:
        cursor = self._run(tx, "execute", self._bound(parameters))
        try:
            if cursor.description is None:
                return []
            if self._make is None:
                self._make = _maker([column[0] for column in cursor.description])
            make = self._make
            return [_new(make, row) for row in cursor.fetchall()]
        finally:
            cursor.close()

    def many(self, tx: Connection, parameters: Sequence[Parameters]) -> None:
        if len(parameters) == 1:
            self._run(tx, "execute", self._bound(parameters[0])).close()
        else:
            self._run(tx, "executemany", [self._bound(one) for one in parameters]).close()

    def _bound(self, parameters: Parameters) -> Any:
        given = {**self._constants, **parameters} if self._constants else parameters
        return given if self._bind is None else self._bind(given)

    def _run(self, tx: Connection, method: str, parameters: Any) -> Any:
        cursor = tx.connection.cursor()
        try:
            getattr(cursor, method)(self._text, parameters)
        except tx.dialect.loaded_dbapi.Error as error:
            cursor.close()
            raise self._wrapped(tx, error) from error
        return cursor

    def _wrapped(self, tx: Connection, error: Exception) -> BaseException:
        """Return the error that SQLAlchemy would have raised, so that one place reads drivers' messages."""
        gone = tx.dialect.is_disconnect(error, tx.connection, None)  # type: ignore[arg-type]
        if gone:
            tx.invalidate(error)
        return sa.exc.DBAPIError.instance(
            self._text, None, error, tx.dialect.loaded_dbapi.Error, connection_invalidated=gone, dialect=tx.dialect
        )


_new = tuple.__new__
"""Makes a row of one of the driver's, whose number of values is right, without asking how many there are."""


def _maker(names: Sequence[str]) -> type[tuple[Any, ...]]:
    """Return the type of a row, a named tuple."""
    return namedtuple("Row", names, rename=True)  # noqa: PYI024 - its fields are known only now


def _binder(order: Sequence[str]) -> Callable[[Parameters], tuple[Any, ...]]:
    """Return what puts parameters into the order in which the driver wants them."""
    if len(order) > 1:
        return itemgetter(*order)
    return lambda given: tuple([given[name] for name in order])
