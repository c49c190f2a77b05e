"""How is a statement stopped that takes too long? By the database itself, on this one connection."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from holotype.db.engine import Tx
from holotype.db.watching import Watch
from holotype.errors import Unavailable

_WATCH = Watch()
_INSTRUCTIONS = 20_000
"""SQLite looks at the clock after this many instructions, some 0.2 ms."""


_PLANNED = {
    "plan_cache_mode": "force_custom_plan",  # a plan that fits any value fits no search
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    # The statements of a search are written for one way through the indexes, and end with their page: a way that reads
    # everything first costs the same for the page and for the table.
    "enable_sort": "off",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}


@contextmanager
def deadline(tx: Tx, seconds: float, *, what: str, hint: str) -> Iterator[None]:
    """Let the statements of a block take so long together (PostgreSQL: each); then raise ``Unavailable``.

    On PostgreSQL the block has to be inside a transaction, which is lost when the time is over, and statements are
    planned to give their first rows soon.
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
        settings = {"statement_timeout": str(int(seconds * 1_000)), **_PLANNED}
        tx.exec_driver_sql("; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items()))
        yield
        return
    raw: Any = tx.connection.driver_connection
    end = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > end, _INSTRUCTIONS)
    try:
        # The handler counts instructions, and a comparison of long texts is a single one: the watch stops between rows.
        with _WATCH.over(raw, end):
            yield
    finally:
        raw.set_progress_handler(None, 0)


def _stopped(error: sa.exc.DBAPIError) -> bool:
    return type(error.orig).__name__ == "QueryCanceled" or str(error.orig) == "interrupted"
