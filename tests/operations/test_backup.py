"""Does a registry come out of a backup as it went in, on whatever database and store?"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from holotype.access.sign_in_tables import sign_in_attempts, sign_in_flows
from holotype.artifacts.store import BlobStore
from holotype.artifacts.tables import uploads
from holotype.catalogue.tables import versions
from holotype.db import migrating
from holotype.db.migrations import FOLDER
from holotype.domain import digest
from holotype.errors import Conflict, Corrupt, WrongSchema
from holotype.operations.backup import backup
from holotype.operations.create_namespace import create_namespace
from holotype.operations.create_token import create_token
from holotype.operations.migrate import migrate
from holotype.operations.missing_blobs import missing_blobs
from holotype.operations.restore_backup import restore_backup
from holotype.operations.search_models import search_models
from tests.support.backups import CROSSED, furnished, opened, push, rows
from tests.support.bytes import listed, noise, upload_of
from tests.support.fixtures import Backend
from tests.support.registry import Desk

PROGRAM = """
import sys, time
from pathlib import Path
from holotype import db
from holotype.artifacts import copying
from holotype.artifacts.store import open_store
from holotype.db import dump
from holotype.operations.call import Registry
from holotype.operations.restore_backup import restore_backup
from holotype.settings import Settings

module, name, turns, database, store, place = sys.argv[1:]
module = {"dump": dump, "copying": copying}[module]
real, left = getattr(module, name), int(turns)

def step(*arguments):
    global left
    left -= 1
    if left < 0:
        print("here", flush=True)
        time.sleep(60)
    return real(*arguments)

setattr(module, name, step)
restore_backup(Registry(db.connect(database), open_store(store), Settings()), Path(place))
"""


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry with something in every corner, on each pairing of database and store."""
    with furnished(backend) as made:
        yield made


def test_a_registry_comes_out_as_it_went_in(desk: Desk, other_backend: Backend, tmp_path: Path) -> None:
    """From each kind into each kind, row by row and blob by blob; what was under way is left behind."""
    made, copied = backup(desk.registry, tmp_path / "backup")
    assert (copied.new_blobs, made.blobs, made.bytes) == (4, 4, 901_007)
    with opened(other_backend) as other:
        restored, report = restore_backup(other, tmp_path / "backup")
        assert (restored, report.findings) == (made, [])
        assert rows(other) == rows(desk.registry)
        assert [name for name, found in rows(other).items() if not found] == []
        assert listed(other.store) == listed(desk.registry.store)
        with other.database.read() as tx:
            for table in (uploads, sign_in_attempts, sign_in_flows):
                assert tx.execute(sa.select(table)).all() == []
                assert desk.rows(sa.select(table)) != []


@CROSSED
def test_work_goes_on_after_a_restore(desk: Desk, other_backend: Backend, tmp_path: Path) -> None:
    """New rows get ids behind the restored ones, the ledger goes on, words are found."""
    backup(desk.registry, tmp_path / "backup")
    with opened(other_backend) as other:
        restore_backup(other, tmp_path / "backup")
        there = Desk(other, desk.seconds)
        assert push(there, b"new").number == 5
        create_namespace(there.call(), "team")
        create_token(there.call(), "another")
        assert [found.name for found in search_models(there.call(), "fraud").items] == ["fraud"]
        ids = [row["id"] for row in there.rows(sa.select(versions.c.id).order_by(versions.c.id))]
        assert ids == [1, 2, 3, 4, 5]
        again, _ = backup(other, tmp_path / "backup")
        assert again.ledger.size > len(rows(desk.registry)["ledger_entries"])


def test_a_second_backup_copies_what_is_new(desk: Desk, tmp_path: Path) -> None:
    """The directory then holds the newest state, and nothing of the tables before."""
    place = tmp_path / "backup"
    first, _ = backup(desk.registry, place)
    push(desk, b"new")
    second, copied = backup(desk.registry, place)
    assert (copied.new_blobs, copied.new_bytes, copied.blobs) == (1, 3, 5)
    assert second.ledger.size == first.ledger.size + 1
    assert [folder.name for folder in place.glob("tables-*")] == [second.folder]


@CROSSED
def test_a_backup_that_fails_leaves_the_one_before(desk: Desk, other_backend: Backend, tmp_path: Path) -> None:
    """Bytes that a version needs are gone: the new backup is refused with their digest, the old one still counts."""
    backup(desk.registry, tmp_path / "backup")
    before = rows(desk.registry)
    lost = digest.of(b"new")
    push(desk, b"new")
    desk.registry.store.delete(lost)
    with pytest.raises(Corrupt, match=lost):
        backup(desk.registry, tmp_path / "backup")
    with opened(other_backend) as other:
        restore_backup(other, tmp_path / "backup")
        assert rows(other) == before


@CROSSED
def test_bytes_that_the_sweep_freed_meanwhile_are_left_out(desk: Desk, other_backend: Backend, tmp_path: Path) -> None:
    """No version needs them; what was restored does not claim to hold them."""
    lost = digest.of(b"deleted")
    desk.registry.store.delete(lost)
    made, copied = backup(desk.registry, tmp_path / "backup")
    assert (made.blobs, copied.gone) == (3, {lost})
    with opened(other_backend) as other:
        assert restore_backup(other, tmp_path / "backup")[1].healthy
        assert missing_blobs(Desk(other).call(), "default", [lost]) == [lost]


def test_bytes_that_are_not_those_of_their_digest_are_refused(desk: Desk, tmp_path: Path) -> None:
    """A damaged store does not make a backup that looks whole."""
    name = digest.of(noise(1_000))
    damage(desk.registry.store, name, noise(1_000, 1))
    with pytest.raises(Corrupt, match=name):
        backup(desk.registry, tmp_path / "backup")
    assert not (tmp_path / "backup" / "backup.json").exists()


def damage(store: BlobStore, name: str, content: bytes) -> None:
    """Put other bytes under a blob's name, behind the registry's back."""
    path = store.path(name)
    if path is None:
        asyncio.run(store.put_small(upload_of(content, name=name), content))
    else:
        path.write_bytes(content)


@CROSSED
def test_a_backup_during_registrations_is_of_one_moment(desk: Desk, other_backend: Backend, tmp_path: Path) -> None:
    """The ledger verifies, every version has its bytes, and each backup has at least what the one before had."""
    stop, failed = threading.Event(), []

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                push(desk, b"content %d" % number)
            except BaseException as error:
                failed.append(error)
                raise

    thread = threading.Thread(target=work)
    thread.start()
    try:
        sizes = [backup(desk.registry, tmp_path / "backup")[0].ledger.size for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    assert (failed, sizes) == ([], sorted(sizes))
    with opened(other_backend) as other:
        restored, report = restore_backup(other, tmp_path / "backup")
        assert (restored.ledger.size, report.findings) == (sizes[-1], [])


@CROSSED
@pytest.mark.parametrize(("module", "name", "turns"), [("copying", "_copy", 2), ("dump", "load", 12)])
def test_a_restore_that_was_killed_is_run_again(
    desk: Desk, other_backend: Backend, tmp_path: Path, module: str, name: str, turns: int
) -> None:
    """Between two blobs, or two tables: nothing of it is seen, and the next run finishes it."""
    backup(desk.registry, tmp_path / "backup")
    arguments = [module, name, str(turns), other_backend.database_url, other_backend.store_url]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments, str(tmp_path / "backup")], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"here\n"
        process.kill()
        process.wait()
    with opened(other_backend) as other:
        assert nothing(Desk(other))
        assert restore_backup(other, tmp_path / "backup")[1].healthy
        assert rows(other) == rows(desk.registry)


def nothing(desk: Desk) -> bool:
    """Say whether a database has no tables, or none with rows but the ledger's head."""
    if migrating.current(desk.registry.database) is None:
        return True
    return {name for name, found in rows(desk.registry).items() if found} == {"ledger_head"}


@CROSSED
def test_only_an_empty_registry_is_filled(desk: Desk, other_backend: Backend, tmp_path: Path) -> None:
    """Rows or bytes of somebody else are refused and left alone."""
    backup(desk.registry, tmp_path / "backup")
    before = rows(desk.registry)
    with pytest.raises(Conflict, match="The database is not empty"):
        restore_backup(desk.registry, tmp_path / "backup")
    assert rows(desk.registry) == before
    push(desk, b"foreign")
    with opened(other_backend) as other:
        mixed = type(other)(other.database, desk.registry.store, other.settings)
        with pytest.raises(Conflict, match="The store is not empty"):
            restore_backup(mixed, tmp_path / "backup")
        assert nothing(Desk(other))


def test_a_directory_is_of_one_backup_at_a_time(desk: Desk, tmp_path: Path) -> None:
    """A second one at once is refused, and so is the store itself."""
    place = tmp_path / "backup"
    backup(desk.registry, place)
    handle = os.open(place, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(Conflict, match="Another backup"):
        backup(desk.registry, place)
    os.close(handle)
    path = desk.registry.store.path(digest.of(b""))
    if path is not None:
        with pytest.raises(Conflict, match="the store itself"):
            backup(desk.registry, path.parents[2])


@CROSSED
def test_a_schema_that_is_not_ours_is_refused(desk: Desk, other_backend: Backend, tmp_path: Path) -> None:
    """One that only a newer release knows."""
    place = tmp_path / "backup"
    backup(desk.registry, place)
    text = json.loads((place / "backup.json").read_text())
    (place / "backup.json").write_text(json.dumps(text | {"schema": "9999"}))
    with opened(other_backend) as other:
        with pytest.raises(WrongSchema, match="9999"):
            restore_backup(other, place)
        assert nothing(Desk(other))


NEXT = """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("ALTER TABLE tokens ADD COLUMN colour VARCHAR NOT NULL DEFAULT 'red'")
"""


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What makes this process the next release, which has one migration more."""
    shutil.copytree(FOLDER, tmp_path / "migrations")
    (tmp_path / "migrations" / "versions" / "0002_next.py").write_text(NEXT)
    scripts = ScriptDirectory(str(tmp_path / "migrations"))
    return lambda: monkeypatch.setattr(migrating, "_directory", lambda: scripts)


@CROSSED
def test_a_backup_of_an_older_release_is_migrated(
    desk: Desk, other_backend: Backend, tmp_path: Path, next_release: Callable[[], None]
) -> None:
    """Its rows enter the schema that they were written for; then the migrations that came later run."""
    backup(desk.registry, tmp_path / "backup")
    before = rows(desk.registry)
    next_release()
    with opened(other_backend) as other:
        assert restore_backup(other, tmp_path / "backup")[1].healthy
        assert (migrating.current(other.database), rows(other)) == ("0002", before)
        with other.database.read() as tx:
            assert tx.exec_driver_sql("SELECT DISTINCT colour FROM tokens").scalars().all() == ["red"]


@CROSSED
def test_tables_of_another_schema_are_left_alone(
    desk: Desk, other_backend: Backend, tmp_path: Path, next_release: Callable[[], None]
) -> None:
    """A database that was migrated further than the backup does not take its rows, even when it is empty."""
    backup(desk.registry, tmp_path / "backup")
    next_release()
    with opened(other_backend) as other:
        migrate(other.database)
        with pytest.raises(Conflict, match="has schema 0002 already"):
            restore_backup(other, tmp_path / "backup")
        assert nothing(Desk(other))


@CROSSED
def test_a_backup_of_a_restored_registry_is_the_same_again(desk: Desk, tmp_path: Path, other_backend: Backend) -> None:
    """A backup of what was restored has the same tables as the first, whatever lay in between."""
    first, _ = backup(desk.registry, tmp_path / "first")
    with opened(other_backend) as other:
        restore_backup(other, tmp_path / "first")
        second, _ = backup(other, tmp_path / "second")
    assert second.ledger == first.ledger
    for name in first.tables:
        texts = [
            sorted((tmp_path / place / made.folder / f"{name}.jsonl").read_text().splitlines())
            for place, made in (("first", first), ("second", second))
        ]
        assert texts[0] == texts[1]
