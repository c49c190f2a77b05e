"""What was learnt about a version? Rows that are added and never changed, bound to the version by its digest."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.db.types import bound_list, in_list
from holotype.domain import digest as digests
from holotype.domain import times
from holotype.domain.entities import Evidence, Version
from holotype.governance.tables import evidence

_BARE = [column for column in evidence.c if column.name != "payload"]
_OF_VERSION = evidence.c.version_id == sa.bindparam("version_id")
_ALL = Prepared(sa.select(evidence).where(_OF_VERSION).order_by(evidence.c.id))
_ALL_BARE = Prepared(sa.select(*_BARE).where(_OF_VERSION).order_by(evidence.c.id))
_BEFORE = (_OF_VERSION, evidence.c.id < sa.bindparam("before", type_=sa.BigInteger))
_PAGE = sa.select(*_BARE).where(*_BEFORE).order_by(evidence.c.id.desc()).limit(sa.bindparam("limit"))
_PAGE_OF_TYPE = _PAGE.where(evidence.c.type == sa.bindparam("type"))
_GET = Prepared(sa.select(evidence).where(_OF_VERSION, evidence.c.id == sa.bindparam("id", type_=sa.BigInteger)))
_NEWEST = Prepared(
    sa.select(evidence)
    .where(_OF_VERSION, evidence.c.type == sa.bindparam("type"))
    .order_by(evidence.c.id.desc())
    .limit(1)
)
_SAME = Prepared(
    sa.select(evidence)
    .where(_OF_VERSION, evidence.c.type == sa.bindparam("type"), evidence.c.digest == sa.bindparam("digest"))
    .order_by(evidence.c.id.desc())
    .limit(1)
)
_HELD = Prepared(sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(evidence.c.size), 0)).where(_OF_VERSION))
_COUNTED = sa.select(evidence.c.type, sa.func.count()).where(_OF_VERSION).group_by(evidence.c.type)
_BY_IDS = Prepared(sa.select(evidence).where(in_list(evidence.c.id, "ids")))
_NAMED = Prepared(sa.select(*_BARE).where(in_list(evidence.c.id, "ids")).order_by(evidence.c.id.desc()))
_IDS = sa.select(evidence.c.id).order_by(evidence.c.id)
_NO_COLUMNS = {"id"}
_INSERT = Prepared(
    evidence.insert().returning(evidence.c.id), [column.name for column in evidence.c if column.name not in _NO_COLUMNS]
)
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Held:
    """How much evidence there is about a version: pieces and bytes."""

    count: int
    size: int


def insert(
    tx: Tx,
    version: Version,
    *,
    type: str,  # noqa: A002 - the word that everybody uses for it
    media_type: str,
    payload: bytes,
    signed_by: str | None,
    by: str,
    now: datetime,
) -> Evidence:
    """Add a piece of evidence, bound to the version's digest, and return it."""
    values: dict[str, Any] = {
        "version_id": version.id,
        "subject": version.digest,
        "type": type,
        "media_type": media_type,
        "digest": digests.of(payload),
        "size": len(payload),
        "signed_by": signed_by,
        "created_by": by,
    }
    made = _INSERT.one(tx, values | {"created_at": times.to_micros(now), "payload": payload})
    return Evidence(id=int(made.id), created_at=now, payload=payload, **values)


def of_version(tx: Tx, version_id: int, *, payloads: bool = True) -> list[Evidence]:
    """Return all evidence about a version, the oldest first, with its payloads unless they are not wanted."""
    rows = (_ALL if payloads else _ALL_BARE)(tx, {"version_id": version_id})
    return [_entity(row) for row in rows]


def page(
    tx: Tx,
    version_id: int,
    *,
    type: str | None = None,  # noqa: A002 - as above
    before: int | None = None,
    limit: int,
) -> list[Evidence]:
    """Return up to ``limit`` pieces of evidence with ids below ``before``, the newest first, without payloads."""
    values: dict[str, Any] = {"version_id": version_id, "before": before or _LARGEST, "limit": limit}
    if type is None:
        return [_entity(row) for row in tx.execute(_PAGE, values)]
    return [_entity(row) for row in tx.execute(_PAGE_OF_TYPE, values | {"type": type})]


def get(tx: Tx, version_id: int, evidence_id: int) -> Evidence | None:
    """Return one piece of evidence about a version with its payload, if there is one."""
    return _found(_GET.one(tx, {"version_id": version_id, "id": evidence_id}))


def by_ids(tx: Tx, ids: Collection[int]) -> list[Evidence]:
    """Return pieces of evidence with their payloads, whatever version they are about."""
    return [_entity(row) for row in _BY_IDS(tx, {"ids": bound_list(list(ids))})]


def named(tx: Tx, ids: Collection[int]) -> list[Evidence]:
    """Return pieces of evidence without their payloads, the newest first."""
    return [_entity(row) for row in _NAMED(tx, {"ids": bound_list(list(ids))})] if ids else []


def ids(tx: Tx) -> Iterator[int]:
    """Give the ids of all evidence."""
    yield from tx.execute(_IDS).scalars()


def newest(tx: Tx, version_id: int, type: str) -> Evidence | None:  # noqa: A002 - as above
    """Return the last evidence of a type about a version with its payload, if there is any."""
    return _found(_NEWEST.one(tx, {"version_id": version_id, "type": type}))


def same(tx: Tx, version_id: int, type: str, digest: str) -> Evidence | None:  # noqa: A002 - as above
    """Return the last evidence of a type about a version that has this very payload, if there is any."""
    return _found(_SAME.one(tx, {"version_id": version_id, "type": type, "digest": digest}))


def held(tx: Tx, version_id: int) -> Held:
    """Return how much evidence there is about a version."""
    count, size = _HELD.one(tx, {"version_id": version_id})
    return Held(int(count), int(size))


def counted(tx: Tx, version_id: int) -> dict[str, int]:
    """Return how many pieces of evidence of each type there are about a version."""
    return {row[0]: int(row[1]) for row in tx.execute(_COUNTED, {"version_id": version_id})}


def _found(row: Any) -> Evidence | None:
    return None if row is None else _entity(row)


def _entity(row: Any) -> Evidence:
    payload = getattr(row, "payload", None)
    return Evidence(
        id=row.id,
        version_id=row.version_id,
        subject=row.subject,
        type=row.type,
        media_type=row.media_type,
        digest=row.digest,
        size=row.size,
        created_at=times.from_micros(row.created_at),
        created_by=row.created_by,
        signed_by=row.signed_by,
        payload=None if payload is None else bytes(payload),
    )
