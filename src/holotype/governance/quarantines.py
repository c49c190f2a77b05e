"""What is recalled, and why? Quarantines and the versions that they hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.entities import Quarantine
from holotype.governance.tables import quarantined, quarantines

_OPEN = quarantines.c.released_at.is_(None)
_REASONS = (
    sa.select(quarantines.c.subject, quarantines.c.reason)
    .join_from(quarantined, quarantines)
    .where(quarantined.c.version_id == sa.bindparam("version_id"), _OPEN)
    .order_by(quarantines.c.id)
    .limit(20)
)
_versions = sa.table(  # known by name: the catalogue lies beside
    "versions",
    sa.column("id", sa.BigInteger),
    sa.column("digest", sa.Text),
    sa.column("namespace_id", sa.BigInteger),
    sa.column("model_id", sa.BigInteger),
)
_OVER_SAME = sa.select(quarantined.c.quarantine_id).where(
    quarantined.c.version_id.in_(sa.select(_versions.c.id).where(_versions.c.digest == sa.bindparam("digest")))
)
_OVER_PARENTS = sa.select(quarantined.c.quarantine_id).where(in_list(quarantined.c.version_id, "parents"))
_REACHING = Prepared(
    sa.select(quarantines.c.id).where(
        _OPEN,
        in_list(quarantines.c.subject, "subjects")
        | quarantines.c.id.in_(_OVER_PARENTS)
        | quarantines.c.id.in_(_OVER_SAME),
    )
)
_GET = sa.select(quarantines).where(quarantines.c.id == sa.bindparam("id"))
_BY_SUBJECT = sa.select(quarantines).where(quarantines.c.subject == sa.bindparam("subject"), _OPEN)
Seen = Callable[[sa.ColumnElement[int], sa.ColumnElement[int]], sa.ColumnElement[bool]]
"""Whether somebody may see a version, from the columns of its namespace's and its model's id."""
_PAGE = (
    sa.select(quarantines)
    .where(quarantines.c.id < sa.bindparam("before"))
    .order_by(quarantines.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_PAGE_OF_OPEN = _PAGE.where(_OPEN)
_OF_VERSION = (
    sa.select(quarantines)
    .join_from(quarantined, quarantines)
    .where(quarantined.c.version_id == sa.bindparam("version_id"), _OPEN)
    .order_by(quarantines.c.id)
    .limit(20)
)
_HELD = sa.select(quarantined.c.version_id).where(quarantined.c.quarantine_id == sa.bindparam("id"))
_STILL_HELD = (
    sa.select(quarantined.c.version_id)
    .join_from(quarantined, quarantines)
    .where(in_list(quarantined.c.version_id, "ids"), _OPEN)
    .distinct()
)


def reasons(tx: Tx, version_id: int) -> list[str]:
    """Return why a version is in quarantine, one sentence for each open quarantine."""
    return [f"{row.reason} ({row.subject})" for row in tx.execute(_REASONS, {"version_id": version_id})]


def reaching(tx: Tx, subjects: Collection[str], parents: Collection[int], digest: str) -> list[int]:
    """Return the open quarantines of some subjects, of versions that are parents, or of the very same content."""
    given = {"subjects": bound_list(list(subjects)), "parents": bound_list(list(parents)), "digest": digest}
    return sorted(row.id for row in _REACHING(tx, given))


def insert(tx: Tx, subject: str, reason: str, *, by: str, now: datetime, version_ids: Sequence[int]) -> int:
    """Open a quarantine over versions and return its id."""
    values = {
        "subject": subject,
        "reason": reason,
        "created_by": by,
        "created_at": times.to_micros(now),
        "versions": len(version_ids),
    }
    made = int(tx.execute(quarantines.insert().values(values).returning(quarantines.c.id)).scalar_one())
    hold(tx, [made], version_ids)
    return made


def hold(tx: Tx, quarantine_ids: Collection[int], version_ids: Collection[int]) -> None:
    """Put versions under quarantines."""
    rows = [{"quarantine_id": one, "version_id": version} for one in quarantine_ids for version in version_ids]
    if rows:
        tx.execute(quarantined.insert(), rows)


def get(tx: Tx, identifier: int, seen: Seen | None = None) -> Quarantine | None:
    """Return a quarantine by its id, as far as somebody may see it."""
    row = tx.execute(_as_seen(_GET, seen), {"id": identifier}).one_or_none()
    return None if row is None else _entity(row)


def there(tx: Tx, identifier: int) -> Quarantine:
    """Return a quarantine that is known to be there: none is ever deleted."""
    return _entity(tx.execute(_GET, {"id": identifier}).one())


def open_over(tx: Tx, subject: str, seen: Seen | None = None) -> Quarantine | None:
    """Return the open quarantine of a subject, as far as somebody may see it."""
    row = tx.execute(_as_seen(_BY_SUBJECT, seen), {"subject": subject}).first()
    return None if row is None else _entity(row)


def page(tx: Tx, *, everything: bool, before: int | None, limit: int, seen: Seen | None = None) -> list[Quarantine]:
    """Return up to ``limit`` quarantines with ids under ``before``, the newest first; open ones, or all.

    Where ``seen`` says which versions somebody may see, those that hold none of them are left out, and the others
    count no more than them.
    """
    statement = _as_seen(_PAGE if everything else _PAGE_OF_OPEN, seen)
    return [_entity(row) for row in tx.execute(statement, {"before": before or 2**62, "limit": limit})]


def of_version(tx: Tx, version_id: int, seen: Seen | None = None) -> list[Quarantine]:
    """Return the open quarantines that hold a version, the oldest first, twenty at most."""
    return [_entity(row) for row in tx.execute(_as_seen(_OF_VERSION, seen), {"version_id": version_id})]


def held(tx: Tx, identifier: int) -> list[int]:
    """Return the ids of the versions under a quarantine."""
    return sorted(tx.execute(_HELD, {"id": identifier}).scalars())


def still_held(tx: Tx, version_ids: Collection[int]) -> set[int]:
    """Return those of some versions that an open quarantine holds."""
    return set(tx.execute(_STILL_HELD, {"ids": bound_list(list(version_ids))}).scalars())


def release(tx: Tx, identifier: int, reason: str, *, by: str, now: datetime) -> None:
    """Close a quarantine; which versions it held stays on record."""
    ended = {"released_at": times.to_micros(now), "released_by": by, "release_reason": reason}
    tx.execute(quarantines.update().where(quarantines.c.id == identifier).values(ended))


def _as_seen(statement: sa.Select[Any], seen: Seen | None) -> sa.Select[Any]:
    if seen is None:
        return statement
    under = (
        sa.select(sa.func.count())
        .select_from(quarantined.join(_versions, _versions.c.id == quarantined.c.version_id))
        .where(quarantined.c.quarantine_id == quarantines.c.id, seen(_versions.c.namespace_id, _versions.c.model_id))
    )
    counted = under.correlate(quarantines).scalar_subquery().label("versions")
    columns = [counted if column.name == "versions" else column for column in quarantines.c]
    any_seen = under.with_only_columns(sa.literal(1)).correlate(quarantines).exists()
    return statement.with_only_columns(*columns).where(any_seen)


def _entity(row: sa.Row[Any]) -> Quarantine:
    return Quarantine(
        id=row.id,
        subject=row.subject,
        reason=row.reason,
        created_at=times.from_micros(row.created_at),
        created_by=row.created_by,
        versions=row.versions,
        released_at=None if row.released_at is None else times.from_micros(row.released_at),
        released_by=row.released_by,
        release_reason=row.release_reason,
    )
