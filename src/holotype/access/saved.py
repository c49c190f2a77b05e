"""Which addresses did somebody keep for themselves?"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from holotype.access.tables import saved_addresses as rows
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import insert
from holotype.domain import times
from holotype.domain.saved import MOST, SavedAddress

_OF = Prepared(
    sa.select(rows.c.name, rows.c.place)
    .where(rows.c.principal_id == sa.bindparam("principal_id"))
    .order_by(rows.c.name)
    .limit(MOST)
)


def keep(tx: Tx, principal_id: int, saved: SavedAddress, now: datetime) -> None:
    """Keep an address under its name; one that had the name gives it up."""
    row = {"principal_id": principal_id, "name": saved.name, "place": saved.place, "created_at": times.to_micros(now)}
    statement = insert(tx, rows).values(row)
    tx.execute(statement.on_conflict_do_update(index_elements=["principal_id", "name"], set_={"place": saved.place}))


def forget(tx: Tx, principal_id: int, name: str) -> None:
    """Forget an address, if it is there."""
    tx.execute(rows.delete().where(rows.c.principal_id == principal_id, rows.c.name == name))


def of(tx: Tx, principal_id: int) -> list[SavedAddress]:
    """Return the addresses that somebody kept, by name."""
    return [SavedAddress(row.name, row.place) for row in _OF(tx, {"principal_id": principal_id})]
