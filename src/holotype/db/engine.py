"""How does an operation open a transaction?

``database.read()`` gives a connection that this thread keeps. ``database.write()`` gives the one writing connection
of the process, to one thread at a time. Verbs that arrive together share one commit:

    thread 1   SAVEPOINT · verb · RELEASE ─┐ (somebody waits: hand the open transaction on, then wait)
    thread 2               SAVEPOINT · verb · RELEASE ─┐ (nobody waits: COMMIT, wake everybody)
                                                       └─ all return, each verb durable

A verb that raises is rolled back to its own savepoint and leaves its neighbours untouched. Nothing is returned to a
caller before the commit that holds it is durable.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from holotype.db.faults import translated
from holotype.errors import InvalidSetting

Tx = Connection
"""What catalogue, ledger, access and artifacts functions take first: a connection inside a transaction."""

_BATCH_LIMIT = 64


@dataclass(slots=True)
class _Batch:
    """The verbs that share one commit."""

    size: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class Database:
    """A database and its kept connections; safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """Wrap an engine that was made by :func:`connect`."""
        self.engine = engine
        self.dialect = engine.dialect.name
        self._local = threading.local()
        self._kept: list[Connection] = []
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._writer: Connection | None = None
        self._batch: _Batch | None = None
        self._owner: int | None = None

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Give a connection for reading; each statement sees the latest commit."""
        connection = self._reader()
        with translated():
            try:
                yield connection
            except sa.exc.DBAPIError as error:
                if error.connection_invalidated:
                    self._local.reader = None
                raise

    @contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """Give a connection on which all statements see one and the same commit."""
        with self.read() as connection:
            _run(connection, "BEGIN" if self.dialect == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                yield connection
            finally:
                _run(connection, "ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Give the writing connection for one verb; durable once the block has been left without an error."""
        if self._owner == threading.get_ident():
            raise RuntimeError("A verb opened a second transaction inside its own.")
        with translated():
            batch = self._enter()
            try:
                yield from self._verb(batch)
            finally:
                self._leave(batch)
            if batch.error is not None:
                raise batch.error

    def close(self) -> None:
        """Close every connection."""
        with self._turn:
            for connection in self._kept:
                connection.close()
            self._kept.clear()
            self._writer = None
        self.engine.dispose()

    def _reader(self) -> Connection:
        connection: Connection | None = getattr(self._local, "reader", None)
        if connection is None or connection.closed or connection.invalidated:
            connection = self._local.reader = self._open()
        return connection

    def _open(self) -> Connection:
        with translated():
            connection = self.engine.connect()
        with self._counting:
            self._kept.append(connection)
        return connection

    def _enter(self) -> _Batch:
        with self._counting:
            self._waiting += 1
        self._turn.acquire()
        with self._counting:
            self._waiting -= 1
        self._owner = threading.get_ident()
        try:
            if self._batch is None:
                self._begin()
                self._batch = _Batch()
        except BaseException:
            self._owner = None
            self._turn.release()
            raise
        self._batch.size += 1
        return self._batch

    def _begin(self) -> None:
        if self._writer is None or self._writer.closed or self._writer.invalidated:
            self._writer = self._open()
        _run(self._writer, "BEGIN IMMEDIATE" if self.dialect == "sqlite" else "BEGIN")

    def _verb(self, batch: _Batch) -> Iterator[Tx]:
        writer = self._writer
        assert writer is not None
        _run(writer, "SAVEPOINT verb")
        try:
            yield writer
            _run(writer, "RELEASE SAVEPOINT verb")
        except BaseException as error:
            try:
                _run(writer, "ROLLBACK TO SAVEPOINT verb")
            except sa.exc.DBAPIError as lost:
                batch.error = lost
            raise error

    def _leave(self, batch: _Batch) -> None:
        """Hand the open transaction to the next thread, or commit it for everybody."""
        self._owner = None
        with self._counting:
            hand_on = self._waiting > 0 and batch.size < _BATCH_LIMIT and batch.error is None
        if not hand_on:
            self._finish(batch)
        self._turn.release()
        if hand_on:
            batch.done.wait()

    def _finish(self, batch: _Batch) -> None:
        writer = self._writer
        self._batch = None
        try:
            assert writer is not None
            if batch.error is None:
                _run(writer, "COMMIT")
        except BaseException as error:
            batch.error = error
        if batch.error is not None and writer is not None:
            writer.invalidate()
            self._writer = None
        batch.done.set()


def connect(url: str, *, wait_seconds: float = 30.0) -> Database:
    """Open ``sqlite:///path`` or ``postgresql://…``; nothing is created or migrated."""
    if url.startswith("sqlite"):
        engine = sa.create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            poolclass=sa.pool.NullPool,
            connect_args={"timeout": wait_seconds, "check_same_thread": False, "cached_statements": 512},
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
    elif url.startswith(("postgresql", "postgres")):
        target = sa.make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(target, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    else:
        raise InvalidSetting(
            f"Holotype cannot use the database {url.split(':')[0]!r}.", hint="Use sqlite:///PATH or postgresql://…"
        )
    return Database(engine)


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)


def _prepare_sqlite(raw: object, _record: object) -> None:
    cursor = raw.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16384", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
