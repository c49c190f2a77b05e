"""How is a statement stopped that takes too long? By the database itself, on this one connection."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from holotype.db.engine import Tx
from holotype.errors import Unavailable

_INSTRUCTIONS = 20_000
"""SQLite looks at the clock after this many instructions, some 0.2 ms."""


@contextmanager
def deadline(tx: Tx, seconds: float, *, what: str, hint: str) -> Iterator[None]:
    """Let the statements of a block take so long together (PostgreSQL: each); then raise ``Unavailable``.

    On PostgreSQL the block has to be inside a transaction, which is lost when the time is over. Statements are planned
    for their values there: a plan that fits any value fits no search.
    """
    try:
        with _limited(tx, seconds):
            yield
    except sa.exc.DBAPIError as error:
        if _stopped(error):
            raise Unavailable(f"{what} took longer than {seconds:g} seconds and was stopped.", hint=hint) from error
        raise


@contextmanager
def _limited(tx: Tx, seconds: float) -> Iterator[None]:
    if tx.dialect.name != "sqlite":
        limit = f"SET LOCAL statement_timeout = {int(seconds * 1_000)}"
        tx.exec_driver_sql(f"{limit}; SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off")
        yield
        return
    raw: Any = tx.connection.driver_connection
    end = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > end, _INSTRUCTIONS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


def _stopped(error: sa.exc.DBAPIError) -> bool:
    return type(error.orig).__name__ == "QueryCanceled" or str(error.orig) == "interrupted"
