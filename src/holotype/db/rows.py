"""How are a thousand rows written at once? One by one into SQLite, which is beside us; as one text to PostgreSQL.

A thousand executions cost PostgreSQL's driver more than its server, and so do arrays, which it writes in Python. One
statement that reads its rows from JSON takes a third of that. What is written twice has to be left out before.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holotype.db.prepared import Prepared

Conflict = Callable[[Any], Any]
"""What an insert does with a row that is there already."""


class Rows:
    """An insert of many rows into some columns of a table, made once."""

    def __init__(self, table: sa.Table, columns: Sequence[str], conflict: Conflict) -> None:
        """Prepare it for both databases."""
        self._columns = tuple(columns)
        self._each = Prepared(conflict(sqlite.insert(table)), self._columns)
        text = sa.cast(sa.bindparam("given", type_=sa.Text), postgresql.JSON)
        typed = [sa.column(name, table.c[name].type) for name in columns]
        read = sa.func.json_to_recordset(text).table_valued(*typed, name="given").render_derived(with_types=True)
        chosen = sa.select(*[read.c[name] for name in columns])
        self._whole = Prepared(conflict(postgresql.insert(table).from_select(self._columns, chosen)))

    def __call__(self, tx: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the rows."""
        if not rows:
            return
        if tx.dialect.name == "sqlite":
            self._each.many(tx, rows)
        else:
            self._whole(
                tx, {"given": json.dumps([{name: _plain(row[name]) for name in self._columns} for row in rows])}
            )


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; PostgreSQL reads the word for what is no number of JSON."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
