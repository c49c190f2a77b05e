"""How does the embedded database keep planning well while it grows? It counts what is in its indexes, now and then."""

from __future__ import annotations

from holotype.access import rules
from holotype.domain.permissions import Permission
from holotype.operations.call import Call

_LOOK_AT = 1_000
"""Rows of an index that are looked at; enough to plan by, whatever the size of the table."""


def optimize(call: Call) -> None:
    """Refresh the statistics of SQLite, which takes some hundredths of a second; PostgreSQL does so by itself.

    Not ``PRAGMA optimize``: that looks only at the tables that this very connection has read, which are none.
    """
    rules.require(call.actor, Permission.ADMIN_OPERATE)
    if call.registry.database.dialect != "sqlite":
        return
    with call.read() as tx:
        tx.exec_driver_sql(f"PRAGMA analysis_limit = {_LOOK_AT}")
        tx.exec_driver_sql("ANALYZE")
