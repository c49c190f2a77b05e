"""Which of our errors is a database's error? The only place that reads driver messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from holotype.errors import StorageFull, Unavailable

_FULL = ("database or disk is full", "could not extend file", "No space left on device", "disk quota exceeded")
_NEW_SCHEMA = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")


@contextmanager
def translated() -> Iterator[None]:
    """Turn an operational failure of the database into ``Unavailable`` or ``StorageFull``."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.DBAPIError as error:
        text = f"{type(error.orig).__name__}: {error.orig}"
        if any(mark.casefold() in text.casefold() for mark in _FULL):
            raise StorageFull(
                "The disk that holds the catalogue is full; nothing was changed.", hint="Free some space and try again."
            ) from error
        if any(mark in text for mark in _NEW_SCHEMA):
            raise Unavailable(
                "The database does not have the schema that this server needs.", hint="Run `holotype admin migrate`."
            ) from error
        if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.InternalError):
            raise Unavailable(
                "The database does not answer; nothing was changed.", hint="Try again; see `holotype admin doctor`."
            ) from error
        raise
