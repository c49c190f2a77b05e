"""How do verbs that arrive together share one commit?

    thread 1   BEGIN · verb ──────────────┐ (somebody waits: hand the open transaction on, then wait)
    thread 2               SAVEPOINT · verb · RELEASE ─┐ (nobody waits: COMMIT, wake everybody)
                                                       └─ all return, each verb durable

Callers who ask again as soon as they have an answer come one by one, each a little after the other. So a batch that has
fewer verbs than the one before waits a moment for the next, and is committed as soon as nobody comes.

A verb that raises is rolled back alone and leaves its neighbours untouched. Nothing is returned to a caller before the
commit that holds it is durable; a commit that fails fails for every verb in it.

What a verb knows of the transaction it may leave to the next verb of the batch (``left``): whatever is undone is
forgotten with it.

Several processes on one database are ordered by one lock that a transaction takes first of all: SQLite's write lock, or
an advisory lock of PostgreSQL. With nothing to wait for while it is held, writers cannot wait for each other in a ring.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from holotype.db.faults import lost, translated
from holotype.db.prepared import Prepared
from holotype.errors import Unavailable

WRITE_LOCK = 0x686F6C6F
"""The key of the advisory lock that orders the writers of one PostgreSQL database."""

BEGIN = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITE_LOCK})",
}
_SAVEPOINT, _RELEASE, _COMMIT = (
    Prepared(sa.text(statement)) for statement in ("SAVEPOINT verb", "RELEASE SAVEPOINT verb", "COMMIT")
)
_BATCH_LIMIT = 64
_PATIENCE = 0.005
"""So many seconds a batch waits for its next verb: about what a commit takes, so that a wait in vain costs little."""
_RESCUE_SECONDS = 1.0
_LEFT = "left"
_BARE = {"no_parameters": True}


@dataclass(slots=True)
class _Batch:
    """The verbs that share one commit. ``error`` says why none of them was saved."""

    size: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class Writer:
    """The one writing connection of a process, lent to one thread at a time."""

    def __init__(self, dialect: str, open_connection: Callable[[], Connection], on_loss: Callable[[], None]) -> None:
        """Open the connection when it is first needed; ``on_loss`` is called when the database went away."""
        self._begin_statement = BEGIN[dialect]
        self._open = open_connection
        self._on_loss = on_loss
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._connection: Connection | None = None
        self._batch: _Batch | None = None
        self._expected = 1
        self._owner: int | None = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Lend the connection to one verb; durable once the block has been left without an error."""
        if self._owner == threading.get_ident():
            raise RuntimeError("A verb opened a second transaction inside its own.")
        with translated():
            batch, connection = self._enter()
            try:
                yield from self._verb(batch, connection)
            finally:
                self._leave(batch)
            if batch.error is not None:
                raise _for_neighbours(batch.error)

    def close(self) -> None:
        """Close the connection, between two verbs; a batch that waits for its next verb is committed first."""
        with self._turn:
            if self._batch is not None:
                self._finish(self._batch)
            self._drop()

    def _enter(self) -> tuple[_Batch, Connection]:
        with self._counting:
            self._waiting += 1
        try:
            self._turn.acquire()
        finally:
            with self._counting:
                self._waiting -= 1
        try:
            if self._batch is None or self._connection is None:
                self._connection = self._begin()
                self._connection.info[_LEFT] = {}
                self._batch = _Batch()
        except BaseException:
            self._turn.release()
            raise
        self._owner = threading.get_ident()
        self._batch.size += 1
        return self._batch, self._connection

    def _begin(self) -> Connection:
        """Open a transaction, on a new connection where the kept one turns out to be dead."""
        kept = self._connection
        if kept is not None and not kept.closed and not kept.invalidated:
            try:
                run(kept, self._begin_statement)
            except sa.exc.DBAPIError as error:
                self._drop()
                if not lost(error):
                    raise
            else:
                return kept
        fresh = self._open()
        try:
            run(fresh, self._begin_statement)
        except BaseException:
            fresh.invalidate()
            fresh.close()
            raise
        return fresh

    def _verb(self, batch: _Batch, connection: Connection) -> Iterator[Connection]:
        """Run one verb. The first of a batch needs no savepoint: to undo it is to undo the transaction."""
        first = batch.size == 1
        if not first:
            self._guarded(batch, connection, _SAVEPOINT)
        try:
            yield connection
        except BaseException:
            self._undo(batch, connection, "ROLLBACK" if first else "ROLLBACK TO SAVEPOINT verb")
            raise
        if not first:
            self._guarded(batch, connection, _RELEASE)

    def _guarded(self, batch: _Batch, connection: Connection, statement: Prepared) -> None:
        try:
            statement(connection, {})
        except BaseException as error:
            batch.error = error
            raise

    def _undo(self, batch: _Batch, connection: Connection, statement: str) -> None:
        """Undo a verb. Where even that fails the transaction is gone, and its neighbours are told."""
        try:
            connection.info[_LEFT] = {}
            run(connection, statement)
        except Exception as error:  # noqa: BLE001 - the verb's own error is on its way to the caller
            batch.error = error
        else:
            if batch.size == 1:
                self._batch = None

    def _leave(self, batch: _Batch) -> None:
        """Hand the open transaction to the next thread, or commit it for everybody."""
        self._owner = None
        size, patience = batch.size, 0.0
        try:
            if self._batch is batch:
                patience = self._patience(batch)
                if not patience:
                    self._finish(batch)
        finally:
            self._turn.release()
        while patience and not batch.done.wait(patience):
            self._rescue(batch, size if patience == _PATIENCE else None)
            patience = _RESCUE_SECONDS

    def _patience(self, batch: _Batch) -> float:
        """Return how long somebody else may take to finish a batch; no time where it is to be committed now."""
        if batch.error is not None or batch.size >= _BATCH_LIMIT:
            return 0.0
        with self._counting:
            if self._waiting > 0:
                return _RESCUE_SECONDS
        return _PATIENCE if batch.size < self._expected else 0.0

    def _rescue(self, batch: _Batch, size: int | None) -> None:
        """Commit what nobody else will: nobody came (it still has that ``size``), or was interrupted before the end."""
        with self._turn:
            if self._batch is batch and self._waiting == 0 and size in (None, batch.size):
                self._finish(batch)

    def _finish(self, batch: _Batch) -> None:
        self._batch = None
        self._expected = max(batch.size, self._expected // 2)
        try:
            if batch.error is None and self._connection is not None:
                _COMMIT(self._connection, {})
        except BaseException as error:  # noqa: BLE001 - it is raised in every verb of the batch
            batch.error = _unsure(error)
        finally:
            if batch.error is not None:
                self._drop()
            batch.done.set()

    def _drop(self) -> None:
        """Give up the connection and, with it, whatever was not committed."""
        connection, self._connection, self._batch = self._connection, None, None
        if connection is not None:
            if connection.invalidated:
                self._on_loss()
            connection.invalidate()
            connection.close()


def left(tx: Connection) -> dict[str, Any]:
    """Return what verbs of this transaction left to those behind them: only what holds until somebody else commits."""
    found: dict[str, Any] | None = tx.info.get(_LEFT)
    return {} if found is None else found


def run(connection: Connection, statement: str) -> None:
    """Run a statement without parameters; in PostgreSQL it may be several."""
    connection.exec_driver_sql(statement, execution_options=_BARE)


def _unsure(error: BaseException) -> BaseException:
    """Return the error of a failed commit: when the answer is lost, nobody knows whether it was saved."""
    if not lost(error):
        return error
    unsure = Unavailable(
        "The database went away while it was saving; the change was made whole or not at all.",
        hint="See what is there before you try again, or try again with the same idempotency key.",
    )
    unsure.__cause__ = error
    return unsure


def _for_neighbours(error: BaseException) -> BaseException:
    """Return an error that another thread can raise: its own copy, and never somebody else's Ctrl-C."""
    if isinstance(error, sa.exc.DBAPIError):
        return error
    known = error if isinstance(error, Unavailable) else Unavailable("The change was not saved.", hint="Try again.")
    copy = type(known)(known.detail, hint=known.hint)
    copy.__cause__ = error
    return copy
