"""Are the bytes of runs and intakes kept for as long as they are needed, whoever sweeps, deletes or backs up?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from holotype.artifacts import tables
from holotype.artifacts.store import BlobStore
from holotype.domain import digest
from holotype.domain.references import parse
from holotype.errors import InvalidPath, NotFound, Unavailable
from holotype.operations import arriving
from holotype.operations.backup import backup
from holotype.operations.delete_artifact import delete_artifact
from holotype.operations.delete_run import delete_run
from holotype.operations.doctor import diagnose
from holotype.operations.list_artifacts import list_artifacts
from holotype.operations.list_folder import list_folder
from holotype.operations.put_artifact import put_artifact
from holotype.operations.read_artifact import read_artifact
from holotype.operations.restore_backup import restore_backup
from holotype.operations.show import show_model
from holotype.operations.sweep import sweep
from holotype.tracking.tables import artifact_files
from tests.support.backups import EMBEDDED, opened
from tests.support.bytes import chunks, listed, noise
from tests.support.fixtures import Backend
from tests.support.registry import Desk, open_desk
from tests.support.tracked import come, track


@pytest.fixture
def desk(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A registry without any grace: whatever is not needed now is swept now."""
    monkeypatch.setattr(arriving, "_PATIENCE", 0.5)
    with open_desk(backend.database_url, backend.store_url, grace_period=0) as made:
        yield made


def put(desk: Desk, run: str, path: str, content: bytes) -> None:
    """Send a file of a run."""
    asyncio.run(put_artifact(desk.call(), "default", run, path, chunks(content)))


def check(desk: Desk) -> None:
    """Each file of a run has its bytes, and each row of a blob too."""
    there = listed(desk.registry.store)
    rows = desk.rows(sa.select(artifact_files.c.digest, artifact_files.c.size))
    assert {row["digest"]: row["size"] for row in rows}.items() <= there.items()
    kept = desk.rows(sa.select(tables.blobs.c.digest).where(tables.blobs.c.sweeping_at.is_(None)))
    assert {row["digest"] for row in kept} <= there.keys()


def test_the_sweep_keeps_what_runs_and_intakes_need(desk: Desk) -> None:
    """And frees it when they do not any more."""
    desk.register("fraud", b"weights")
    run = track(desk, b"logged")
    come(desk, show_model(desk.call(), parse("fraud"))[0].id, b"coming")
    asyncio.run(put_artifact(desk.call(), "default", run, "coming.bin", chunks(b"coming")))
    delete_artifact(desk.call(), "default", run, "coming.bin")
    sweep(desk.call())
    assert set(listed(desk.registry.store)) == {digest.of(content) for content in (b"weights", b"logged", b"coming")}
    delete_artifact(desk.call(), "default", run)
    sweep(desk.call())
    assert set(listed(desk.registry.store)) == {digest.of(content) for content in (b"weights", b"coming")}
    check(desk)


def test_a_run_that_goes_while_its_file_arrives_gets_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction that would write the file down finds no run; the bytes are swept."""
    run = track(desk, b"logged")
    store = type(desk.registry.store)
    publish = store.publish

    async def published(self: BlobStore, *args: object) -> None:
        await publish(self, *args)  # type: ignore[arg-type]
        await asyncio.to_thread(delete_run, desk.call(), "default", run)

    monkeypatch.setattr(store, "publish", published)
    with pytest.raises(NotFound):
        put(desk, run, "late.bin", noise(2 * 2**20))
    with pytest.raises(NotFound):
        read_artifact(desk.call(), "default", run, "late.bin")
    desk.seconds = 10**9
    sweep(desk.call())
    assert set(listed(desk.registry.store)) <= {digest.of(b"logged")}  # of a deleted run, for as long as that is kept


def test_writers_removers_and_sweeps_at_once(desk: Desk) -> None:
    """Whatever happens when, a file that is listed has its bytes."""
    run, stop = track(desk, b"logged"), threading.Event()
    contents = [bytes([number]) * 10 for number in range(3)]

    def sweeping() -> None:
        while not stop.is_set():
            with suppress(Unavailable):
                sweep(desk.call())

    def writing(number: int) -> None:
        for turn in range(12):
            with suppress(Unavailable):
                put(desk, run, f"{number}.bin", contents[(turn + number) % 3])
            if turn % 4 == 3:
                delete_artifact(desk.call(), "default", run, f"{number}.bin")
            for file in list_artifacts(desk.call(), "default", run):
                if file.size is not None:
                    with suppress(NotFound):
                        read_artifact(desk.call(), "default", run, file.name)

    sweeper = threading.Thread(target=sweeping)
    sweeper.start()
    writers = [threading.Thread(target=writing, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    sweeper.join()
    check(desk)


def test_paths_are_those_that_a_version_may_hold(desk: Desk) -> None:
    """Whatever is logged can be registered and pulled."""
    run = track(desk, b"logged")
    for path in ("../x", "/x", "a\\b", "a:b", "con", "a/", "", "x" * 1_100, "e\u0301"):
        with pytest.raises(InvalidPath):
            put(desk, run, path, b"x")
    assert [file.name for file in list_artifacts(desk.call(), "default", run)] == ["model"]


def test_folders_of_versions_are_listed(desk: Desk) -> None:
    """A level at a time."""
    desk.register("fraud", b"weights")
    assert [(file.name, file.size) for file in list_folder(desk.call(), parse("fraud:1"))] == [("model.bin", 7)]
    assert list_folder(desk.call(), parse("fraud:1"), "model.bin") == []


@EMBEDDED
def test_a_backup_leaves_out_files_whose_bytes_went_meanwhile(
    desk: Desk, other_backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is removed and swept between the snapshot and the copy is not in it; the others are."""
    run = track(desk, b"logged")
    put(desk, run, "going.bin", b"going")
    going = desk.registry.store.open

    async def opening(name: str, *args: int) -> object:
        if name == digest.of(b"going"):
            await asyncio.to_thread(delete_artifact, desk.call(), "default", run, "going.bin")
            await asyncio.to_thread(sweep, desk.call())
        return await going(name, *args)

    monkeypatch.setattr(desk.registry.store, "open", opening)
    backup(desk.registry, tmp_path / "backup")
    with opened(other_backend) as other:
        _, report = restore_backup(other, tmp_path / "backup")
        assert report.findings == []
        with other.database.read() as tx:
            assert tx.execute(sa.select(artifact_files.c.path)).scalars().all() == ["model/model.bin"]


def test_the_doctor_finds_files_without_bytes(desk: Desk) -> None:
    """By their run and path."""
    run = track(desk, b"logged")
    assert diagnose(desk.registry).findings == []
    with desk.registry.database.write() as tx:
        tx.execute(artifact_files.update().values(size=1))
    (found,) = diagnose(desk.registry).findings
    assert f"default {run} model/model.bin" in found.detail
