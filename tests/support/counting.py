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

    run = prepared._Compiled._run

    def noted(self: prepared._Compiled, tx: sa.Connection, method: str, parameters: Any) -> Any:
        sent.append((self._text, parameters[0] if method == "executemany" else parameters))
        return run(self, tx, method, parameters)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared._Compiled, "_run", noted)
        try:
            yield sent
        finally:
            sa.event.remove(database.engine, "before_cursor_execute", note)
