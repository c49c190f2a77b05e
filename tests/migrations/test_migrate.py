"""Does a database get its schema whole, once, and whatever happens in between?"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from holotype.db import Database, connect, migrating
from holotype.errors import WrongSchema
from holotype.operations.migrate import check, migrate
from holotype.operations.schema import expected, is_declared

_fork = multiprocessing.get_context("fork")


@pytest.fixture
def database(bare_database_url: str) -> Iterator[Database]:
    """An empty database."""
    opened = connect(bare_database_url)
    yield opened
    opened.close()


def _tables(database: Database) -> set[str]:
    with database.read() as tx:
        return set(sa.inspect(tx).get_table_names())


def _differences(database: Database) -> list[object]:
    with database.read() as tx:
        return list(compare_metadata(MigrationContext.configure(tx, opts={"include_name": is_declared}), expected()))


def test_an_empty_database_gets_exactly_the_declared_tables(database: Database) -> None:
    """Tables, columns, types, indexes and constraints are those of the tables modules.

    If this fails after a change of a table: see ``src/holotype/db/migrations/ADDING.md``.
    """
    assert migrate(database) == migrating.steps()
    assert _differences(database) == []


def test_migrating_again_does_nothing(database: Database) -> None:
    """A database that is current stays as it is."""
    migrate(database)
    assert migrate(database) == []
    assert migrating.pending(database) == []
    assert migrating.current(database) == migrating.steps()[-1]


def test_the_ledger_has_one_head_from_the_start(database: Database) -> None:
    """An empty tree: no entries, no edge."""
    migrate(database)
    with database.read() as tx:
        assert tx.exec_driver_sql("SELECT id, size, length(edge) FROM ledger_head").all() == [(1, 0, 0)]


def test_revisions_form_one_line() -> None:
    """Two revisions with the same parent would leave the order to chance."""
    assert migrating.steps() == sorted(migrating.steps())


def test_a_database_that_lacks_migrations_is_not_ready(database: Database) -> None:
    """The sentence says what to do."""
    with pytest.raises(WrongSchema, match="admin migrate"):
        check(database)
    migrate(database)
    check(database)


def test_a_newer_schema_is_refused_and_left_alone(database: Database) -> None:
    """An older Holotype neither migrates nor starts on what a newer one made; the sentence says what to do."""
    migrate(database)
    with database.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for refused in (migrate, check, migrating.apply_next):
        with pytest.raises(WrongSchema, match="Start the newer Holotype"):
            refused(database)
    assert migrating.current(database) == "9999"


def test_a_step_that_fails_leaves_nothing_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that the database refuses takes the whole revision with it; the repaired step then runs."""
    original = sa.Connection.exec_driver_sql

    def refuse(self: sa.Connection, statement: str, *rest: object, **options: object) -> object:
        broken = statement.replace("CREATE TABLE models", "CREATE TABEL models")
        return original(self, broken, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(sa.Connection, "exec_driver_sql", refuse)
    with pytest.raises(Exception, match="TABEL"):
        migrate(database)
    monkeypatch.undo()
    assert _tables(database) == set()
    assert migrate(database) == migrating.steps()


def _in_child(work: Callable[[], object]) -> int | None:
    child = _fork.Process(target=work)
    child.start()
    child.join(60)
    return child.exitcode


def _killed_before(url: str, number: int) -> None:
    """Migrate and die, without a word, before a statement."""
    database, seen = connect(url), [0]

    def count(*_: object) -> None:
        seen[0] += 1
        if seen[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(database.engine, "before_cursor_execute", count)
    migrate(database)
    os._exit(0)


def test_a_migration_killed_anywhere_can_be_run_again(database: Database, bare_database_url: str) -> None:
    """Killed with SIGKILL before every single statement, each time the database is as before; at last it is whole."""
    number = 0
    while True:
        number += 1
        code = _in_child(lambda at=number: _killed_before(bare_database_url, at))  # type: ignore[misc]
        if code == 0:
            break
        assert code == -signal.SIGKILL
        assert _tables(database) == set() or migrating.pending(database) == []
    assert number > len(expected().tables)
    assert migrating.pending(database) == []
    assert _differences(database) == []


def _migrate_in_child(url: str) -> None:
    database = connect(url)
    done = migrate(database)
    os._exit(10 + len(done))


def test_processes_that_migrate_at_once_take_turns(database: Database, bare_database_url: str) -> None:
    """Four start together: every step runs once, and all of them find the database current afterwards."""
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: _in_child(lambda: _migrate_in_child(bare_database_url)), range(4)))
    assert sum(code - 10 for code in codes if code is not None) == len(migrating.steps())
    assert _differences(database) == []


def test_a_migration_waits_for_a_verb(database: Database) -> None:
    """It takes the lock that writers take, so it never meets a half-written verb."""
    migrate(database)
    with ThreadPoolExecutor(1) as pool:
        with database.write():
            waiting = pool.submit(migrating.apply_next, database)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        assert waiting.result(timeout=10) is None
