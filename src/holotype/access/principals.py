"""Who is known here, and which roles were they given?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.access.tables import grants, principals
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.entities import Principal

_BY_NAME = sa.select(principals).where(principals.c.name == sa.bindparam("name"))
_BY_ID = sa.select(principals).where(principals.c.id == sa.bindparam("id"))


def by_name(tx: Tx, name: str) -> Principal | None:
    """Return the principal of a name, or nothing."""
    row = tx.execute(_BY_NAME, {"name": name}).one_or_none()
    return None if row is None else _entity(row)


def by_id(tx: Tx, principal_id: int) -> Principal | None:
    """Return the principal with an id, or nothing."""
    row = tx.execute(_BY_ID, {"id": principal_id}).one_or_none()
    return None if row is None else _entity(row)


def create(tx: Tx, name: str, kind: str, now: datetime) -> Principal:
    """Create a principal of a kind, ``user`` or ``service``, and return it."""
    values = {"name": name, "kind": kind, "created_at": times.to_micros(now)}
    made = tx.execute(principals.insert().values(values).returning(principals.c.id)).scalar_one()
    return Principal(made, name, kind)


def grant(
    tx: Tx,
    principal_id: int,
    role: str,
    *,
    namespace_id: int | None = None,
    model_id: int | None = None,
    by: str,
    now: datetime,
) -> None:
    """Give a principal a role on the registry, a namespace or (with both ids) a model."""
    scope = "registry" if namespace_id is None else "namespace" if model_id is None else "model"
    values = {
        "principal_id": principal_id,
        "role": role,
        "scope": scope,
        "namespace_id": namespace_id,
        "model_id": model_id,
        "created_at": times.to_micros(now),
        "created_by": by,
    }
    tx.execute(grants.insert(), values)


def _entity(row: sa.Row[Any]) -> Principal:
    disabled = None if row.disabled_at is None else times.from_micros(row.disabled_at)
    return Principal(row.id, row.name, row.kind, row.owner_id, disabled)
