"""Which statements does a verb send? Noted where they leave, whether SQLAlchemy runs them or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from holotype.db import Database, prepared

Sent = list[tuple[str, Any]]


@contextmanager
def statements(database: Database) -> Iterator[Sent]:
    """Collect statements and parameters that are sent while the block runs, by any thread."""
    sent: Sent = []

    def note(_c: object, _u: object, statement: str, parameters: object, *_rest: object) -> None:
        sent.append((statement, parameters))

    rows, many = prepared._Compiled.rows, prepared._Compiled.many

    def rows_noted(self: prepared._Compiled, tx: sa.Connection, parameters: Any) -> list[Any]:
        sent.append((self._text, self._bind(parameters)))
        return rows(self, tx, parameters)

    def many_noted(self: prepared._Compiled, tx: sa.Connection, parameters: Any) -> None:
        if len(parameters) > 1:  # a single one is run as rows are
            sent.append((self._text, self._bind(parameters[0])))
        many(self, tx, parameters)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared._Compiled, "rows", rows_noted)
        patch.setattr(prepared._Compiled, "many", many_noted)
        try:
            yield sent
        finally:
            sa.event.remove(database.engine, "before_cursor_execute", note)
