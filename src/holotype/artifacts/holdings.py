"""Which bytes are there, and who proved that they have them?

Knowing a digest is not enough: a namespace holds a blob once it has uploaded those bytes itself. Where a blob is being
swept, every function here answers as if it were gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holotype.artifacts.tables import blobs, holdings
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.errors import Unavailable

# On PostgreSQL the rows stay locked until the caller's transaction ends, so that the sweep cannot mark a blob that a
# version is just being registered with. SQLite has one writer and no such clause.
_SIZES = (
    sa.select(blobs.c.digest, blobs.c.size)
    .join(holdings, (holdings.c.digest == blobs.c.digest) & (holdings.c.namespace_id == sa.bindparam("namespace_id")))
    .where(in_list(blobs.c.digest, "digests"), blobs.c.sweeping_at.is_(None))
)
_LOCKED_SIZES = Prepared(_SIZES.order_by(blobs.c.digest).with_for_update(read=True, of=blobs))
_STALE = sa.select(sa.func.count()).where(
    holdings.c.namespace_id == sa.bindparam("namespace_id"),
    in_list(holdings.c.digest, "digests"),
    holdings.c.touched_at < sa.bindparam("before"),
)
_TOUCH = (
    holdings.update()
    .where(
        holdings.c.namespace_id == sa.bindparam("of_namespace"),
        in_list(holdings.c.digest, "digests"),
        holdings.c.touched_at < sa.bindparam("now"),
    )
    .values(touched_at=sa.bindparam("now"))
)
_SWEEPING = (
    sa.select(blobs.c.digest).where(in_list(blobs.c.digest, "digests"), blobs.c.sweeping_at.is_not(None)).limit(1)
)


def _insert_blob(insert: Any) -> Any:
    return insert(blobs).on_conflict_do_nothing(index_elements=["digest"])


def _insert_holdings(insert: Any) -> Any:
    namespace, now = (sa.bindparam(name, type_=sa.BigInteger) for name in ("namespace_id", "now"))
    held = sa.select(namespace, blobs.c.digest, now).where(
        in_list(blobs.c.digest, "digests"), blobs.c.sweeping_at.is_(None)
    )
    statement = insert(holdings).from_select(["namespace_id", "digest", "touched_at"], held)
    # Without the option, SQLAlchemy does not ask every driver how many rows an INSERT wrote.
    return statement.on_conflict_do_update(
        index_elements=["namespace_id", "digest"], set_={"touched_at": statement.excluded.touched_at}
    ).execution_options(preserve_rowcount=True)


_INSERT_BLOB = {"sqlite": _insert_blob(sqlite.insert), "postgresql": _insert_blob(postgresql.insert)}
_INSERT_HOLDINGS = {"sqlite": _insert_holdings(sqlite.insert), "postgresql": _insert_holdings(postgresql.insert)}


def missing(tx: Tx, namespace_id: int, digests: Sequence[str]) -> list[str]:
    """Return those of the digests that the namespace does not hold, in their order, each once."""
    found = {row.digest for row in tx.execute(_SIZES, _bound(namespace_id, digests))}
    return [digest for digest in dict.fromkeys(digests) if digest not in found]


def sizes(tx: Tx, namespace_id: int, digests: Collection[str]) -> dict[str, int]:
    """Return digest and size of what the namespace holds, and keep the sweep off it until the transaction ends."""
    return {row.digest: row.size for row in _LOCKED_SIZES(tx, _bound(namespace_id, digests))}


def stale(tx: Tx, namespace_id: int, digests: Sequence[str], before: datetime) -> bool:
    """Say whether some of the holdings were last touched before that moment."""
    bound = _bound(namespace_id, digests) | {"before": times.to_micros(before)}
    return bool(tx.execute(_STALE, bound).scalar_one())


def touch(tx: Tx, namespace_id: int, digests: Sequence[str], now: datetime) -> None:
    """Note that the namespace is about to use these bytes, so that the sweep leaves them for another grace period."""
    tx.execute(_TOUCH, {"of_namespace": namespace_id, "digests": bound_list(digests), "now": times.to_micros(now)})


def swept_now(tx: Tx, digests: Collection[str]) -> bool:
    """Say whether one of these blobs is being swept."""
    return tx.execute(_SWEEPING, {"digests": bound_list(digests)}).first() is not None


def record(tx: Tx, namespace_id: int, stored: Mapping[str, int], now: datetime) -> None:
    """Write down that the namespace holds blobs whose bytes are durable; ``stored`` maps digests to sizes."""
    moment = times.to_micros(now)
    rows = [{"digest": d, "size": stored[d], "created_at": moment} for d in sorted(stored)]  # one order: no deadlock
    tx.execute(_INSERT_BLOB[tx.dialect.name], rows)
    bound = _bound(namespace_id, stored.keys()) | {"now": moment}
    if tx.execute(_INSERT_HOLDINGS[tx.dialect.name], bound).rowcount < len(stored):
        raise swept()


def swept() -> Unavailable:
    """Return the error for bytes that come while the sweep deletes the same bytes."""
    return Unavailable("The same bytes are being swept away just now.", hint="Send them again in a moment.")


def _bound(namespace_id: int, digests: Collection[str]) -> dict[str, object]:
    return {"namespace_id": namespace_id, "digests": bound_list(digests)}
