"""Which revision does a database have, and how does it get the next one? Alembic's files, driven one step at a time."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy.engine import Connection

from holotype.db.engine import Database
from holotype.db.faults import translated
from holotype.db.migrations import FOLDER
from holotype.db.writing import BEGIN, run
from holotype.errors import WrongSchema


def steps() -> list[str]:
    """Return all revisions that this Holotype knows, the oldest first."""
    return [script.revision for script in _line()]


def current(database: Database) -> str | None:
    """Return the revision of a database, or nothing for one that is empty."""
    with database.read() as tx:
        return MigrationContext.configure(tx).get_current_revision()


def pending(database: Database) -> list[str]:
    """Return the revisions that a database lacks; raise ``WrongSchema`` where it has one that is unknown here."""
    return [script.revision for script in _missing(current(database))]


def apply_next(database: Database) -> str | None:
    """Run the next revision that is missing and return it, or nothing when none is.

    Waits while another process writes or migrates, then looks again at what is missing.
    """
    with translated():
        connection = database.engine.connect()
        try:
            if database.dialect == "sqlite":
                run(connection, "PRAGMA foreign_keys = OFF")  # a table that is rebuilt must not take others with it
            run(connection, BEGIN[database.dialect])
            if database.dialect == "postgresql":
                run(connection, "SET LOCAL lock_timeout = '10min'")
            context = MigrationContext.configure(connection)
            missing = _missing(context.get_current_revision())
            if missing:
                _apply(context, missing[0])
            run(connection, "COMMIT")
            return missing[0].revision if missing else None
        finally:
            connection.invalidate()  # closes it, and with it whatever was not committed
            connection.close()


def run_all(context: MigrationContext) -> None:
    """Run every revision in an empty place, in the transaction that the caller opened."""
    for script in _line():
        _apply(context, script)


def _apply(context: MigrationContext, script: Script) -> None:
    with Operations.context(context):
        script.module.upgrade()
    context.stamp(_directory(), script.revision)
    connection = context.connection
    if connection is not None and connection.dialect.name == "sqlite":
        _check_foreign_keys(connection, script.revision)


def _check_foreign_keys(connection: Connection, revision: str) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise WrongSchema(
            f"Migration {revision} was not made: a row of {broken[0]} names one of {broken[2]} that is not there.",
            hint="Nothing was changed. Run `holotype admin doctor`.",
        )


def _missing(revision: str | None) -> list[Script]:
    line = _line()
    if revision is None:
        return line
    known = [script.revision for script in line]
    if revision not in known:
        raise WrongSchema(
            f"The database has schema {revision}; this Holotype knows schemas up to {known[-1]}.",
            hint="Start the newer Holotype that migrated it, or restore the backup from before.",
        )
    return line[known.index(revision) + 1 :]


def _line() -> list[Script]:
    return list(_directory().walk_revisions())[::-1]


def _directory() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))
