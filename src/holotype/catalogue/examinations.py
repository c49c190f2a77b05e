"""Which versions did the server not look into yet, and which server looks into which now?

A claim is a lease on one version. Its holder's name carries the number of the attempt, so that a version that kills
whoever looks into it is given up after a few: nobody has to survive to count.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from holotype.catalogue.tables import versions
from holotype.db import Tx, leases
from holotype.db.prepared import Prepared
from holotype.db.tables import leases as claims
from holotype.domain import times

_PREFIX = "examine:"
_CLAIMED = sa.exists().where(
    claims.c.name == sa.literal(_PREFIX) + sa.cast(versions.c.id, sa.String), claims.c.expires_at > sa.bindparam("now")
)
_PENDING = (
    sa.select(versions.c.id)
    .where(versions.c.examined_at.is_(None), versions.c.deleted_at.is_(None), ~_CLAIMED)
    .order_by(versions.c.id)
    .limit(sa.bindparam("limit"))
)
_EXAMINED = Prepared(sa.select(versions.c.examined_at).where(versions.c.id == sa.bindparam("id")))


def pending(tx: Tx, now: datetime, limit: int) -> list[int]:
    """Return ids of live versions that were not examined and that nobody looks into now, the oldest first."""
    return list(tx.execute(_PENDING, {"now": times.to_micros(now), "limit": limit}).scalars())


def claim(tx: Tx, version_id: int, holder: str, now: datetime, seconds: float) -> int | None:
    """Claim a version and return the number of the attempt, or nothing if it is done or somebody else has it."""
    if is_done(tx, version_id):
        return None
    name = f"{_PREFIX}{version_id}"
    before = tx.execute(sa.select(claims).where(claims.c.name == name)).one_or_none()
    attempt = 1 if before is None else 1 + int(before.holder.rpartition("#")[2])
    return attempt if leases.hold(tx, name, f"{holder}#{attempt}", now, seconds) else None


def put_off(tx: Tx, version_id: int, now: datetime, seconds: float) -> None:
    """Let a claimed version wait for so long."""
    until = times.to_micros(now + timedelta(seconds=seconds))
    tx.execute(claims.update().where(claims.c.name == f"{_PREFIX}{version_id}").values(expires_at=until))


def release(tx: Tx, version_id: int) -> None:
    """Give a claim back as if it had never been."""
    tx.execute(claims.delete().where(claims.c.name == f"{_PREFIX}{version_id}"))


def is_done(tx: Tx, version_id: int) -> bool:
    """Say whether a version was examined."""
    row = _EXAMINED.one(tx, {"id": version_id})
    return row is not None and row.examined_at is not None


def finish(tx: Tx, version_id: int, now: datetime) -> None:
    """Note that a version was examined. Nothing else about it changes."""
    where = versions.c.id == version_id
    tx.execute(versions.update().where(where).values(examined_at=times.to_micros(now)))
    release(tx, version_id)


def forget(tx: Tx, version_id: int | None) -> int:
    """Let one version, or every one, be examined again; return how many that are."""
    where: sa.ColumnElement[bool] = versions.c.examined_at.is_not(None)
    if version_id is not None:
        where &= versions.c.id == version_id
    return int(tx.execute(versions.update().where(where).values(examined_at=None)).rowcount)
