"""How does a registry come out of a backup again, on either kind of database and store?

1. The backup is whole and as it was written, and its schema is one that this Holotype knows.
2. The database is empty, and the store has nothing but blobs of this very backup.
3. The blobs are copied, each verified. An interrupted restore is run again and goes on from here.
4. The database gets the schema of the backup.
5. All rows are loaded in one transaction, which the ledger's tree head has to confirm before it is committed.
6. The database gets the schema of this Holotype, and the doctor looks at everything.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from holotype.artifacts.copying import Progress, copy_blobs
from holotype.artifacts.store import BlobStore, open_store
from holotype.db import Database, Tx, dump, migrating
from holotype.errors import Conflict, Corrupt, WrongSchema
from holotype.ledger.tables import ledger_head
from holotype.ledger.verify import verify_chain
from holotype.operations import backup_files
from holotype.operations.backup_files import Backup, file_of
from holotype.operations.call import Registry
from holotype.operations.doctor import Report, diagnose
from holotype.operations.migrate import migrate

_EMPTY = "Restore into a new database and a new store."


def restore_backup(registry: Registry, place: Path, progress: Progress = lambda _: None) -> tuple[Backup, Report]:
    """Fill an empty registry from a backup, and return what was restored and what the doctor says of it."""
    backup = backup_files.read(place)  # 1
    _refuse_unknown(backup)
    backup_files.apart(registry.store, place)
    source = open_store(place)
    backup_files.examine(place, backup, source)
    _refuse_schema(registry.database, backup)  # 2
    _refuse_foreign(registry.store, source)
    copied = copy_blobs(source, registry.store, backup_files.named_blobs(place, backup), progress)  # 3
    if copied.gone:
        raise Corrupt(f"The backup lost {min(copied.gone)} meanwhile.", hint="Restore it again.")
    _migrate_to(registry.database, backup.schema)  # 4
    _load(registry.database, place, backup)  # 5
    migrate(registry.database)  # 6
    _confirm_later(registry.database, backup)
    return backup, diagnose(registry)


def _refuse_unknown(backup: Backup) -> None:
    known = migrating.steps()
    if backup.schema not in known:
        raise WrongSchema(
            f"The backup has schema {backup.schema!r}; this Holotype knows schemas up to {known[-1]}.",
            hint=f"Restore it with Holotype {backup.holotype} or newer.",
        )
    if _is_newest(backup) and backup.tables.keys() != {table.name for table in backup_files.declared()}:
        raise Corrupt("The backup does not have the tables of its schema.", hint="Restore an earlier backup.")


def _refuse_schema(database: Database, backup: Backup) -> None:
    """Raise unless the database has no tables, or those of the backup's schema without rows."""
    present = migrating.current(database)
    if present is None:
        return
    if present != backup.schema:
        raise Conflict(f"The database has schema {present} already, the backup has {backup.schema}.", hint=_EMPTY)
    with database.snapshot() as tx:
        _refuse_rows(tx, dump.tables(tx, backup.tables))


def _refuse_rows(tx: Tx, tables: list[sa.Table]) -> None:
    for table in tables:
        rows = sa.select(sa.literal(1)).select_from(table).limit(1)
        if table.name == ledger_head.name:  # a migration made its one row
            rows = rows.where(table.c.size > 0)
        if tx.execute(rows).first() is not None:
            raise Conflict(f"The database is not empty: there are rows in {table.name}.", hint=_EMPTY)


def _refuse_foreign(store: BlobStore, source: BlobStore) -> None:
    """Raise where the store has bytes that an interrupted restore of this backup cannot have left there."""
    store.check()
    for batch in store.blobs():
        for blob in batch:
            if source.size(blob.digest) != blob.size:
                raise Conflict(f"The store is not empty: {blob.digest} is not of this backup.", hint=_EMPTY)


def _migrate_to(database: Database, schema: str) -> None:
    while migrating.current(database) != schema:
        if migrating.apply_next(database) is None:
            raise Conflict("Somebody else migrated the database meanwhile.", hint=_EMPTY)


def _load(database: Database, place: Path, backup: Backup) -> None:
    with database.write() as tx:
        tables = dump.tables(tx, backup.tables)
        _refuse_rows(tx, tables)
        for table in tables:
            if table.name == ledger_head.name:
                tx.execute(table.delete())
            dump.load(tx, table, file_of(place, backup.folder, table.name))
        dump.settle(tx, tables)
        if _is_newest(backup):
            _confirm(tx, backup)


def _confirm_later(database: Database, backup: Backup) -> None:
    """Confirm the ledger of an older schema, which can be read only once it was migrated."""
    if not _is_newest(backup):
        with database.snapshot() as tx:
            _confirm(tx, backup)


def _confirm(tx: Tx, backup: Backup) -> None:
    verdict = verify_chain(tx)
    if verdict.fault is not None or (verdict.entries, verdict.root) != (backup.ledger.size, backup.ledger.root):
        fault = verdict.fault or f"{verdict.entries} entries have the tree head {verdict.root}."
        raise Corrupt(f"The ledger of the backup is not what was written: {fault}", hint="Restore an earlier backup.")


def _is_newest(backup: Backup) -> bool:
    return backup.schema == migrating.steps()[-1]
