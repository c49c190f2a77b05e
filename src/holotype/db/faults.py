"""Which of our errors is a database's error? The only place that reads driver messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from holotype.errors import HolotypeError, Invalid, StorageFull, Unavailable

_FULL = ("database or disk is full", "could not extend file", "No space left on device", "disk quota exceeded")
_BUSY = ("database is locked", "LockNotAvailable", "database table is locked")
_NEW_SCHEMA = ("no such table", "no such column", "UndefinedTable", "UndefinedColumn")
_GONE = (sa.exc.PendingRollbackError, sa.exc.ResourceClosedError)
"""What SQLAlchemy raises for a connection that was lost or closed a statement earlier."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn a failure of the database into ``Unavailable`` or ``StorageFull``.

    A value that no row can hold (a NUL in a text, a number out of range) is ``Invalid``: PostgreSQL refuses it even in
    a question, where SQLite just finds nothing.
    """
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except OverflowError as error:  # of SQLite's driver, for a number of more than 64 bits
        raise _outside() from error
    except (sa.exc.DBAPIError, *_GONE) as error:
        ours = _ours(error)
        if ours is None:
            raise
        raise ours from error


def lost(error: BaseException) -> bool:
    """Say whether an error means that the connection to the database is gone."""
    return isinstance(error, _GONE) or (isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated)


def _ours(error: sa.exc.SQLAlchemyError) -> HolotypeError | None:
    if isinstance(error, sa.exc.DataError):
        return _outside()
    cause = getattr(error, "orig", error)
    text = f"{type(cause).__name__}: {cause}"
    if any(mark.casefold() in text.casefold() for mark in _FULL):
        return StorageFull(
            "The disk that holds the catalogue is full; nothing was changed.", hint="Free some space and try again."
        )
    if any(mark in text for mark in _BUSY):
        return Unavailable(
            "The database is busy with another process; nothing was changed.", hint="Try again in a moment."
        )
    if any(mark in text for mark in _NEW_SCHEMA):
        return Unavailable(
            "The database does not have the schema that this server needs.", hint="Run `holotype admin migrate`."
        )
    if "syntax error" in text:  # our own mistake, which SQLite files under operational errors
        return None
    if isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError, *_GONE)):
        return Unavailable(
            "The database does not answer; nothing was changed.", hint="Try again; see `holotype admin doctor`."
        )
    return None


def _outside() -> Invalid:
    return Invalid(
        "A value is outside of what the registry can hold; nothing was changed.",
        hint="Texts hold no NUL character, and numbers stay within 64 bits.",
    )
