"""Which process does the background work now? The one that holds the lease of that name, until its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from holotype.db.engine import Tx
from holotype.db.tables import leases
from holotype.domain import times

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def hold(tx: Tx, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Take or renew a lease for so many seconds; false while somebody else holds it."""
    values = {"holder": holder, "expires_at": times.to_micros(now + timedelta(seconds=seconds))}
    free = (leases.c.holder == holder) | (leases.c.expires_at <= times.to_micros(now))
    insert = _INSERT[tx.dialect.name](leases).values(name=name, **values)
    taken = insert.on_conflict_do_update(index_elements=["name"], set_=values, where=free)
    return tx.execute(taken.returning(leases.c.name)).first() is not None


def release(tx: Tx, name: str, holder: str) -> None:
    """Give a lease back before its time is over; does nothing for a lease that somebody else holds."""
    tx.execute(leases.delete().where(leases.c.name == name, leases.c.holder == holder))
