"""What does the sweep free, and what does it leave?"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from holotype.artifacts import tables
from holotype.artifacts.store import BlobStore
from holotype.domain import digest
from holotype.domain.entities import Version
from holotype.domain.manifest import File
from holotype.domain.permissions import Permission
from holotype.domain.references import parse
from holotype.errors import Conflict, Denied, MissingContent
from holotype.ledger.tables import ledger_entries
from holotype.operations.begin_upload import begin_upload
from holotype.operations.delete import delete_version
from holotype.operations.missing_blobs import missing_blobs
from holotype.operations.put_blob import put_blob
from holotype.operations.put_part import put_part
from holotype.operations.register import Content, register
from holotype.operations.restore import restore_version
from holotype.operations.sweep import LEASE, SweepReport, sweep
from tests.support.bytes import chunks, listed, noise, send, under_way, upload_of
from tests.support.fixtures import Backend
from tests.support.registry import Desk, open_desk

DAY = 86_400


@pytest.fixture
def desk(backend: Backend) -> Iterator[Desk]:
    """A registry with a grace period of a week."""
    with open_desk(backend.database_url, backend.store_url) as opened:
        yield opened


def put(desk: Desk, content: bytes) -> str:
    """Send a file and return its digest."""
    asyncio.run(put_blob(desk.call(), "default", digest.of(content), len(content), chunks(content)))
    return digest.of(content)


def version(desk: Desk, *contents: bytes) -> Version:
    """Send files and register them."""
    files = [File(f"{put(desk, content)[7:20]}.bin", digest.of(content), len(content)) for content in contents]
    return register(desk.call(), parse("fraud"), Content(files))[0]


def later(desk: Desk, days: float) -> None:
    """Let time pass."""
    desk.seconds += int(days * DAY)


def test_what_no_version_needs_is_freed_after_the_grace_period(desk: Desk) -> None:
    """The report and the ledger say how much; a second sweep frees nothing and says nothing."""
    version(desk, b"kept")
    put(desk, b"stray")
    later(desk, 6.9)
    assert sweep(desk.call()) == SweepReport()
    later(desk, 0.2)
    assert sweep(desk.call(), dry_run=True) == SweepReport(dry_run=True, blobs=1, bytes=5)
    assert sweep(desk.call()) == SweepReport(blobs=1, bytes=5)
    assert sweep(desk.call()) == SweepReport()
    assert listed(desk.registry.store) == {digest.of(b"kept"): 4}
    assert missing_blobs(desk.call(), "default", [digest.of(b"stray")]) == [digest.of(b"stray")]
    swept = desk.rows(sa.select(ledger_entries.c.data).where(ledger_entries.c.action == "blobs.swept"))
    assert [row["data"] for row in swept] == ['{"blobs":1,"bytes":5}']


def test_a_deleted_version_keeps_its_bytes_for_the_grace_period(desk: Desk) -> None:
    """Until then it can be restored; afterwards its bytes go, but not those that others share."""
    first, _ = version(desk, b"own", b"shared"), version(desk, b"shared", b"third")
    later(desk, 30)
    delete_version(desk.call(), parse(first.reference))
    later(desk, 6.9)
    assert sweep(desk.call()).blobs == 0
    restore_version(desk.call(), parse(first.reference))
    delete_version(desk.call(), parse(first.reference))
    later(desk, 7.1)
    assert sweep(desk.call()) == SweepReport(blobs=1, bytes=3)
    assert set(listed(desk.registry.store)) == {digest.of(b"shared"), digest.of(b"third")}
    with pytest.raises(Conflict):
        restore_version(desk.call(), parse(first.reference))


def test_asking_what_is_missing_keeps_what_is_there(desk: Desk) -> None:
    """A client that was told «we have it» has a grace period to register it."""
    name = put(desk, b"stray")
    later(desk, 6.9)
    assert missing_blobs(desk.call(), "default", [name]) == []
    later(desk, 6.9)
    assert sweep(desk.call()).blobs == 0
    later(desk, 0.2)
    assert sweep(desk.call()).blobs == 1


def test_registering_swept_bytes_asks_for_them_again(desk: Desk) -> None:
    """And sending them again makes it work."""
    put(desk, b"stray")
    later(desk, 8)
    sweep(desk.call())
    content = Content([File("a.bin", digest.of(b"stray"), 5)])
    with pytest.raises(MissingContent):
        register(desk.call(), parse("fraud"), content)
    put(desk, b"stray")
    assert register(desk.call(), parse("fraud"), content)[1]


def test_bytes_that_are_gone_already_do_not_stop_it(desk: Desk) -> None:
    """Somebody cleaned up by hand, or a sweep died after the bytes."""
    name, _ = put(desk, b"one"), put(desk, b"two!")
    desk.registry.store.delete(name)
    later(desk, 8)
    assert sweep(desk.call()).blobs == 2
    assert desk.rows(sa.select(tables.blobs)) == []


def test_an_upload_that_nobody_finished_expires(desk: Desk) -> None:
    """With its parts; one that is under way stays."""
    old = begin_upload(desk.call(), "default", digest.of(b"1234"), 4)
    asyncio.run(put_part(desk.call(), "default", old.id, 0, 4, chunks(b"1234")))
    later(desk, 6)
    new = begin_upload(desk.call(), "default", digest.of(b"56789"), 5)
    asyncio.run(put_part(desk.call(), "default", new.id, 0, 5, chunks(b"56789")))
    assert sweep(desk.call()) == SweepReport()
    later(desk, 1.5)
    assert sweep(desk.call(), dry_run=True).uploads == 1
    assert under_way(desk.registry.store) == {old.id, new.id}
    assert sweep(desk.call()).uploads == 1
    assert under_way(desk.registry.store) == {new.id}
    assert [row["id"] for row in desk.rows(sa.select(tables.uploads.c.id))] == [new.id]


def test_bytes_of_no_upload_go(desk: Desk) -> None:
    """What a server that was killed left behind."""
    asyncio.run(send(desk.registry.store, upload_of(b"lost", 4), b"lost", 0))
    assert sweep(desk.call(), dry_run=True).strays == 1
    assert sweep(desk.call()).strays == 1
    assert under_way(desk.registry.store) == set()


def test_blobs_without_a_row_go_after_the_grace_period(desk: Desk) -> None:
    """A server died between the rename and the row; nobody came back for it."""
    kept = put(desk, b"kept")
    asyncio.run(desk.registry.store.put_small(upload_of(b"orphan"), b"orphan"))
    desk.seconds = _until_now(desk)
    missing_blobs(desk.call(), "default", [kept])
    assert sweep(desk.call()).blobs == 0
    later(desk, 6)
    missing_blobs(desk.call(), "default", [kept])
    later(desk, 2)
    assert sweep(desk.call(), dry_run=True) == SweepReport(dry_run=True, blobs=1, bytes=6)
    assert sweep(desk.call()) == SweepReport(blobs=1, bytes=6)
    assert listed(desk.registry.store) == {kept: 4}


def test_thousands_of_blobs_are_swept_in_batches(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows smaller than what there is leave nothing out."""
    monkeypatch.setattr("holotype.operations.sweep._WINDOW", 7)
    monkeypatch.setattr("holotype.operations.sweep._BATCH", 3)
    contents = [noise(10, seed) for seed in range(40)]
    version(desk, *contents[:20])
    for content in contents[20:]:
        put(desk, content)
    later(desk, 8)
    assert sweep(desk.call()).blobs == 20
    assert set(listed(desk.registry.store)) == {digest.of(content) for content in contents[:20]}
    assert sum(freed(desk)) == 20


def test_a_sweep_that_dies_has_written_what_it_freed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger says of each batch that it went; what the next sweep finds is told by that one, and nothing twice."""
    monkeypatch.setattr("holotype.operations.sweep._BATCH", 2)
    for seed in range(5):
        put(desk, noise(10, seed))
    later(desk, 8)
    store, deletions = desk.registry.store, count(1)
    delete = type(store).delete

    def failing(self: BlobStore, name: str) -> None:
        if next(deletions) == 4:
            raise OSError("the machine goes down")
        delete(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "delete", failing)
        with pytest.raises(OSError, match="goes down"):
            sweep(desk.call())
    assert freed(desk) == [2]
    assert sweep(desk.call()).blobs == 3
    assert sum(freed(desk)) == 5
    assert listed(store) == {}


def freed(desk: Desk) -> list[int]:
    """Return how many blobs each entry of the ledger says were freed."""
    swept = sa.select(ledger_entries.c.data).where(ledger_entries.c.action == "blobs.swept")
    return [json.loads(str(row["data"]))["blobs"] for row in desk.rows(swept)]


def test_one_sweep_runs_at_a_time(desk: Desk) -> None:
    """A second is refused, and one that died gives way after its lease."""
    from holotype.db import leases  # noqa: PLC0415 - only this test plays another server

    with desk.registry.database.write() as tx:
        leases.hold(tx, LEASE, "another server", desk.registry.clock(), 60)
    with pytest.raises(Conflict):
        sweep(desk.call())
    with desk.registry.database.write() as tx:
        leases.release(tx, LEASE, "another server")
    sweep(desk.call())


def test_only_who_operates_the_registry_may_sweep(desk: Desk) -> None:
    """It deletes."""
    with pytest.raises(Denied):
        sweep(desk.call(rights=frozenset({Permission.MODEL_READ})))


def _until_now(desk: Desk) -> int:
    """Return how many seconds the clock of the desk has to be moved to the present, which files are stamped with."""
    return desk.seconds + int((desk.registry.clock() - desk.call().now).total_seconds()) + 60


def test_files_that_are_not_ours_stay(desk: Desk, backend: Backend) -> None:
    """The sweep lists what has the name of a blob, nothing else."""
    if backend.store_url.startswith("s3"):
        return
    folder = Path(desk.registry.store.place) / "blobs" / "sha256"
    (folder / "README").write_text("notes")
    os.utime(folder / "README", (0, 0))
    later(desk, 30)
    assert sweep(desk.call()).blobs == 0
    assert (folder / "README").exists()
