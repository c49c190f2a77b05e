"""Which requests may wait for a person? The few things about each that decide it, without what a page shows of it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from holotype.db import Tx
from holotype.governance.promotions import PENDING, Filter, narrowed
from holotype.governance.tables import approvals, promotions

# Governance lies beside the catalogue: it knows that versions have authors and models have names, and no more.
_namespaces = sa.table("namespaces", sa.column("id"), sa.column("name"))
_models = sa.table("models", sa.column("id"), sa.column("name"))
_versions = sa.table("versions", sa.column("id"), sa.column("created_by"))

_P = promotions.c
_APPROVED = (
    sa.select(sa.literal(1))
    .where(approvals.c.promotion_id == _P.id, approvals.c.person_id == sa.bindparam("person_id"))
    .where(approvals.c.voided_at.is_(None))
)
_CASES = (
    sa.select(
        _P.id,
        _P.namespace_id,
        _namespaces.c.name.label("namespace"),
        _models.c.name.label("model"),
        _P.kind,
        _P.source,
        _P.target,
        _versions.c.created_by.label("author"),
        _P.requester_id,
    )
    .select_from(promotions)
    .join(_versions, _versions.c.id == _P.version_id)
    .join(_models, _models.c.id == _P.model_id)
    .join(_namespaces, _namespaces.c.id == _P.namespace_id)
    .where(_P.status == PENDING, ~sa.exists(_APPROVED))
    .order_by(_P.id.desc())
)


@dataclass(frozen=True, slots=True)
class Case:
    """A pending request: of which model, whither, who registered the version, and the person who asked."""

    id: int
    namespace_id: int
    namespace: str
    model: str
    kind: str
    source: str
    target: str
    author: str
    requester_id: int | None


def cases(tx: Tx, wanted: Filter, person_id: int, *, before: int | None = None, limit: int) -> list[Case]:
    """Return up to ``limit`` pending requests that a person has not approved, the newest first."""
    statement = narrowed(_CASES.limit(limit), wanted)
    if before is not None:
        statement = statement.where(_P.id < before)
    return [Case(*row) for row in tx.execute(statement, {"person_id": person_id})]
