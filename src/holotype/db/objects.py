"""What is in a schema, as the database itself writes it down? For comparing one that is there with one that should be.

An object is a name such as ``column models.name`` or ``index ix_models_name`` with its definition in SQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic.migration import MigrationContext

from holotype.db.engine import Database, Tx, connect
from holotype.db.migrating import run_all
from holotype.db.writing import run

_SQLITE = sa.text(
    "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
)
_POSTGRESQL = sa.text(
    """
    SELECT 'column ' || c.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
           CASE WHEN a.attnotnull THEN 'NOT NULL' END, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = CAST(:place AS regnamespace) AND c.relkind IN ('r', 'p') AND a.attnum > 0
       AND NOT a.attisdropped
    UNION ALL
    SELECT 'index ' || c.relname, pg_get_indexdef(c.oid)
      FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
     WHERE c.relnamespace = CAST(:place AS regnamespace) AND i.indisvalid
    UNION ALL
    SELECT 'constraint ' || c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE k.connamespace = CAST(:place AS regnamespace) AND k.contype IN ('p', 'u', 'f', 'c')
    UNION ALL
    SELECT 'trigger ' || t.tgname, pg_get_triggerdef(t.oid)
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE c.relnamespace = CAST(:place AS regnamespace) AND NOT t.tgisinternal
    """
)
_SCRATCH = "holotype_expected"


def present(database: Database) -> dict[str, str]:
    """Return the objects that a database has."""
    with database.read() as tx:
        if database.dialect == "sqlite":
            return _sqlite(tx)
        return _postgresql(tx, str(tx.exec_driver_sql("SELECT current_schema()").scalar_one()))


def expected(database: Database) -> dict[str, str]:
    """Return the objects that the migrations make in an empty place; nothing of it is kept.

    For SQLite that is a database in memory, for PostgreSQL a schema in a transaction that is rolled back.
    """
    if database.dialect == "sqlite":
        scratch = connect("sqlite://")
        with scratch.engine.connect() as tx:
            run_all(MigrationContext.configure(tx))
            return _sqlite(tx)
    with _scratch_schema(database) as tx:
        run_all(MigrationContext.configure(tx))
        return _postgresql(tx, _SCRATCH)


@contextmanager
def _scratch_schema(database: Database) -> Iterator[Tx]:
    connection = database.engine.connect()
    try:
        run(connection, f"BEGIN; CREATE SCHEMA {_SCRATCH}; SET LOCAL search_path = {_SCRATCH}")
        yield connection
    finally:
        connection.invalidate()  # closes it, which rolls back
        connection.close()


def _sqlite(tx: Tx) -> dict[str, str]:
    return {name: " ".join(sql.split()) for name, sql in tx.execute(_SQLITE)}


def _postgresql(tx: Tx, place: str) -> dict[str, str]:
    rows = tx.execute(_POSTGRESQL, {"place": f'"{place}"'})
    qualified = re.compile(rf'\b{re.escape(place)}\.|"{re.escape(place)}"\.')
    return {name: qualified.sub("", definition) for name, definition in rows}
