"""Which bytes does nobody need, and how do they go without ever leaving a row without bytes?

    window   the next 1,000 blobs, by digest                                       nothing is locked
    mark     those that are free get sweeping_at: they count as absent from now on      one transaction
    settle   look again, now that every sender and registration has seen the mark or was seen:
             what is wanted after all loses its mark (or its row, where the bytes are gone)   one transaction
    delete   the bytes of what is still marked                                      no transaction
    forget   the rows of what was deleted                                           one transaction

A blob is free if no version needs it, no upload of it is under way, and nobody stored or asked for it within the grace
period. A sweep that dies leaves marks; the next one settles them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from holotype.artifacts.tables import blobs, holdings, uploads
from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain import times

_WINDOW = (
    sa.select(blobs.c.digest)
    .where(blobs.c.digest > sa.bindparam("after"))
    .order_by(blobs.c.digest)
    .limit(sa.bindparam("limit"))
)
_IN_WINDOW = (blobs.c.digest > sa.bindparam("after")) & (blobs.c.digest <= sa.bindparam("last"))
_MARKED = blobs.c.sweeping_at.is_not(None)
_UNMARK = blobs.update().where(in_list(blobs.c.digest, "digests")).values(sweeping_at=None)
_FORGET = blobs.delete().where(in_list(blobs.c.digest, "digests"), _MARKED)
_FORGET_HOLDINGS = holdings.delete().where(
    in_list(holdings.c.digest, "digests"),
    sa.exists().where(blobs.c.digest == holdings.c.digest, _MARKED),
)
_KNOWN = sa.select(blobs.c.digest).where(in_list(blobs.c.digest, "digests"))
_EXPIRED = (
    sa.select(uploads.c.id)
    .where(uploads.c.expires_at <= sa.bindparam("now"))
    .order_by(uploads.c.expires_at)
    .limit(sa.bindparam("limit"))
)
_LIVE = sa.select(uploads.c.id).where(in_list(uploads.c.id, "ids"), uploads.c.completed_at.is_(None))


def _insert_mark(insert: Any) -> Any:
    return insert(blobs).on_conflict_do_nothing(index_elements=["digest"])


_INSERT_MARK = {"sqlite": _insert_mark(sqlite.insert), "postgresql": _insert_mark(postgresql.insert)}


@dataclass(frozen=True, slots=True)
class Marked:
    """A blob that is marked: its size, and whether it is still free."""

    digest: str
    size: int
    free: bool


class Rules:
    """The statements that ask whether a blob is free; ``needed`` says which digests versions need."""

    def __init__(self, needed: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[bool]]) -> None:
        """Build the statements once."""
        cutoff = sa.bindparam("cutoff", type_=sa.BigInteger)
        free = (
            (blobs.c.created_at < cutoff)
            & ~sa.exists().where(holdings.c.digest == blobs.c.digest, holdings.c.touched_at >= cutoff)
            & ~sa.exists().where(uploads.c.digest == blobs.c.digest, uploads.c.completed_at.is_(None))
            & ~needed(blobs.c.digest)
        )
        fresh = blobs.c.sweeping_at.is_(None)
        self._candidates = sa.select(blobs.c.digest, blobs.c.size).where(_IN_WINDOW, _MARKED | free)
        # A row that a registration holds is left for the next time, so that the sweep never waits for anybody.
        chosen = sa.select(blobs.c.digest).where(_IN_WINDOW, fresh, free).with_for_update(skip_locked=True)
        self._mark = blobs.update().where(blobs.c.digest.in_(chosen)).values(sweeping_at=sa.bindparam("now"))
        state = sa.select(blobs.c.digest, blobs.c.size, sa.case((free, 1), else_=0).label("free"))
        self._settle = state.where(in_list(blobs.c.digest, "digests"), _MARKED)
        self._marked = sa.select(blobs.c.digest).where(_IN_WINDOW, _MARKED)

    def candidates(self, tx: Tx, after: str, last: str, cutoff: datetime) -> list[tuple[str, int]]:
        """Return digest and size of what is free or marked in a window."""
        bound = {"after": after, "last": last, "cutoff": times.to_micros(cutoff)}
        return [(row.digest, row.size) for row in tx.execute(self._candidates, bound)]

    def mark(self, tx: Tx, after: str, last: str, cutoff: datetime, now: datetime) -> list[str]:
        """Mark what is free in a window, and return all that is marked there."""
        bound: dict[str, object] = {"after": after, "last": last}
        tx.execute(self._mark, bound | {"cutoff": times.to_micros(cutoff), "now": times.to_micros(now)})
        return list(tx.execute(self._marked, bound).scalars())

    def settle(self, tx: Tx, digests: Collection[str], cutoff: datetime) -> list[Marked]:
        """Return those of the digests that are marked, and whether they are still free."""
        rows = tx.execute(self._settle, {"digests": bound_list(digests), "cutoff": times.to_micros(cutoff)})
        return [Marked(row.digest, row.size, bool(row.free)) for row in rows]


def window(tx: Tx, after: str, limit: int) -> str | None:
    """Return the last digest of the window that begins after a digest, or nothing at the end."""
    found = tx.execute(_WINDOW, {"after": after, "limit": limit}).scalars().all()
    return found[-1] if found else None


def unmark(tx: Tx, digests: Collection[str]) -> None:
    """Give blobs back that are wanted after all."""
    tx.execute(_UNMARK, {"digests": bound_list(digests)})


def forget(tx: Tx, digests: Collection[str]) -> None:
    """Remove the rows of blobs whose bytes are gone."""
    bound = {"digests": bound_list(digests)}
    tx.execute(_FORGET_HOLDINGS, bound)
    tx.execute(_FORGET, bound)


def unknown(tx: Tx, digests: Collection[str]) -> set[str]:
    """Return those of the digests for which there is no row."""
    return set(digests) - set(tx.execute(_KNOWN, {"digests": bound_list(digests)}).scalars())


def mark_unknown(tx: Tx, found: Sequence[tuple[str, int]], now: datetime) -> None:
    """Write a marked row for blobs without one, so that whoever sends the same bytes now waits."""
    moment = times.to_micros(now)
    rows = [{"digest": digest, "size": size, "created_at": 0, "sweeping_at": moment} for digest, size in found]
    tx.execute(_INSERT_MARK[tx.dialect.name], rows)


def expired(tx: Tx, now: datetime, limit: int) -> list[str]:
    """Return ids of uploads whose time is over."""
    return list(tx.execute(_EXPIRED, {"now": times.to_micros(now), "limit": limit}).scalars())


def stray(tx: Tx, ids: Collection[str]) -> set[str]:
    """Return those of the ids that are no uploads under way."""
    return set(ids) - set(tx.execute(_LIVE, {"ids": bound_list(ids)}).scalars())
