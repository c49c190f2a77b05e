"""Does the engine keep its promises under threads, errors and a database that goes away?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest
import sqlalchemy as sa

from holotype.db import Database, connect, writing
from holotype.errors import HolotypeError, Invalid, InvalidSetting, StorageFull, Unavailable
from tests.support.counting import statements
from tests.support.postgres import Postgres

_TABLES = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
    """CREATE TABLE item (id INTEGER PRIMARY KEY, note TEXT,
           parent_id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)""",
)


@pytest.fixture
def database(bare_database_url: str) -> Iterator[Database]:
    """A database with two tables, one of which checks its foreign key when a transaction commits."""
    opened = connect(bare_database_url)
    with opened.write() as tx:
        for table in _TABLES:
            tx.exec_driver_sql(table)
    yield opened
    opened.close()


def _insert(tx: sa.Connection, item: int, parent: int | None = None) -> None:
    tx.execute(sa.text("INSERT INTO item (id, parent_id) VALUES (:id, :parent)"), {"id": item, "parent": parent})


def _write_one(database: Database, item: int, then: Callable[[sa.Connection], object] = lambda _: None) -> None:
    with database.write() as tx:
        _insert(tx, item)
        then(tx)


def _fail(_: sa.Connection) -> None:
    raise LookupError


def _items(database: Database) -> list[int]:
    with database.read() as tx:
        return list(tx.execute(sa.text("SELECT id FROM item ORDER BY id")).scalars())


def _together(
    database: Database,
    verbs: list[tuple[int, int | None, bool]],
    then: Callable[[sa.Connection, int], object] = lambda *_: None,
) -> dict[int, BaseException | None]:
    """Run (item, parent, fails) verbs so that they share one batch: all of them wait while the first holds the turn."""
    started = threading.Event()

    def verb(item: int, parent: int | None, fails: bool) -> None:
        with database.write() as tx:
            _insert(tx, item, parent)
            then(tx, item)
            if not started.is_set():
                started.set()
                while database._writer._waiting < len(verbs) - 1:
                    threading.Event().wait(0.001)
            if fails:
                raise LookupError(item)

    with ThreadPoolExecutor(len(verbs)) as pool:
        futures = {pool.submit(verb, *one): one[0] for one in verbs}
        return {futures[future]: future.exception() for future in as_completed(futures)}


def test_a_verb_that_raises_is_undone_alone(database: Database) -> None:
    """Neighbours in the same batch are saved, wherever in the batch the failing verb stood."""
    outcome = _together(database, [(item, None, item % 3 == 0) for item in range(1, 13)])
    assert {item for item, error in outcome.items() if error is not None} == {3, 6, 9, 12}
    assert all(isinstance(error, LookupError) for error in outcome.values() if error is not None)
    assert _items(database) == [item for item in range(1, 13) if item % 3]


def test_what_a_verb_left_is_forgotten_when_a_verb_is_undone(database: Database) -> None:
    """Verbs of one batch count rows for each other: whoever finds a count finds the right one."""
    seen: list[tuple[int | None, int]] = []

    def count(tx: sa.Connection, item: int) -> None:
        there = tx.execute(sa.text("SELECT count(*) FROM item")).scalar_one()
        seen.append((writing.left(tx).get("rows"), there - 1))
        writing.left(tx)["rows"] = there

    outcome = _together(database, [(item, None, item % 4 == 0) for item in range(1, 13)], count)
    assert sum(error is not None for error in outcome.values()) == 3
    assert all(left in (None, there) for left, there in seen)
    assert any(left is not None for left, _ in seen)
    with database.write() as tx:
        assert writing.left(tx) == {}
    with database.read() as tx:
        assert writing.left(tx) == {}


def test_verbs_that_arrive_together_share_commits(database: Database) -> None:
    """Thirty verbs that wait for each other need far fewer than thirty commits."""
    with statements(database) as sent:
        _together(database, [(item, None, False) for item in range(30)])
    assert len(_items(database)) == 30
    assert 0 < [statement for statement, _ in sent].count("COMMIT") < 5


def test_verbs_that_come_one_by_one_share_a_commit_as_those_before_them_did(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch waits for as many verbs as the one before had: callers come back a little after each other."""
    _together(database, [(item, None, False) for item in range(4)])
    monkeypatch.setattr(writing, "_PATIENCE", 20.0)
    with statements(database) as sent, ThreadPoolExecutor(4) as pool:
        for item in range(4, 8):
            pool.submit(_write_one, database, item)
            while item < 7 and database._writer._batch is None:
                threading.Event().wait(0.001)
    assert [statement for statement, _ in sent].count("COMMIT") == 1
    assert len(_items(database)) == 8


def test_a_verb_waits_less_and_less_for_others_that_do_not_come(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three times at most after a batch of eight; whoever writes alone does not wait at all."""
    _together(database, [(item, None, False) for item in range(8)])
    waited: list[float] = []
    patience = writing.Writer._patience

    def noted(self: writing.Writer, batch: writing._Batch) -> float:
        waited.append(patience(self, batch))
        return waited[-1]

    monkeypatch.setattr(writing.Writer, "_patience", noted)
    for item in range(8, 13):
        _write_one(database, item)
    assert waited == [writing._PATIENCE] * 3 + [0.0] * 2


def test_a_batch_that_waits_is_committed_when_the_database_is_closed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would come any more, and its verbs would wait for ever."""
    _together(database, [(item, None, False) for item in range(4)])
    monkeypatch.setattr(writing, "_PATIENCE", 20.0)
    verb = threading.Thread(target=_write_one, args=(database, 4), daemon=True)
    verb.start()
    while database._writer._batch is None or database._writer._owner is not None:
        threading.Event().wait(0.001)
    database.close()
    verb.join(5)
    assert not verb.is_alive()
    assert _items(database) == [0, 1, 2, 3, 4]


def test_a_commit_that_fails_fails_for_every_verb_in_it(database: Database) -> None:
    """Nobody is told that a verb was saved when the commit that held it was refused."""
    outcome = _together(database, [(item, 99 if item == 4 else None, False) for item in range(8)])
    assert all(error is not None for error in outcome.values())
    assert _items(database) == []
    with database.write() as tx:
        _insert(tx, 1)
    assert _items(database) == [1]


def test_an_error_in_the_first_verb_commits_nothing(database: Database) -> None:
    """A lone verb that raises leaves no trace and no open transaction."""
    with pytest.raises(LookupError):
        _write_one(database, 1, _fail)
    with database.write() as tx:
        _insert(tx, 2)
    assert _items(database) == [2]


def test_a_failing_statement_leaves_the_writer_usable(database: Database) -> None:
    """A constraint violation reaches its verb as it is, and the next verb works."""
    with database.write() as tx:
        _insert(tx, 1)
    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        _insert(tx, 1)
    with database.write() as tx:
        _insert(tx, 2)
    assert _items(database) == [1, 2]


@pytest.mark.parametrize("beyond", [2**63, -(2**63) - 1, 10**300])
def test_a_number_that_no_column_holds_is_refused(database: Database, beyond: int) -> None:
    """As what was sent, not as a failure of the server; the next verb is not concerned."""
    with pytest.raises(Invalid, match="64 bits"), database.write() as tx:
        _insert(tx, beyond)
    _write_one(database, 1)
    assert _items(database) == [1]


def test_a_second_transaction_inside_a_verb_is_refused(database: Database) -> None:
    """It would wait for itself for ever."""
    with database.write(), pytest.raises(RuntimeError), database.write():
        pass


def test_a_snapshot_sees_one_commit(database: Database) -> None:
    """What others commit meanwhile stays outside; the next read sees it."""
    with database.write() as tx:
        _insert(tx, 1)
    with database.snapshot() as tx:
        before = tx.execute(sa.text("SELECT count(*) FROM item")).scalar_one()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_write_one, database, 2).result()
        assert tx.execute(sa.text("SELECT count(*) FROM item")).scalar_one() == before
    assert _items(database) == [1, 2]


def test_a_hundred_threads_each_get_their_verb_saved(database: Database) -> None:
    """Ten verbs in each of a hundred threads are all there afterwards."""
    with ThreadPoolExecutor(100) as pool:
        list(pool.map(lambda item: _write_one(database, item), range(1000)))
    assert _items(database) == list(range(1000))


def test_connections_of_ended_threads_are_closed(database: Database) -> None:
    """Short-lived threads do not add up to open connections."""
    for _ in range(20):
        thread = threading.Thread(target=_items, args=(database,))
        thread.start()
        thread.join()
    assert len(database._readers) <= 2


def test_a_verb_cannot_be_handed_to_a_thread_that_never_comes(database: Database) -> None:
    """What was handed to a thread that was interrupted while it waited is committed all the same."""
    database._writer._waiting += 1  # as if somebody waited
    with ThreadPoolExecutor(1) as pool:
        saved = pool.submit(_write_one, database, 1)
        while database._writer._batch is None:
            threading.Event().wait(0.001)
        database._writer._waiting -= 1  # and was interrupted
        saved.result(timeout=10)
    assert _items(database) == [1]


def test_two_servers_that_lock_rows_crosswise_do_not_deadlock(database: Database, bare_database_url: str) -> None:
    """Writers take one lock first, so none ever waits for a row while it holds another's."""
    other = connect(bare_database_url)
    with database.write() as tx:
        _insert(tx, 1)
        _insert(tx, 2)

    def cross(server: Database, rows: tuple[int, int]) -> None:
        for _ in range(100):
            with server.write() as tx:
                for row in rows:
                    tx.execute(sa.text("UPDATE item SET note = 'x' WHERE id = :id"), {"id": row})

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(cross, *job) for job in [(database, (1, 2)), (other, (2, 1)), (database, (2, 1))]]
        for job in jobs:
            job.result(timeout=60)
    other.close()
    with database.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM item WHERE note = 'x'")).scalar_one() == 2


def test_a_full_disk_is_named_and_changes_nothing(tmp_path: Path) -> None:
    """A verb that does not fit says so; once there is space the next one works."""
    database = connect(f"sqlite:///{tmp_path / 'full.db'}")
    with database.write() as tx:
        tx.exec_driver_sql("CREATE TABLE item (id INTEGER PRIMARY KEY, note TEXT)")
    with database.write() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count = 10")
    with pytest.raises(StorageFull), database.write() as tx:
        tx.execute(sa.text("INSERT INTO item VALUES (1, :note)"), {"note": "x" * 200_000})
    with database.write() as tx:
        tx.exec_driver_sql("PRAGMA max_page_count = 1000000")
    with database.write() as tx:
        tx.execute(sa.text("INSERT INTO item VALUES (2, :note)"), {"note": "x" * 200_000})
    assert _items(database) == [2]
    database.close()


def test_a_locked_file_is_named_as_busy(tmp_path: Path) -> None:
    """Another process that keeps the write lock for too long is an error that says to try again."""
    url = f"sqlite:///{tmp_path / 'busy.db'}"
    first, second = connect(url), connect(url, wait_seconds=0.1)
    with first.write() as tx:
        tx.exec_driver_sql("CREATE TABLE item (id INTEGER PRIMARY KEY)")
        with pytest.raises(Unavailable, match="busy"), second.write():
            pass
    with second.write() as tx:
        tx.execute(sa.text("INSERT INTO item VALUES (1)"))
    assert _items(first) == [1]
    first.close()
    second.close()


def test_an_unknown_database_is_refused() -> None:
    """Only two databases are supported, and the error names them."""
    with pytest.raises(InvalidSetting, match="mysql"):
        connect("mysql://localhost/holotype")


@pytest.fixture
def server(postgres: Postgres) -> Iterator[Database]:
    """A PostgreSQL database of its own, whose connections a test may cut."""
    opened = connect(postgres.create_database("cut"))
    with opened.write() as tx:
        for table in _TABLES:
            tx.exec_driver_sql(table)
    yield opened
    opened.close()
    postgres.drop_database("cut")


def _cut(postgres: Postgres) -> None:
    postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'cut'")


def test_a_connection_cut_between_verbs_goes_unnoticed_by_writers(server: Database, postgres: Postgres) -> None:
    """Nothing was lost, so the verb that finds the dead connection opens a new one."""
    _write_one(server, 1)
    _cut(postgres)
    _write_one(server, 2)
    assert _items_after_a_cut(server) == [1, 2]


def test_a_connection_cut_inside_a_verb_fails_that_verb_alone(server: Database, postgres: Postgres) -> None:
    """It is told that the database did not answer; the next verb works, nothing of the first is there."""
    with pytest.raises(Unavailable):
        _write_one(server, 1, lambda tx: [_cut(postgres), _insert(tx, 2)])
    _write_one(server, 3)
    assert _items_after_a_cut(server) == [3]


def test_a_connection_cut_before_the_commit_is_told_as_unsure(server: Database, postgres: Postgres) -> None:
    """The caller learns that the change is there whole or not at all, and what to do."""
    with pytest.raises(Unavailable, match="whole or not at all"):
        _write_one(server, 1, lambda _: _cut(postgres))
    _write_one(server, 2)
    assert _items_after_a_cut(server) == [2]


def test_readers_of_all_threads_recover_from_one_cut(server: Database, postgres: Postgres) -> None:
    """The first reader that notices spares the others; every thread reads again."""
    with ThreadPoolExecutor(8) as pool:
        barrier = threading.Barrier(8)

        def read(_: int) -> list[int]:
            barrier.wait()
            return _items(server)

        assert list(pool.map(read, range(8))) == [[]] * 8
        _cut(postgres)
        with pytest.raises(Unavailable):
            pool.submit(_items, server).result()
        assert list(pool.map(read, range(8))) == [[]] * 8


def test_postgresql_sessions_never_hold_the_write_lock_for_ever(server: Database) -> None:
    """A session that lies idle inside a transaction is ended by PostgreSQL itself."""
    with server.read() as tx:
        assert tx.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one() == "1min"
        assert tx.exec_driver_sql("SHOW lock_timeout").scalar_one() == "30s"


def _items_after_a_cut(database: Database) -> list[int]:
    try:
        return _items(database)
    except HolotypeError:
        return _items(database)
