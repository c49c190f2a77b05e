"""Which rules exchange the tokens of a CI or a cluster, and which of those tokens were exchanged already?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from holotype.access.sign_in_tables import trusts, used_assertions
from holotype.access.tables import principals
from holotype.db import Tx
from holotype.domain import times
from holotype.domain.sign_in import Trust
from holotype.errors import NotFound

_namespaces = sa.table("namespaces", sa.column("id"), sa.column("name"))
_models = sa.table("models", sa.column("id"), sa.column("name"))
_SHOWN = sa.select(
    trusts, principals.c.name.label("service"), _namespaces.c.name.label("space"), _models.c.name.label("line")
).select_from(
    trusts.join(principals, principals.c.id == trusts.c.principal_id)
    .outerjoin(_namespaces, _namespaces.c.id == trusts.c.namespace_id)
    .outerjoin(_models, _models.c.id == trusts.c.model_id)
)
_GET = _SHOWN.where(trusts.c.id == sa.bindparam("id"))
_OF_ISSUER = _SHOWN.where(
    trusts.c.issuer == sa.bindparam("issuer"), trusts.c.revoked_at.is_(None), principals.c.disabled_at.is_(None)
).order_by(trusts.c.id)
_PAGE = _SHOWN.where(trusts.c.id < sa.bindparam("before")).order_by(trusts.c.id.desc()).limit(sa.bindparam("limit"))
_MOST_OF_ISSUER = 1_000


def insert(tx: Tx, *, claims: Mapping[str, str], now: datetime, **values: object) -> int:
    """Insert a rule and return its id."""
    row = values | {"claims": json.dumps(dict(claims), sort_keys=True), "created_at": times.to_micros(now)}
    made: int = tx.execute(trusts.insert().values(row).returning(trusts.c.id)).scalar_one()
    return made


def get(tx: Tx, trust_id: int) -> Trust:
    """Return a rule, or raise ``NotFound``."""
    row = tx.execute(_GET, {"id": trust_id}).one_or_none()
    if row is None:
        raise missing(trust_id)
    return _entity(row)


def missing(trust_id: int) -> NotFound:
    """Return the error for a rule that is not there, or not there for the caller."""
    return NotFound(f"There is no trust {trust_id}.", hint="List them with `holotype trust ls`.")


def of_issuer(tx: Tx, issuer: str) -> list[Trust]:
    """Return the rules in force for an issuer."""
    return [_entity(row) for row in tx.execute(_OF_ISSUER.limit(_MOST_OF_ISSUER), {"issuer": issuer})]


def page(tx: Tx, *, before: int, limit: int) -> list[Trust]:
    """Return up to ``limit`` rules, newest first, revoked ones too."""
    return [_entity(row) for row in tx.execute(_PAGE, {"before": before, "limit": limit})]


def revoke(tx: Tx, trust_id: int, now: datetime) -> bool:
    """Revoke a rule and say whether it was in force."""
    held = (trusts.c.id == trust_id) & trusts.c.revoked_at.is_(None)
    return tx.execute(trusts.update().where(held).values(revoked_at=times.to_micros(now))).rowcount == 1


def revoke_of_model(tx: Tx, model_id: int, now: datetime) -> list[int]:
    """Revoke every rule whose tokens hold on one model alone, and return their ids."""
    theirs = (trusts.c.model_id == model_id) & trusts.c.revoked_at.is_(None)
    ended = trusts.update().where(theirs).values(revoked_at=times.to_micros(now)).returning(trusts.c.id)
    return sorted(tx.execute(ended).scalars())


def use(tx: Tx, issuer: str, mark: bytes, ends: datetime) -> bool:
    """Note that an assertion was exchanged, and say whether this was the first time."""
    digest = hashlib.sha256(issuer.encode() + b"\0" + mark).digest()
    if tx.execute(sa.select(used_assertions.c.digest).where(used_assertions.c.digest == digest)).first() is not None:
        return False
    tx.execute(used_assertions.insert(), {"digest": digest, "expires_at": times.to_micros(ends)})
    return True


def _entity(row: sa.Row[Any]) -> Trust:
    scope = "registry" if row.space is None else row.space if row.line is None else f"{row.space}/{row.line}"
    return Trust(
        id=row.id,
        issuer=row.issuer,
        audience=row.audience,
        claims=json.loads(row.claims),
        service=row.service,
        principal_id=row.principal_id,
        role=row.role,
        scope=scope,
        namespace_id=row.namespace_id,
        model_id=row.model_id,
        lifetime=row.lifetime,
        created_at=times.from_micros(row.created_at),
        created_by=row.created_by,
        revoked_at=None if row.revoked_at is None else times.from_micros(row.revoked_at),
    )
