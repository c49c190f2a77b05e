"""Which operations lead from the newest migration to the tables as they are declared now?

    .venv/bin/python tools/draft_migration.py            print what a next revision has to do
    .venv/bin/python tools/draft_migration.py --first    write the first revision anew (until the first release)

The draft is read, changed where data has to move, and saved by hand: see ``src/holotype/db/migrations/ADDING.md``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from holotype.catalogue import words
from holotype.db import connect
from holotype.db.migrations import FOLDER
from holotype.operations.migrate import migrate
from holotype.operations.schema import expected, is_declared

_DIALECTS: tuple[sa.Dialect, ...] = (pysqlite.dialect(), psycopg.dialect())  # type: ignore[no-untyped-call]


def draft() -> str:
    """Return the body of ``upgrade`` that is missing."""
    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{Path(folder) / 'draft.db'}")
        migrate(database)
        with database.read() as tx:
            context = MigrationContext.configure(tx, opts={"include_name": is_declared})
            operations = produce_migrations(context, expected()).upgrade_ops
            text = render_python_code(operations) if operations is not None else ""
        database.close()
    return text


def first(dialect: sa.Dialect) -> Iterator[str]:
    """Give the statements that create every declared table and index."""
    for table in expected().sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect)).strip()
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index).compile(dialect=dialect)).strip()
    for noun in words.NOUNS:
        yield from words.sqlite_statements(noun) if dialect.name == "sqlite" else words.postgresql_statements(noun)
    empty = "X''" if dialect.name == "sqlite" else "''"
    yield f"INSERT INTO ledger_head (id, size, edge, time) VALUES (1, 0, {empty}, 0)"


if __name__ == "__main__":
    if "--first" in sys.argv:
        for dialect in _DIALECTS:
            text = ";\n\n".join(
                statement.replace("\t", "    ").replace(" \n", "\n").replace("\n WITHOUT", " WITHOUT")
                for statement in first(dialect)
            )
            (FOLDER / "versions" / f"0001.{dialect.name}.sql").write_text(text + ";\n", encoding="utf-8")
    else:
        print(draft())  # noqa: T201 - it is what this program is for
