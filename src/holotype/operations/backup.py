"""How is a whole registry copied into a directory, while servers go on?

1. Nobody else writes a backup there; the database has the schema of this Holotype.
2. One snapshot of all tables is written, and the ledger in it is what was written.
3. The blobs that it names are copied, each verified. What the sweep freed meanwhile is left out, unless a version
   needs it; a file of a run or an intake that was given up meanwhile goes with its bytes.
4. ``backup.json`` is written: now the backup counts, and the one before it goes. Its blobs stay.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from holotype import __version__
from holotype.artifacts import faults
from holotype.artifacts.copying import Copied, Progress, copy_blobs
from holotype.artifacts.landing import flock
from holotype.artifacts.store import BlobStore, open_store
from holotype.artifacts.tables import blobs, holdings
from holotype.catalogue.tables import files, intake_files, versions
from holotype.db import dump, migrating
from holotype.db.dump import Written
from holotype.domain import times
from holotype.errors import Conflict, Corrupt
from holotype.ledger.verify import verify_chain
from holotype.operations import backup_files, migrate
from holotype.operations.backup_files import Backup, Ledger, declared, file_of
from holotype.operations.call import Registry
from holotype.tracking.tables import artifact_files


class _File(msgspec.Struct):
    version_id: int
    path: str
    digest: str


class _Version(msgspec.Struct):
    id: int
    digest: str
    deleted_at: int | None


def backup(registry: Registry, place: Path, progress: Progress = lambda _: None) -> tuple[Backup, Copied]:
    """Copy a registry into a directory, and return what is there now and what of its bytes was new."""
    backup_files.apart(registry.store, place)
    with faults.translated(str(place)), _alone(place):  # 1
        migrate.check(registry.database)
        store = open_store(place)
        _forget_unfinished(store)
        begun = _snapshot(registry, place)  # 2
        copied = copy_blobs(registry.store, store, backup_files.named_blobs(place, begun), progress)  # 3
        whole = msgspec.structs.replace(
            begun, tables=begun.tables | _without(place, begun, copied), blobs=copied.blobs, bytes=copied.bytes
        )
        backup_files.write(place, whole)  # 4
        _clear(place, whole.folder)
    return whole, copied


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)  # hashes of tokens will lie in here
    handle = os.open(place, os.O_RDONLY)
    try:
        if not flock(handle, fcntl.LOCK_EX):
            raise Conflict(f"Another backup is being written to {place}.", hint="Wait until it is done.")
        yield
    finally:
        os.close(handle)


def _snapshot(registry: Registry, place: Path) -> Backup:
    folder = f"tables-{uuid.uuid4().hex}"
    (place / folder).mkdir(mode=0o700)
    with registry.database.snapshot() as tx:
        made_at = times.text(registry.clock())
        tables = {table.name: dump.write(tx, table, file_of(place, folder, table.name)) for table in declared()}
        verdict = verify_chain(tx)
    if verdict.fault is not None:
        raise Corrupt(f"The ledger is not what was written: {verdict.fault}", hint="Run `holotype admin doctor`.")
    return Backup(
        holotype=__version__,
        made_at=made_at,
        schema=migrating.steps()[-1],
        ledger=Ledger(verdict.entries, verdict.root),
        folder=folder,
        tables=tables,
        blobs=0,
        bytes=0,
    )


def _without(place: Path, begun: Backup, copied: Copied) -> dict[str, Written]:
    """Write the tables again that name blobs which the store no longer has, without those blobs."""
    if not copied.gone:
        return {}
    _refuse_needed(place, begun, copied.gone)
    written = {}
    for table in (blobs, holdings, artifact_files, intake_files):
        file = file_of(place, begun.folder, table.name)
        rest = file.with_suffix(".rest")
        written[table.name] = dump.write_without(table, file, rest, "digest", copied.gone)
        rest.replace(file)
    return written


def _refuse_needed(place: Path, begun: Backup, gone: set[str]) -> None:
    """Raise ``Corrupt`` where a version that is not deleted has a file whose bytes are gone."""
    users = {
        file.version_id: file
        for rows in dump.read(file_of(place, begun.folder, files.name), _File)
        for file in rows
        if file.digest in gone
    }
    for rows in dump.read(file_of(place, begun.folder, versions.name), _Version):
        for version in rows:
            if version.id in users and version.deleted_at is None:
                file = users[version.id]
                raise Corrupt(
                    f"The store does not have {file.digest}, the bytes of {file.path} in the version {version.digest}.",
                    hint="Run `holotype admin doctor`; push the same content again.",
                )


def _forget_unfinished(store: BlobStore) -> None:
    """Remove what a backup that was killed left half written."""
    for batch in store.uploads():
        for name in batch:
            store.drop(name)


def _clear(place: Path, kept: str) -> None:
    """Remove the tables of earlier backups."""
    for folder in place.glob("tables-*"):
        if folder.name != kept:
            shutil.rmtree(folder, ignore_errors=True)
