"""Which roles does a principal have on a model now, and in which teams are they? Asked where approvals are counted.

Who is disabled, or whose owner is, has no roles and no teams any more; neither has an account that answers to another
person than it did. A grant that is limited to other stages gives no role there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from holotype.access.tables import grants, principals, team_members, teams
from holotype.db import Tx

# Access lies beside the catalogue, not above it: it knows that namespaces and models have names, and no more.
_namespaces = sa.table("namespaces", sa.column("id"), sa.column("name"))
_models = sa.table("models", sa.column("id"), sa.column("name"), sa.column("namespace_id"))

_owner = principals.alias("owner")
_ACTIVE = (
    sa.select(sa.func.coalesce(principals.c.owner_id, principals.c.id).label("person_id"))
    .outerjoin_from(principals, _owner, _owner.c.id == principals.c.owner_id)
    .where(
        principals.c.id == sa.bindparam("principal_id"),
        principals.c.disabled_at.is_(None),
        _owner.c.disabled_at.is_(None),
    )
)
_TEAMS = (
    sa.select(teams.c.name)
    .join_from(team_members, teams, teams.c.id == team_members.c.team_id)
    .where(team_members.c.principal_id == sa.bindparam("principal_id"))
)
_mine = sa.select(team_members.c.team_id).where(team_members.c.principal_id == sa.bindparam("principal_id"))
_ROLES = (
    sa.select(grants.c.role, grants.c.pattern, grants.c.stages)
    .outerjoin_from(grants, _namespaces, _namespaces.c.id == grants.c.namespace_id)
    .outerjoin(_models, _models.c.id == grants.c.model_id)
    .where(
        (grants.c.principal_id == sa.bindparam("principal_id")) | grants.c.team_id.in_(_mine),
        grants.c.namespace_id.is_(None) | (_namespaces.c.name == sa.bindparam("namespace")),
        grants.c.model_id.is_(None) | (_models.c.name == sa.bindparam("model")),
    )
    .distinct()
)


_EVERYWHERE = (
    sa.select(
        grants.c.role,
        grants.c.pattern,
        grants.c.stages,
        _namespaces.c.name.label("namespace"),
        _models.c.name.label("model"),
    )
    .outerjoin_from(grants, _namespaces, _namespaces.c.id == grants.c.namespace_id)
    .outerjoin(_models, _models.c.id == grants.c.model_id)
    .where((grants.c.principal_id == sa.bindparam("principal_id")) | grants.c.team_id.in_(_mine))
)


@dataclass(frozen=True, slots=True)
class Everywhere:
    """What a principal has on all models: read once where many are asked about."""

    grants: Sequence[Any]
    teams: frozenset[str]

    def on(self, namespace: str, model: str, stage: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the roles on a model towards a stage, and the names of the teams."""
        found = [row for row in self.grants if row.namespace in {None, namespace} and row.model in {None, model}]
        return _roles(found, model, stage), self.teams


def everywhere(tx: Tx, principal_id: int) -> Everywhere:
    """Return what a principal has everywhere; nothing for who is disabled, or whose owner is."""
    bound = {"principal_id": principal_id}
    if tx.execute(_ACTIVE, bound).first() is None:
        return Everywhere((), frozenset())
    return Everywhere(tx.execute(_EVERYWHERE, bound).all(), frozenset(tx.execute(_TEAMS, bound).scalars()))


def standing(
    tx: Tx, principal_id: int, namespace: str, model: str, stage: str, *, person_id: int | None = None
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the roles that a principal has on a model towards a stage, and the names of their teams.

    With ``person_id`` they have them only while they are, or belong to, that person.
    """
    bound = {"principal_id": principal_id, "namespace": namespace, "model": model}
    active = tx.execute(_ACTIVE, bound).first()
    if active is None or person_id not in {None, active.person_id}:
        return frozenset(), frozenset()
    return _roles(tx.execute(_ROLES, bound).all(), model, stage), frozenset(tx.execute(_TEAMS, bound).scalars())


def _roles(found: Sequence[Any], model: str, stage: str) -> frozenset[str]:
    """Return the roles of the grants that hold for a model and towards a stage."""
    holding = [row for row in found if row.pattern is None or model.startswith(row.pattern.removesuffix("*"))]
    return frozenset(row.role for row in holding if row.stages is None or stage in row.stages.split(","))
