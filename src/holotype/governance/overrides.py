"""Which gates did somebody take out of the way, of which move, until when? Shown until somebody closes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain import times
from holotype.domain.entities import Override, Version
from holotype.governance.tables import overrides

# Governance lies beside the catalogue: it knows that versions have numbers and models have names, and no more.
_namespaces = sa.table("namespaces", sa.column("id"), sa.column("name"))
_models = sa.table("models", sa.column("id"), sa.column("name"), sa.column("namespace_id"))
_versions = sa.table("versions", sa.column("id"), sa.column("number"), sa.column("model_id"))

_OPEN = overrides.c.closed_at.is_(None)
_IN_FORCE = Prepared(
    sa.select(overrides.c.id, overrides.c.gates)
    .where(overrides.c.version_id == sa.bindparam("version_id"), _OPEN)
    .where(overrides.c.target == sa.bindparam("target"), overrides.c.ends_at > sa.bindparam("now"))
    .order_by(overrides.c.id)
)
_SHOWN = sa.select(
    overrides,
    _namespaces.c.name.label("namespace"),
    _models.c.name.label("model"),
    _versions.c.number.label("number"),
).select_from(
    overrides.join(_versions, _versions.c.id == overrides.c.version_id)
    .join(_models, _models.c.id == _versions.c.model_id)
    .join(_namespaces, _namespaces.c.id == _models.c.namespace_id)
)
_GET = _SHOWN.where(overrides.c.id == sa.bindparam("id", type_=sa.BigInteger))
_PAGE = (
    _SHOWN.where(overrides.c.id < sa.bindparam("before", type_=sa.BigInteger))
    .order_by(overrides.c.id.desc())
    .limit(sa.bindparam("limit"))
)
_OF_VERSION = (
    _SHOWN.where(overrides.c.version_id == sa.bindparam("version_id"), _OPEN).order_by(overrides.c.id.desc()).limit(20)
)
_LARGEST = 2**63 - 1


def in_force(tx: Tx, version_id: int, target: str, now: datetime) -> dict[str, int]:
    """Return the gates that are out of the way of a version's move now, each with the id of its override."""
    found: dict[str, int] = {}
    for row in _IN_FORCE(tx, {"version_id": version_id, "target": target, "now": times.to_micros(now)}):
        found.update(dict.fromkeys(json.loads(row.gates), row.id))
    return found


def insert(
    tx: Tx,
    version: Version,
    target: str,
    gates: Sequence[str],
    *,
    reason: str,
    ends_at: datetime,
    by: str,
    now: datetime,
) -> Override:
    """Open an override and return it."""
    values: dict[str, Any] = {
        "namespace_id": version.namespace_id,
        "version_id": version.id,
        "target": target,
        "gates": json.dumps(list(gates)),
        "created_at": times.to_micros(now),
        "created_by": by,
        "ends_at": times.to_micros(ends_at),
        "reason": reason,
    }
    made = int(tx.execute(overrides.insert().values(values).returning(overrides.c.id)).scalar_one())
    return Override(made, version.id, version.reference, target, tuple(gates), reason, now, by, ends_at)


def get(tx: Tx, identifier: int) -> Override | None:
    """Return an override by its id."""
    row = tx.execute(_GET, {"id": identifier}).one_or_none() if 0 < identifier <= _LARGEST else None
    return None if row is None else _entity(row)


def there(tx: Tx, identifier: int) -> Override:
    """Return an override that is known to be there."""
    return _entity(tx.execute(_GET, {"id": identifier}).one())


def page(tx: Tx, *, everything: bool, before: int | None, limit: int) -> list[Override]:
    """Return up to ``limit`` overrides with ids under ``before``, the newest first; those not closed, or all."""
    statement = _PAGE if everything else _PAGE.where(_OPEN)
    return [_entity(row) for row in tx.execute(statement, {"before": before or _LARGEST, "limit": limit})]


def of_version(tx: Tx, version_id: int) -> list[Override]:
    """Return the overrides of a version that nobody closed, whether or not their time is over, twenty at most."""
    return [_entity(row) for row in tx.execute(_OF_VERSION, {"version_id": version_id})]


def close(tx: Tx, identifier: int, *, by: str, now: datetime) -> None:
    """Close an override; that it was open stays on record."""
    ended = {"closed_at": times.to_micros(now), "closed_by": by}
    tx.execute(overrides.update().where(overrides.c.id == identifier).values(ended))


def _entity(row: sa.Row[Any]) -> Override:
    return Override(
        id=row.id,
        version_id=row.version_id,
        version=f"{row.namespace}/{row.model}:{row.number}",
        target=row.target,
        gates=tuple(json.loads(row.gates)),
        reason=row.reason,
        created_at=times.from_micros(row.created_at),
        created_by=row.created_by,
        ends_at=times.from_micros(row.ends_at),
        closed_at=None if row.closed_at is None else times.from_micros(row.closed_at),
        closed_by=row.closed_by,
    )
