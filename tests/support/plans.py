"""How does a database carry out what a function asks for? The plans of the very statements that it sends."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from holotype.db import Database, Tx


def plans(database: Database, work: Callable[[Tx], object]) -> list[str]:
    """Run ``work`` on a reading connection and return the plan of each statement that it sent."""
    sent: list[tuple[str, object]] = []

    def note(_c: object, _u: object, statement: str, parameters: object, *_rest: object) -> None:
        sent.append((statement, parameters))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.read() as tx:
            work(tx)
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)
    with database.read() as tx:
        return [_explain(tx, statement, parameters) for statement, parameters in sent]


def _explain(tx: Tx, statement: str, parameters: object) -> str:
    sqlite = tx.dialect.name == "sqlite"
    rows = tx.exec_driver_sql(f"EXPLAIN {'QUERY PLAN' if sqlite else ''} {statement}", parameters)  # type: ignore[arg-type]
    return "\n".join(str(row[3] if sqlite else row[0]) for row in rows)


def analyze(database: Database) -> None:
    """Let PostgreSQL count its rows, as it does by itself in the end; SQLite plans without."""
    if database.dialect == "postgresql":
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
