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
        return (self._compiled.get(tx.dialect.name) or self._compile(tx)).rows(tx, parameters)

    def many(self, tx: Connection, parameters: Sequence[Parameters]) -> None:
        """Run the statement once for each set of parameters."""
        (self._compiled.get(tx.dialect.name) or self._compile(tx)).many(tx, parameters)

    def one(self, tx: Connection, parameters: Parameters) -> Any:
        """Run the statement and return its first row, or nothing."""
        rows = self(tx, parameters)
        return rows[0] if rows else None

    def _compile(self, tx: Connection) -> _Compiled:
        made = self._statement.compile(dialect=tx.dialect, column_keys=self._columns)  # type: ignore[attr-defined]
        compiled = self._compiled[tx.dialect.name] = _Compiled(str(made), made.positiontup, made.params)
        return compiled


class _Compiled:
    """The SQL text for one driver, with what puts its parameters into the form that the driver wants.

    A cursor whose rows were all taken holds nothing any more, so none is closed by hand.
    """

    def __init__(self, text: str, order: Sequence[str] | None, constants: Mapping[str, Any]) -> None:
        self._text = text
        self._bind = _binder(order, {name: value for name, value in constants.items() if value is not None})
        self._make: type[tuple[Any, ...]] | None = None

    def rows(self, tx: Connection, parameters: Parameters) -> list[Any]:
        """Run the statement and return its rows."""
        try:
            driver: Any = tx.connection.dbapi_connection
            cursor = driver.execute(self._text, self._bind(parameters))
        except tx.dialect.loaded_dbapi.Error as error:
            raise self._wrapped(tx, error) from error
        if cursor.description is None:
            return []
        make = self._make or self._maker(cursor)
        return [_new(make, row) for row in cursor.fetchall()]

    def many(self, tx: Connection, parameters: Sequence[Parameters]) -> None:
        """Run the statement once for each set of parameters."""
        if len(parameters) == 1:
            self.rows(tx, parameters[0])
            return
        cursor = tx.connection.cursor()
        try:
            cursor.executemany(self._text, [self._bind(one) for one in parameters])
        except tx.dialect.loaded_dbapi.Error as error:
            raise self._wrapped(tx, error) from error

    def _maker(self, cursor: Any) -> type[tuple[Any, ...]]:
        """Return the type of a row, a named tuple, and keep it."""
        names = [column[0] for column in cursor.description]
        self._make = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - known only now
        return self._make

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


def _binder(order: Sequence[str] | None, constants: Mapping[str, Any]) -> Callable[[Parameters], Any]:
    """Return what adds the constants of a statement and puts parameters into the order in which the driver wants them.

    Without an order the driver takes them by name.
    """
    if order is None:
        return lambda given: {**constants, **given}
    if len(order) == 1:
        return lambda given: ({**constants, **given}[order[0]],)
    if not order:
        return lambda _: ()
    sort = itemgetter(*order)
    return (lambda given: sort({**constants, **given})) if constants else sort
