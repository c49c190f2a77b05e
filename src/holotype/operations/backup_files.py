"""What lies in the directory of a backup, and is all of it as it was written?

backup.json             what the backup holds; written last, so without it there is no backup
tables-<32 hex>/        the tables of one snapshot, of which backup.json names the folder
└─ <table>.jsonl        a JSON object a row
oci-layout, blobs/      the bytes, as a store that is a folder has them; later backups add to them
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import sqlalchemy as sa

from holotype.access.sign_in_tables import sign_in_attempts, sign_in_flows, sign_in_links
from holotype.artifacts.landing import flush_folder
from holotype.artifacts.store import BlobStore
from holotype.artifacts.tables import blobs, upload_parts, uploads
from holotype.db import dump
from holotype.db.dump import Written
from holotype.db.tables import leases
from holotype.domain import digest as digests
from holotype.errors import Conflict, Corrupt, InvalidReference, NotFound
from holotype.operations.schema import expected

FORMAT = 1
LEFT_OUT = frozenset(
    one.name for one in (leases, uploads, upload_parts, sign_in_attempts, sign_in_flows, sign_in_links)
)
"""What belongs to running servers: leases, bytes that are not a blob yet, people who are about to sign in.

A client begins those again. Tokens, passwords and trust rules are kept, as hashes where they are secret, and so are the
digests of tokens that were exchanged: those must not work a second time.
"""

_NAME = "backup.json"
_FOLDER = re.compile(r"tables-[0-9a-f]{32}")
_TABLE = re.compile(r"[a-z][a-z_]*")
_AGAIN = "Take another backup, or restore an earlier one."


class Ledger(msgspec.Struct, frozen=True):
    """How many entries the ledger has, and the tree head over them in hexadecimal digits."""

    size: int
    root: str


class _Blob(msgspec.Struct):
    """What matters of a row of blobs, whatever else a schema has in it."""

    digest: str
    size: int


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds: of which moment, which schema, what tables, and how many blobs."""

    format: int = FORMAT
    holotype: str
    made_at: str
    schema: str
    ledger: Ledger
    folder: str
    tables: dict[str, Written]
    blobs: int
    bytes: int


def declared() -> list[sa.Table]:
    """Return the tables of this Holotype that a backup holds, those first that others refer to."""
    return [table for table in expected().sorted_tables if table.name not in LEFT_OUT]


def file_of(place: Path, folder: str, table: str) -> Path:
    """Return the file of a table."""
    return place / folder / f"{table}.jsonl"


def write(place: Path, backup: Backup) -> None:
    """Make a backup the one that the directory holds, durably: from now on it counts, and none before it."""
    flush_folder(place / backup.folder)
    fresh = place / f"{_NAME}.new"
    with fresh.open("wb") as target:
        target.write(msgspec.json.format(msgspec.json.encode(backup), indent=2) + b"\n")
        target.flush()
        os.fsync(target.fileno())
    fresh.replace(place / _NAME)
    flush_folder(place)


def read(place: Path) -> Backup:
    """Return what the directory holds; nothing but ``backup.json`` is looked at."""
    try:
        text = (place / _NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        hint = "`holotype admin backup` writes that file last: without it, a backup is not complete."
        raise NotFound(f"There is no {_NAME} in {place}.", hint=hint) from None
    try:
        backup = msgspec.json.decode(text, type=Backup)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(f"{_NAME} cannot be read: {error}") from error
    if backup.format != FORMAT:
        raise _broken(f"{_NAME} has format {backup.format}, this Holotype reads format {FORMAT}")
    names = [name for name in backup.tables if not _TABLE.fullmatch(name)]
    if names or not _FOLDER.fullmatch(backup.folder) or {"blobs", "ledger_entries"} - backup.tables.keys():
        raise _broken(f"{_NAME} names tables that no backup has")
    return backup


def examine(place: Path, backup: Backup, store: BlobStore) -> None:
    """Raise ``Corrupt`` unless each table is as it was written and each blob is there in its size."""
    for name, written in backup.tables.items():
        file = file_of(place, backup.folder, name)
        if not file.is_file():
            raise _broken(f"the file {file.name} is not there")
        found = dump.examine(file)
        if found.rows != written.rows:
            raise _broken(f"{file.name} has {found.rows} rows, not {written.rows}")
        if found.digest != written.digest:
            raise _broken(f"{file.name} was changed")
    for digest, size in named_blobs(place, backup):
        held = store.size(digest)
        if held != size:
            raise _broken(f"the blob {digest} {'is not there' if held is None else f'has {held} bytes, not {size}'}")


def named_blobs(place: Path, backup: Backup) -> Iterator[tuple[str, int]]:
    """Give digest and size of every blob of a backup."""
    for rows in dump.read(file_of(place, backup.folder, blobs.name), _Blob):
        for row in rows:
            yield _digest(row.digest), row.size


def apart(store: BlobStore, place: Path) -> None:
    """Raise ``Conflict`` where the directory is the very folder in which the registry keeps its bytes."""
    path = store.path("sha256:" + "0" * 64)
    if path is not None and path.parents[2].resolve() == place.resolve():
        raise Conflict(f"{place} is the store itself.", hint="Name another directory.")


def _digest(text: str) -> str:
    try:
        return digests.parse(text)
    except InvalidReference as error:
        raise _broken(error.detail) from error


def _broken(why: str) -> Corrupt:
    return Corrupt(f"The backup is not what was written: {why.rstrip('.')}.", hint=_AGAIN)
