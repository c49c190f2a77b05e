"""How does an operation open a transaction?

``database.read()`` gives a connection that this thread keeps. ``database.write()`` gives the one writing connection
of the process, to one thread at a time; ``holotype.db.writing`` says how verbs share a commit.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from holotype.db.faults import lost, translated
from holotype.db.prepared import Prepared
from holotype.db.writing import Writer, run
from holotype.errors import InvalidSetting

Tx = Connection
"""What catalogue, ledger, access and artifacts functions take first: a connection inside a transaction."""

_STAMP = Prepared(sa.text("PRAGMA data_version"))
_SNAPSHOT = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16384",
    "wal_autocheckpoint=4000",  # four times the default: a page that many verbs change goes home once
    "temp_store=MEMORY",
)
_POSTGRESQL_SETTINGS = {
    "lock_timeout": "30s",
    # A server that died or lost its network in the middle of a verb must not hold the write lock for ever.
    "idle_in_transaction_session_timeout": "60s",
}
_POSTGRESQL_ARGUMENTS = {
    "application_name": "holotype",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


class Database:
    """A database and its kept connections; safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """Wrap an engine that was made by :func:`connect`."""
        self.engine = engine
        self.dialect = engine.dialect.name
        self._local = threading.local()
        self._generation = 0
        self._readers: dict[threading.Thread, Connection] = {}
        self._keeping = threading.Lock()
        self._writer = Writer(self.dialect, self._open, self._lose)
        self._reading = _Reading(self._reader, self._lose)

    def read(self) -> AbstractContextManager[Tx]:
        """Give a connection for reading; each statement sees the latest commit."""
        return self._reading

    @contextmanager
    def snapshot(self) -> Iterator[Tx]:
        """Give a connection on which all statements see one and the same commit."""
        with self.read() as connection:
            run(connection, _SNAPSHOT[self.dialect])
            try:
                yield connection
            finally:
                if not connection.invalidated:
                    run(connection, "ROLLBACK")

    def stamp(self) -> object:
        """Return what stays equal as long as nobody commits anything; None where that cannot be told for little.

        A stamp is good within the thread that asked for it.
        """
        if self.dialect != "sqlite":
            return None
        with self.read() as connection:
            (row,) = _STAMP(connection, {})
            return connection, row[0]

    def write(self) -> AbstractContextManager[Tx]:
        """Give the writing connection for one verb; durable once the block has been left without an error."""
        return self._writer.write()

    def close(self) -> None:
        """Close every connection."""
        self._writer.close()
        with self._keeping:
            for connection in self._readers.values():
                connection.close()
            self._readers.clear()
        self.engine.dispose()

    def _reader(self) -> Connection:
        kept: tuple[int, Connection] | None = getattr(self._local, "reader", None)
        if kept is not None and kept[0] == self._generation and not kept[1].closed and not kept[1].invalidated:
            return kept[1]
        generation, connection = self._generation, self._open()
        self._local.reader = (generation, connection)
        self._keep(connection)
        return connection

    def _keep(self, connection: Connection) -> None:
        """Remember the reader of this thread, and close those of threads that have ended or lost theirs."""
        thread = threading.current_thread()
        with self._keeping:
            ended = [other for other in self._readers if not other.is_alive() or other is thread]
            closing = [self._readers.pop(other) for other in ended]
            self._readers[thread] = connection
        for old in closing:
            old.close()

    def _open(self) -> Connection:
        with translated():
            return self.engine.connect()

    def _lose(self) -> None:
        """Note that the database went away: every thread opens a new connection when it reads next."""
        self._generation += 1


class _Reading:
    """Lends the connection of a thread for reading, any number of times: a generator would be made for each."""

    def __init__(self, reader: Callable[[], Connection], on_loss: Callable[[], None]) -> None:
        self._reader = reader
        self._on_loss = on_loss

    def __enter__(self) -> Connection:
        return self._reader()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (sa.exc.SQLAlchemyError, OverflowError)):
            if lost(error):
                self._on_loss()
            with translated():
                raise error


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
    elif url.startswith("postgres"):
        target = sa.make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(
            target,
            isolation_level="AUTOCOMMIT",
            poolclass=sa.pool.NullPool,
            connect_args={name: value for name, value in _POSTGRESQL_ARGUMENTS.items() if name not in target.query},
        )
        sa.event.listen(engine, "connect", _prepare_postgresql)
    else:
        raise InvalidSetting(
            f"Holotype cannot use the database {url.partition(':')[0]!r}.", hint="Use sqlite:///PATH or postgresql://…"
        )
    return Database(engine)


def _prepare_sqlite(raw: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    cursor = raw.cursor()
    for pragma in _SQLITE_PRAGMAS:
        _patiently(cursor, f"PRAGMA {pragma}")
    cursor.close()


def _patiently(cursor: sa.engine.interfaces.DBAPICursor, statement: str) -> None:
    """Run a statement again while another process sets up the same file: SQLite does not wait for that by itself."""
    for attempt in range(100):
        try:
            cursor.execute(statement)
        except Exception as error:
            if "locked" not in str(error) or attempt == 99:
                raise
            time.sleep(0.02)
        else:
            return


def _prepare_postgresql(raw: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    cursor = raw.cursor()
    for name, value in _POSTGRESQL_SETTINGS.items():
        cursor.execute(f"SET {name} = '{value}'")
    cursor.close()
