"""Which versions did the server not look into yet?"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain import times

_PENDING = (
    sa.select(versions.c.id)
    .where(versions.c.examined_at.is_(None), versions.c.deleted_at.is_(None), versions.c.id > sa.bindparam("after"))
    .order_by(versions.c.id)
    .limit(sa.bindparam("limit"))
)
_EXAMINED = Prepared(sa.select(versions.c.examined_at).where(versions.c.id == sa.bindparam("id")))


def pending(tx: Tx, *, after: int = 0, limit: int) -> list[int]:
    """Return ids of live versions that were not examined, the oldest first."""
    return list(tx.execute(_PENDING, {"after": after, "limit": limit}).scalars())


def is_done(tx: Tx, version_id: int) -> bool:
    """Say whether a version was examined."""
    row = _EXAMINED.one(tx, {"id": version_id})
    return row is not None and row.examined_at is not None


def finish(tx: Tx, version_id: int, now: datetime) -> None:
    """Note that a version was examined. Nothing else about it changes."""
    where = versions.c.id == version_id
    tx.execute(versions.update().where(where).values(examined_at=times.to_micros(now)))
