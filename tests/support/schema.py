"""How does a test get a database with the schema in it, without paying for the migration each time? From a copy."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from holotype import db
from holotype.operations.migrate import migrate
from tests.support.postgres import Postgres

_TEMPLATE = "holotype_schema"


@cache
def sqlite_schema() -> bytes:
    """Return the file of a migrated SQLite database, which nobody used."""
    with tempfile.TemporaryDirectory(prefix="holotype-schema-") as folder:
        file = Path(folder) / "holotype.db"
        _migrate(f"sqlite:///{file}")
        assert [one.name for one in file.parent.iterdir()] == [file.name]  # all of it is in the one file
        return file.read_bytes()


@cache
def postgres_schema(server: Postgres) -> str:
    """Return the name of a migrated database of a server, to copy others from."""
    _migrate(server.create_database(_TEMPLATE))
    return _TEMPLATE


def _migrate(url: str) -> None:
    database = db.connect(url)
    try:
        migrate(database)
    finally:
        database.close()
