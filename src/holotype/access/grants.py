"""Which roles were given to whom, on what?

Grants hang on ids: of the principal or team, of the namespace, of the model. A new thing under an old name has none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.access.tables import grants, principals, team_members, teams
from holotype.db import Tx
from holotype.db.types import bound_list, in_list
from holotype.domain import times
from holotype.domain.entities import Grant
from holotype.domain.scopes import Scope

# Access lies beside the catalogue, not above it: it knows that namespaces and models have names, and no more.
_namespaces = sa.table("namespaces", sa.column("id"), sa.column("name", sa.String))
_models = sa.table("models", sa.column("id"), sa.column("name", sa.String), sa.column("namespace_id"))

SCOPES = {"registry", "namespace", "model", "pattern"}
SELECT: sa.Select[Any] = (
    sa.select(
        grants,
        principals.c.name.label("principal"),
        principals.c.kind.label("kind"),
        teams.c.name.label("team"),
        _namespaces.c.name.label("namespace"),
        _models.c.name.label("model"),
    )
    .outerjoin_from(grants, principals, principals.c.id == grants.c.principal_id)
    .outerjoin(teams, teams.c.id == grants.c.team_id)
    .outerjoin(_namespaces, _namespaces.c.id == grants.c.namespace_id)
    .outerjoin(_models, _models.c.id == grants.c.model_id)
)
_BY_ID = SELECT.where(grants.c.id == sa.bindparam("id"))
_WITHIN = (
    sa.select(grants.c.id)
    .where(grants.c.namespace_id.is_(None), grants.c.scope == "registry")
    .union_all(
        sa.select(grants.c.id)
        .join_from(grants, _namespaces, _namespaces.c.id == grants.c.namespace_id)
        .where(_namespaces.c.name == sa.bindparam("space"))
    )
)
_begin = sa.func.substr(grants.c.pattern, 1, sa.func.length(grants.c.pattern) - 1)
_COVERING = (
    SELECT.where(grants.c.id.in_(_WITHIN), grants.c.id > sa.bindparam("after"))
    .where(
        sa.or_(
            grants.c.scope.in_(["registry", "namespace"]),
            _models.c.name == sa.bindparam("name"),
            sa.func.substr(sa.bindparam("name", type_=sa.String), 1, sa.func.length(_begin)) == _begin,
        )
    )
    .order_by(grants.c.id)
    .limit(sa.bindparam("limit"))
)
_mine = sa.select(team_members.c.team_id).where(team_members.c.principal_id == sa.bindparam("principal_id"))
_OF_PRINCIPAL = sa.or_(grants.c.principal_id == sa.bindparam("principal_id"), grants.c.team_id.in_(_mine))
_ADMIN = grants.c.role == "admin", grants.c.scope == "registry", grants.c.stages.is_(None)
_LEFT = (
    sa.select(principals.c.id)
    .where(
        principals.c.kind == "user",
        principals.c.disabled_at.is_(None),
        principals.c.id.in_(sa.select(grants.c.principal_id).where(*_ADMIN, grants.c.principal_id.is_not(None)))
        | principals.c.id.in_(
            sa.select(team_members.c.principal_id)
            .join_from(team_members, grants, grants.c.team_id == team_members.c.team_id)
            .where(*_ADMIN)
        ),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which grants to list: those of a principal with those of their teams, of a team, in some namespaces."""

    principal_id: int | None = None
    team_id: int | None = None
    namespaces: Collection[str] | None = None


def by_id(tx: Tx, grant_id: int) -> tuple[Grant, Any] | None:
    """Return a grant, and its row with the ids that it hangs on, or nothing."""
    row = tx.execute(_BY_ID, {"id": grant_id}).one_or_none()
    return None if row is None else (entity(row), row)


def same(tx: Tx, values: dict[str, Any]) -> int | None:
    """Return the id of a grant that says the very same, if there is one."""
    where = [
        grants.c[name] == values[name] if values.get(name) is not None else grants.c[name].is_(None)
        for name in ("principal_id", "team_id", "role", "scope", "namespace_id", "model_id", "pattern", "stages")
    ]
    return tx.execute(sa.select(grants.c.id).where(*where).limit(1)).scalar()


def insert(tx: Tx, values: dict[str, Any]) -> int:
    """Insert a grant and return its id."""
    return int(tx.execute(grants.insert().values(values).returning(grants.c.id)).scalar_one())


def delete(tx: Tx, grant_id: int) -> None:
    """Take a grant back."""
    tx.execute(grants.delete().where(grants.c.id == grant_id))


def page(tx: Tx, wanted: Wanted, *, after: int, limit: int) -> list[Grant]:
    """Return up to ``limit`` grants with ids above ``after``."""
    statement = SELECT.where(grants.c.id > after).order_by(grants.c.id).limit(limit)
    bound: dict[str, Any] = {}
    if wanted.principal_id is not None:
        statement, bound = statement.where(_OF_PRINCIPAL), bound | {"principal_id": wanted.principal_id}
    if wanted.team_id is not None:
        statement = statement.where(grants.c.team_id == wanted.team_id)
    if wanted.namespaces is not None:
        inside = sa.select(_namespaces.c.id).where(in_list(_namespaces.c.name, "spaces"))
        statement, bound = (
            statement.where(grants.c.namespace_id.in_(inside)),
            bound | {"spaces": bound_list(list(wanted.namespaces))},
        )
    return [entity(row) for row in tx.execute(statement, bound)]


def covering(tx: Tx, namespace: str, model: str, *, after: int, limit: int) -> list[Grant]:
    """Return up to ``limit`` grants with ids above ``after`` that cover a model: on it, its namespace, the registry."""
    rows = tx.execute(_COVERING, {"space": namespace, "name": model, "after": after, "limit": limit})
    return [entity(row) for row in rows]


def of_principal(tx: Tx, principal_id: int) -> list[Grant]:
    """Return every grant of a principal and of their teams."""
    rows = tx.execute(SELECT.where(_OF_PRINCIPAL).order_by(grants.c.id), {"principal_id": principal_id})
    return [entity(row) for row in rows]


def of_model(tx: Tx, model_id: int) -> list[tuple[Grant, Any]]:
    """Return every grant on one model alone, each with its row and the ids that it hangs on."""
    found = SELECT.where(grants.c.model_id == model_id).order_by(grants.c.id)
    return [(entity(row), row) for row in tx.execute(found)]


def any_admin(tx: Tx) -> bool:
    """Say whether some user who is not disabled may everything."""
    return tx.execute(_LEFT).first() is not None


def is_admin(tx: Tx, principal_id: int) -> bool:
    """Say whether a principal may everything, by a grant of their own."""
    statement = sa.select(grants.c.id).where(*_ADMIN, grants.c.principal_id == principal_id)
    return tx.execute(statement.limit(1)).first() is not None


def scope_of(row: Any) -> Scope | None:
    """Return what a row of :data:`SELECT` covers; of a kind that this version does not know, nothing."""
    if row.scope not in SCOPES or (row.scope != "registry") != (row.namespace is not None):
        return None
    if row.scope in {"registry", "namespace"}:
        return Scope(row.namespace)
    model = row.model if row.scope == "model" else row.pattern
    return None if model is None else Scope(row.namespace, model)


def entity(row: Any) -> Grant:
    """Return the grant of a row of :data:`SELECT`."""
    return Grant(
        id=row.id,
        who=f"team:{row.team}" if row.team_id is not None else f"{row.kind}:{row.principal}",
        role=row.role,
        scope=str(scope_of(row) or row.scope),
        created_at=times.from_micros(row.created_at),
        created_by=row.created_by,
        stages=tuple(row.stages.split(",")) if row.stages else (),
    )
